#include "base/credentials.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace fanlight {
namespace {

TEST(StripCredentialsTest, LeavesTextWithoutCredentialsAsItIs) {
  for (const char* text :
       {"", "no URL here", "mail root@example.com: it broke", "rtsp://camera.example/live",
        "rtsp://192.0.2.10:554/stream1?channel=1#x", "rtsp://[2001:db8::1]:554/live",
        "rtsp://[2001:db8::1]:554/live@1", "rtsp://192.0.2.10:554/live@1", "rtsp://host/live@1",
        "stun:stun.example.org:3478", "turn:turn.example.org?transport=udp", "a://", "://",
        "rtsp:", "failed: rtsp://front:554/live: write to root@example.com", "http: me@x"})
    EXPECT_EQ(strip_credentials(text), text);
}

TEST(StripCredentialsTest, HidesPropertiesInADrawingAndLeavesItADrawing) {
  EXPECT_EQ(
      strip_credentials(
          R"(label="location=\"rtsp://h/a\"\nuser-id=\"me\"\nuser-pw=\"s3c&r3t\"\nproxy-pw=NULL\nx=\"y\"")"),
      R"(label="location=\"rtsp://h/a\"\nuser-id=\"me\"\nuser-pw=\"***\"\nproxy-pw=***\nx=\"y\"")");
}

TEST(StripCredentialsTest, ReplacesWhatBasicSays) {
  EXPECT_EQ(strip_credentials("Authorization: Basic Ym9iOnMzY3IvdEB4, next"),
            "Authorization: Basic ***, next");
  EXPECT_EQ(strip_credentials("value: 'basic Ym9iOng='"), "value: 'basic ***'");
  for (const char* text : {"Basic authentication is off", "Basic", "Basic ", "basic realm=x"})
    EXPECT_EQ(strip_credentials(text), text);
}

TEST(StripCredentialsTest, ReplacesUserAndPasswordOfEveryScheme) {
  EXPECT_EQ(strip_credentials("rtsp://user:secret@host/live"), "rtsp://***@host/live");
  EXPECT_EQ(strip_credentials("RTSPS://user:secret@host/live"), "RTSPS://***@host/live");
  EXPECT_EQ(strip_credentials("http://user:secret@host"), "http://***@host");
  EXPECT_EQ(strip_credentials("wss://user:secret@host/ws"), "wss://***@host/ws");
  EXPECT_EQ(strip_credentials("turn:user:secret@host:3478"), "turn:***@host:3478");
  EXPECT_EQ(strip_credentials("turns://user:secret@host"), "turns://***@host");
  EXPECT_EQ(strip_credentials("gopher+x.1://user:secret@host"), "gopher+x.1://***@host");
  EXPECT_EQ(strip_credentials("rtsp://admin@host/live"), "rtsp://***@host/live");
  EXPECT_EQ(strip_credentials("rtsp://:secret@host/live"), "rtsp://***@host/live");
}

TEST(StripCredentialsTest, ReplacesThemInEveryUrlOfAText) {
  EXPECT_EQ(strip_credentials("from rtsp://a:b@c/1 (was \"rtsp://d:e@f/2\"), then http://g:h@i."),
            "from rtsp://***@c/1 (was \"rtsp://***@f/2\"), then http://***@i.");
  EXPECT_EQ(strip_credentials("rtsp://a:b@c,rtsp://d:e@f"), "rtsp://***@c,rtsp://***@f");
  EXPECT_EQ(strip_credentials("http://h/?u=rtsp://a:b@c"), "http://h/?u=rtsp://***@c");
  EXPECT_EQ(strip_credentials("rtsp://a:b@c\nrtsp://d:e@f"), "rtsp://***@c\nrtsp://***@f");
}

TEST(StripCredentialsTest, KeepsAnIpv6Host) {
  EXPECT_EQ(strip_credentials("rtsp://u:p@[fe80::1%25eth0]:554/x"),
            "rtsp://***@[fe80::1%25eth0]:554/x");
}

TEST(StripCredentialsTest, TakesTheLastAtSignWhenThePasswordIsNotEscaped) {
  for (const char* password : {"p@ss", "p:ss", "p/ss", "p#ss", "p?ss", "@:/?#[]", "554/x", "a://b",
                               "p\"ss", "p'ss", "p<s>s", "p%40ss", "12345", "pa ss"})
    EXPECT_EQ(strip_credentials("at rtsp://admin:" + std::string(password) + "@host:554/live now"),
              "at rtsp://***@host:554/live now")
        << password;
}

TEST(StripCredentialsTest, StripsMistypedUrlsToo) {
  EXPECT_EQ(strip_credentials("rtsp:/admin:secret@host"), "rtsp:***@host");
  EXPECT_EQ(strip_credentials("rtsp:admin:secret@host"), "rtsp:***@host");
  EXPECT_EQ(strip_credentials("://admin:secret@host"), "://***@host");
  EXPECT_EQ(strip_credentials("1rtsp://admin:secret@host"), "1rtsp://***@host");
}

TEST(StripCredentialsTest, HidesPasswordsThatCamerasTakeAsParameters) {
  EXPECT_EQ(strip_credentials("rtsp://h/cam?user=admin&password=se_cret&channel=1"),
            "rtsp://h/cam?user=admin&password=***&channel=1");
  EXPECT_EQ(strip_credentials("rtsp://h:554/user=admin_password=tlJ_wp_channel=1_stream=0.sdp"),
            "rtsp://h:554/user=admin_password=***_channel=1_stream=0.sdp");
  EXPECT_EQ(strip_credentials("rtsp://h/?PWD=secret"), "rtsp://h/?PWD=***");
}

TEST(StripCredentialsTest, DoesNotChangeWhatItHasStripped) {
  const std::string once = strip_credentials("rtsp://a:p@ss@h/user=a_password=b_channel=1");
  EXPECT_EQ(strip_credentials(once), once);
}

// Pieces that urls and their surroundings are made of, joined at random around one secret.
TEST(StripCredentialsTest, NeverLetsASecretThroughWhateverSurroundsTheUrl) {
  const std::vector<std::string> around{
      "",     " ",    "\n",   "\"", "'",   ",",          "(",
      "x",    "@",    ":",    "/",  "://", "rtsp://h/ ", "http://a:b@c ",
      "url=", "\x01", "\xff", "[",  "="};
  const std::vector<std::string> inside{"",  "@",  ":", "/", "?", "#",
                                        "%", "\"", "&", "[", "]", "\xc3\xa9"};
  const std::vector<std::string> schemes{"rtsp", "rtsps", "http", "https", "ws", "turn", "x"};
  const std::vector<std::string> hosts{"host", "host:554", "192.0.2.1:8554", "[::1]:554", "a.b.c"};
  std::mt19937 random(20); // NOLINT: the same cases in every run.
  const auto one_of = [&](const std::vector<std::string>& pieces) {
    return pieces[std::uniform_int_distribution<std::size_t>(0, pieces.size() - 1)(random)];
  };
  for (int round = 0; round < 20000; ++round) {
    const std::string text = one_of(around) + one_of(around) + one_of(schemes) +
                             "://admin:" + one_of(inside) + "s3cr3t" + one_of(inside) +
                             one_of(inside) + "@" + one_of(hosts) + "/live" + one_of(around) +
                             one_of(around);
    EXPECT_EQ(strip_credentials(text).find("s3cr3t"), std::string::npos) << text;
  }
}

TEST(StripCredentialsTest, SurvivesAnyBytes) {
  std::mt19937 random(7); // NOLINT
  const std::string alphabet = "rtsp:/@?#[]. \n\"&=_wdpasn\x80\xff"
                               "1";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t length = random() % 60; text.size() < length;)
      text += alphabet[random() % alphabet.size()];
    const std::string stripped = strip_credentials(text);
    EXPECT_LE(stripped.size(), text.size() + 3 * 12) << text;
  }
}

