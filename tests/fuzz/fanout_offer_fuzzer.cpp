#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "webrtcfanout/sdp/answer.h"

namespace {

using namespace fanlight::fanout;

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; });
}

AnsweredMedia everything(const Offer::Media& media) {
  return {.payload = media.payloads[0],
          .use_rtx = true,
          .use_remb = true,
          .use_transport_cc = true,
          .extensions = media.extensions,
          .ssrc = 1,
          .rtx_ssrc = 2};
}

/// As many m-lines as in the offer, and nothing that would be a line of its own.
void check_answer(std::string_view answer, std::size_t media) {
  std::size_t lines = 0;
  while (!answer.empty()) {
    const auto end = answer.find("\r\n");
    require(end != std::string_view::npos && end > 2 && answer[1] == '=');
    require(is_plain(answer.substr(0, end)));
    if (answer[0] == 'm') ++lines;
    answer.remove_prefix(end + 2);
  }
  require(lines == media);
}

} // namespace

/// Whatever is offered: no crash, a refusal fit for a log, and answers of whole lines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string why;
  const auto offer = Offer::parse(text, why);
  if (!offer) {
    require(!why.empty() && why.size() < 400 && is_plain(why));
    return 0;
  }
  std::vector<std::optional<AnsweredMedia>> media;
  for (const auto& offered : offer->media) {
    require(!offered.receives || (!offered.mid.empty() && !offered.fingerprint.empty()));
    require(offered.extensions.size() <= 14);
    media.emplace_back();
    if (offered.receives && !offered.payloads.empty()) media.back() = everything(offered);
  }
  const AnswerTransport transport{.ice_ufrag = "ours",
                                  .ice_pwd = "0123456789abcdefghijkl",
                                  .fingerprint = "sha-256 AB:CD",
                                  .cname = "fan1",
                                  .stream_id = "front",
                                  .udp = {*SocketAddress::parse("192.0.2.1", 5000)},
                                  .tcp = {*SocketAddress::parse("2001:db8::1", 5001)}};
  const std::string answer = write_answer(*offer, media, transport);
  // What an offer makes us write is of its own size.
  require(answer.size() <= 4 * size + 4096 * (media.size() + 1));
  check_answer(answer, media.size());
  return 0;
}
