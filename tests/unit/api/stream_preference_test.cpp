// Which of a camera's streams a page wants, over its WebSocket.
#include <gmock/gmock.h>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

class StreamPreferenceTest : public ServerTest {
 protected:
  std::unique_ptr<Page> open() { return std::make_unique<Page>(client.get(), url("/ws")); }
  /// A watch message with further members.
  static std::string watch(const std::string& session, const std::string& members = {}) {
    return R"({"type":"watch","session":")" + session +
           R"(","camera":"front","sdp":"v=0\r\nm=video 9 X 0\r\na=mid:v\r\n")" + members + "}";
  }
};

TEST_F(StreamPreferenceTest, TakesWhichStreamAViewerWantsAndSaysWhichItGets) {
  start();
  const auto page = open();

  page->send(watch("tile1", R"(,"stream":"sub","width":320,"height":180)"));
  const std::string answer = page->next("answer");

  EXPECT_EQ(text_of(answer, "stream"), "main");
  EXPECT_EQ(text_of(answer, "stream_reason"), "the only stream");
  const session::StreamPreference& preference = directory.last()->options.preference;
  EXPECT_EQ(preference.stream, "sub");
  EXPECT_EQ(preference.width, 320);
  EXPECT_EQ(preference.height, 180);
  page->send(R"({"type":"select","session":"tile1","height":1080})");
  page->send(R"({"type":"select","session":"tile1","stream":"none"})");
  EXPECT_THAT(page->next("error"), HasSubstr("there is no stream none"));
  ASSERT_EQ(directory.last()->preferences.size(), 1U);
  EXPECT_EQ(directory.last()->preferences[0].stream, "auto");
  EXPECT_EQ(directory.last()->preferences[0].height, 1080);
  page->send(R"({"type":"select","session":"nobody"})");
  EXPECT_EQ(text_of(page->next("error"), "code"), "unknown_session");
}

TEST_F(StreamPreferenceTest, PassesOverSizesThatCannotBe) {
  start();
  const auto page = open();
  for (const char* height : {"-1", "0", "99999999999", "1.5", "\"big\"", "null"}) {
    page->send(watch("tile", std::string{",\"height\":"} + height));
    page->next("answer");
    EXPECT_EQ(directory.last()->options.preference.height, 0) << height;
    page->send(R"({"type":"stop","session":"tile"})");
    page->next("closed");
  }
}

TEST_F(StreamPreferenceTest, TellsWhenASessionGetsAnotherStream) {
  start();
  const auto page = open();
  page->send(watch("tile1"));
  page->next("answer");

  directory.last()->notify([&](auto& observer) { observer.on_stream(*directory.last()); });

  const std::string news = page->next("stream");
  EXPECT_EQ(text_of(news, "session"), "tile1");
  EXPECT_EQ(text_of(news, "stream"), "main");
}

} // namespace
} // namespace fanlight::test