// The shapes that made earlier readers look at the rest of the text again and again.
TEST(StripCredentialsTest, LooksAtEachCharacterAFixedNumberOfTimesWhateverTheText) {
  const std::vector<std::string> pieces{
      "://",      "a:// ",           "@",         "@ ",    "rtsp:",       "rtsp: ",  "rtsp://",
      "x:y ",     "a://b:c ",        "a://b:c@ ", "pass=", "a://pass=x ", "pw=\\\"", "basic ",
      "basic Og", "basic Ym9iOng= ", "\"",        "\\\"",  "_a",          "_a=",     "\n",
      "[",        "1.2.3.4/",        "turn:x y ", "x",     "\xff"};
  std::mt19937 random(4); // NOLINT: the same cases in every run.
  std::vector<std::vector<std::string>> mixes;
  for (const std::string& piece : pieces) mixes.push_back({piece});
  for (int i = 0; i < 60; ++i)
    mixes.push_back({pieces[random() % pieces.size()], pieces[random() % pieces.size()],
                     pieces[random() % pieces.size()]});
  for (const auto& mix : mixes)
    for (const std::string front : {"", "a://", "a://u:p ", "a://pass=", "basic "})
      for (const Behind behind : {Behind::nothing, Behind::more}) {
        std::string body;
        while (body.size() < 4000)
          for (const std::string& piece : mix) body += piece;
        const std::string once = front + body;
        const std::string twice = once + body;

        const std::size_t looks = strip_counted(once, behind).looks;
        const std::size_t twice_the_looks = strip_counted(twice, behind).looks;

        EXPECT_LE(looks, 40 * once.size()) << once.substr(0, 40);
        EXPECT_LE(twice_the_looks, 2.5 * static_cast<double>(looks)) << once.substr(0, 40);
      }
}

