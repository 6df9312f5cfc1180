#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "rtsp/client.h"
#include "rtsp/reader.h"

namespace {

using fanlight::rtsp::Bytes;
using fanlight::rtsp::Client;
using fanlight::rtsp::Description;
using fanlight::rtsp::Failure;
using fanlight::rtsp::Reader;
using fanlight::rtsp::Transport;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The talk with a camera that says whatever the input has.
class Talk : Client::Observer {
 public:
  Talk() {
    client_.begin();
    look_at_output();
  }
  /// The camera's bytes come in pieces of that size. What is left is what was not complete.
  void hear(Bytes bytes, std::size_t piece) {
    for (std::size_t at = 0; at < bytes.size() && !over_; at += piece) {
      const Bytes more = bytes.subspan(at, std::min(piece, bytes.size() - at));
      left_.insert(left_.end(), more.begin(), more.end());
      Bytes input{left_};
      while (take(input)) {
      }
      left_.erase(left_.begin(), left_.end() - static_cast<std::ptrdiff_t>(input.size()));
    }
  }

 private:
  bool take(Bytes& input) {
    const std::size_t before = input.size();
    const Reader::Item item = reader_.next(input);
    require(input.size() <= before);
    switch (item.kind) {
    case Reader::Item::Kind::none: return false;
    case Reader::Item::Kind::packet:
      require(item.payload.size() + 4 <= before);
      (void)client_.channel(item.channel);
      return true;
    case Reader::Item::Kind::fault: over_ = true; return false;
    case Reader::Item::Kind::message: break;
    }
    require(reader_.message().status != 0 || !reader_.message().method.empty());
    require(reader_.message().body.size() <= Reader::kMostBody);
    client_.take(reader_.message());
    look_at_output();
    if (++messages_ % 7 == 0) client_.keep_alive();
    return !over_;
  }
  void look_at_output() {
    const std::string output = client_.take_output();
    require(output.find("zq7-hush") == std::string::npos);
    require(output.empty() || output.ends_with("\r\n\r\n"));
    require(output.size() < 8 * Reader::kMostBody);
  }

  std::vector<Client::Medium> on_description(const Description& description) override {
    std::vector<Client::Medium> media;
    for (const auto& [control, kind] : description.media)
      media.push_back({.control = control,
                       .sound = kind == "audio",
                       .transport = {.tcp = true, .interleaved = std::pair{0, 1}}});
    wanted_ = media.size();
    set_up_ = 0;
    return media;
  }
  void on_set_up(std::size_t medium, const Transport& agreed) override {
    require(medium == set_up_++ && agreed.tcp && agreed.interleaved);
    require(agreed.interleaved->first >= 0 && agreed.interleaved->second <= 255);
  }
  void on_play() override {
    require(set_up_ == wanted_);
    reader_.set_plays(true);
  }
  void on_end(const Failure& failure) override {
    if (failure.kind != Failure::Kind::none) {
      over_ = true;
      return;
    }
    require(client_.url().starts_with("rtsp"));
    reader_ = {};
    client_.begin();
  }

  Reader reader_;
  Client client_{
      {.url = "rtsp://192.0.2.1/live", .login = {"user", "zq7-hush"}, .plan = {}, .agent = "x"},
      *this};
  std::vector<std::uint8_t> left_;
  std::size_t wanted_ = 0;
  std::size_t set_up_ = 0;
  unsigned messages_ = 0;
  bool over_ = false;
};

} // namespace

/// Whatever a camera says, in pieces of any size: no crash, no read behind the end, no password
/// without a challenge, and a talk that goes through its steps.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Talk talk;
  talk.hear(Bytes{data + 1, size - 1}, std::size_t{data[0]} + 1);
  return 0;
}
