#include "rtsp/reader.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Reader::Item::Kind;

std::string packet(char channel, const std::string& payload) {
  return std::string{'$', channel, static_cast<char>(payload.size() >> 8),
                     static_cast<char>(payload.size())} +
         payload;
}

class ReaderTest : public testing::Test {
 protected:
  /// What the camera said with these bytes, in pieces of that size: packets as "channel:payload",
  /// messages as status or method and body.
  std::vector<std::string> say(const std::string& bytes, std::size_t piece = 1000) {
    std::vector<std::string> said;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      left_ += bytes.substr(at, piece);
      Bytes input{reinterpret_cast<const std::uint8_t*>(left_.data()), left_.size()};
      while (true) {
        const Reader::Item item = reader_.next(input);
        if (item.kind == Kind::none) break;
        said.push_back(text_of(item));
        if (item.kind == Kind::fault) return said;
      }
      left_ = left_.substr(left_.size() - input.size());
    }
    return said;
  }
  std::string text_of(const Reader::Item& item) const {
    switch (item.kind) {
    case Kind::none: break;
    case Kind::packet:
      return std::to_string(item.channel) + ":" +
             std::string{item.payload.begin(), item.payload.end()};
    case Kind::message: {
      const Message& message = reader_.message();
      return (message.status != 0 ? std::to_string(message.status) : message.method) + " " +
             message.body;
    }
    case Kind::fault: return std::string{name_of(reader_.fault())};
    }
    return {};
  }

  Reader reader_;
  std::string left_;
};

TEST_F(ReaderTest, TellsPacketsFromMessagesInPiecesOfAnySize) {
  const std::string bytes =
      packet(0, "first") + "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 5\r\n\r\n$body" +
      packet(1, "") + "\r\n" + packet(2, "last") + "OPTIONS * RTSP/1.0\r\n\r\n";
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u})
    EXPECT_THAT(say(bytes, piece), ElementsAre("0:first", "200 $body", "1:", "2:last", "OPTIONS "))
        << piece;
}

TEST_F(ReaderTest, WaitsForTheRest) {
  EXPECT_THAT(say(packet(0, "all").substr(0, 6)), IsEmpty());
  EXPECT_THAT(say("l"), ElementsAre("0:all"));
  EXPECT_THAT(say("RTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nx"), IsEmpty());
  EXPECT_THAT(say("y"), ElementsAre("200 xy"));
}

TEST_F(ReaderTest, SaysWhatIsNoRtsp) {
  EXPECT_THAT(say("SSH-2.0-OpenSSH\r\n"), ElementsAre("foreign"));
  EXPECT_EQ(reader_.foreign(), "SSH-2.0-OpenSSH");
}

TEST_F(ReaderTest, LimitsAMessage) {
  EXPECT_THAT(say("RTSP/1.0 200 OK\r\nX: " + std::string(Reader::kMostHead, 'x')),
              ElementsAre("long-head"));
  reader_ = {};
  left_.clear();
  EXPECT_THAT(say("RTSP/1.0 200 OK\r\nContent-Length: 262145\r\n\r\n"), ElementsAre("long-body"));
}

TEST_F(ReaderTest, LimitsWhatComesBeforeItPlays) {
  const std::string chatter = "RTSP/1.0 200 OK\r\nX: " + std::string(1000, 'x') + "\r\n\r\n";
  std::vector<std::string> said;
  for (int i = 0; i < 1100 && (said.empty() || said.back() != "much-talk"); ++i)
    said = say(chatter);
  EXPECT_THAT(said, ElementsAre("much-talk"));

  reader_ = {};
  left_.clear();
  const std::string media = packet(0, std::string(60'000, 'x'));
  for (int i = 0; i < 300 && (said.empty() || said.back() != "much-media"); ++i)
    said = say(media, 100'000);
  EXPECT_THAT(said, ElementsAre("much-media"));
}

TEST_F(ReaderTest, TakesAnyNumberOfPacketsWhileItPlays) {
  reader_.set_plays(true);
  const std::string media = packet(0, std::string(60'000, 'x'));
  for (int i = 0; i < 400; ++i) ASSERT_THAT(say(media, 100'000).size(), 1u);
}

} // namespace
} // namespace fanlight::rtsp