TEST(StripCredentialsTest, HidesWhatMayBeThePasswordOfAUrlThatWasCut) {
  const std::string whole = "at rtsp://admin:pa@ss w%rd@host/live?a";
  EXPECT_EQ(strip_credentials("at rtsp://admin:pa", Behind::more), "at rtsp://***");
  EXPECT_EQ(strip_credentials("at rtsp://admin:pa@s", Behind::more), "at rtsp://***");
  EXPECT_EQ(strip_credentials("at rtsp://admin:pa ss", Behind::more), "at rtsp://***");
  EXPECT_EQ(strip_credentials("rtsp://a:b@host/live ended", Behind::more),
            "rtsp://***@host/live ended");
  EXPECT_EQ(strip_credentials("rtsp://front:554/live ended", Behind::more),
            "rtsp://front:554/live ended");
  EXPECT_EQ(strip_credentials("Authorization: Basic Ym9i", Behind::more),
            "Authorization: Basic ***");
  EXPECT_EQ(strip_credentials("Basic authentication is of", Behind::more),
            "Basic authentication is of");
  EXPECT_EQ(strip_credentials("no URL he", Behind::more), "no URL he");
}

TEST(StripCredentialsTest, LetsNoPartOfASecretThroughWhereverTheTextWasCut) {
  for (const std::string text :
       {"at rtsp://admin:S3CR3T@host/live now", "at rtsp://admin:x@S3CR3T@host/live",
        "turn:me:S3CR3T@host", "rtsp://h/?password=S3CR3T&x=y z", "rtsp://me:pass S3CR3T@host now"})
    for (std::size_t size = 0; size <= text.size(); ++size)
      EXPECT_EQ(strip_credentials(text.substr(0, size), Behind::more).find("S3"), std::string::npos)
          << text.substr(0, size);
}

} // namespace
} // namespace fanlight
