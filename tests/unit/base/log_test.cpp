#include "base/log.h"

#include <cstdlib>
#include <map>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>
#include <unistd.h>

#include "base/log_limit.h"
#include "base/log_line.h"
#include "support/driven_clock.h"

namespace fanlight::log {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

Event event(std::span<const Field> fields, std::string_view message) {
  return {std::chrono::system_clock::now(), Level::info, "session", fields, message};
}

std::string text_of(std::initializer_list<Field> fields, std::string_view message) {
  return plain_line(event({fields.begin(), fields.size()}, message));
}

/// The members of a JSON object; a failure and an empty map if it is none.
std::map<std::string, std::string> parsed(const std::string& json) {
  std::map<std::string, std::string> members;
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autoptr(GError) error = nullptr;
  if (json_parser_load_from_data(parser, json.data(), static_cast<gssize>(json.size()), &error) ==
      0) {
    ADD_FAILURE() << error->message << ": " << json;
    return members;
  }
  JsonObject* object = json_node_get_object(json_parser_get_root(parser));
  g_autoptr(GList) names = json_object_get_members(object);
  for (GList* name = names; name != nullptr; name = name->next) {
    const auto* key = static_cast<const char*>(name->data);
    members[key] = json_object_get_string_member(object, key);
  }
  return members;
}

std::map<std::string, std::string> json_of(std::initializer_list<Field> fields,
                                           std::string_view message) {
  return parsed(json_line(event({fields.begin(), fields.size()}, message)));
}

TEST(LogLineTest, SaysTimeLevelCategoryFieldsAndMessageInThisOrder) {
  const std::vector<Field> fields{{"camera", "front"}, {"session", "ab12"}};
  EXPECT_THAT(
      text_line(event(fields, "answered with H265")),
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}[+-]"
                   "[0-9]{2}:[0-9]{2} INFO session camera=front session=ab12 answered with H265"));
}

TEST(LogLineTest, WritesLocalTimeWithMillisecondsAndZone) {
  const auto time = std::chrono::system_clock::time_point(std::chrono::milliseconds(1700000000042));
  const auto in_zone = [&](const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    return iso_time(time);
  };
  EXPECT_EQ(in_zone("UTC0"), "2023-11-14T22:13:20.042+00:00");
  EXPECT_EQ(in_zone("KST-9"), "2023-11-15T07:13:20.042+09:00");
  EXPECT_EQ(in_zone("NST3:30"), "2023-11-14T18:43:20.042-03:30");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(LogLineTest, KeepsAnEventOnOneLine) {
  EXPECT_EQ(text_of({{"camera", "a\nb"}}, "one\r\ntwo\tthree\x1b[31m"),
            "session camera=\"a\\nb\" one\\r\\ntwo\\tthree\\x1b[31m");
  EXPECT_EQ(text_of({}, "\xc2\x9b \xe2\x80\xa8 \xe2\x80\xae"), "session \\u009b \\u2028 \\u202e");
  EXPECT_EQ(text_of({}, std::string_view("a\0b", 3)), "session a\\x00b");
}

TEST(LogLineTest, QuotesAValueThatIsNotOneWord) {
  EXPECT_EQ(text_of({{"a", "x y"}, {"b", ""}, {"c", "k=v"}, {"d", "say \"hi\""}}, "m"),
            R"(session a="x y" b="" c="k=v" d="say \"hi\"" m)");
}

TEST(LogLineTest, KeepsPrintableTextOfAnyLanguageAndMarksBrokenBytes) {
  EXPECT_EQ(text_of({}, "현관 카메라 é 🙂"), "session 현관 카메라 é 🙂");
  EXPECT_EQ(text_of({}, "\xff \xc3 \xed\xa0\x80 \xc0\xaf"),
            "session \\xff \\xc3 \\xed\\xa0\\x80 \\xc0\\xaf");
}

TEST(LogLineTest, RemovesCredentialsFromMessageAndFieldsInEveryFormat) {
  const std::vector<Field> fields{{"url", "rtsp://admin:s3cr3t@host/x"}};
  const Event with_secrets = event(fields, "cannot open rtsp://admin:s3cr3t@host/x");
  for (const std::string& line :
       {text_line(with_secrets), json_line(with_secrets), plain_line(with_secrets)}) {
    EXPECT_THAT(line, Not(HasSubstr("s3cr3t")));
    EXPECT_THAT(line, HasSubstr("rtsp://***@host/x"));
  }
}

TEST(LogLineTest, CutsWhatIsLongAndSaysHowMuchIsMissing) {
  const std::string line = text_of({{"client", std::string(300, 'c')}}, std::string(5000, 'm'));
  EXPECT_EQ(line, "session client=\"" + std::string(256, 'c') + "... (44 more bytes)\" " +
                      std::string(1024, 'm') + "... (3976 more bytes)");
  auto members = json_of({{"client", std::string(300, 'c')}}, std::string(5000, 'm'));
  EXPECT_EQ(members["client"], std::string(256, 'c') + "... (44 more bytes)");
  EXPECT_EQ(members["message"], std::string(1024, 'm') + "... (3976 more bytes)");
}

TEST(LogLineTest, WritesWhatAnOperatorWantsWhole) {
  const std::string mistakes(10'000, 'm');
  Event whole = event({}, mistakes);
  whole.caps = kLong;
  EXPECT_EQ(plain_line(whole), "session " + mistakes);
}

TEST(BoundedTest, CutsBetweenCharacters) {
  for (std::size_t max : {6U, 7U, 8U})
    EXPECT_EQ(bounded("\xed\x95\x9c\xed\x95\x9c\xed\x95\x9c", max),
              "\xed\x95\x9c\xed\x95\x9c... (3 more bytes)");
  EXPECT_EQ(bounded("abc\xf0\x9f\x99\x82", 6), "abc... (4 more bytes)");
  EXPECT_EQ(bounded("abcd", 4), "abcd");
  EXPECT_EQ(bounded(std::string(10, '\x80'), 5).find("\x80\x80... ("), 0U) << "no character at all";
}

TEST(BoundedTest, ShowsNoPartOfAPasswordThatIsCut) {
  const std::string text = "cannot open rtsp://admin:s3cr3t@host/x now";
  for (std::size_t max = 0; max <= text.size(); ++max)
    EXPECT_THAT(bounded(text, max), Not(HasSubstr("s3c"))) << max;
}

TEST(LogLineTest, IsOfBoundedLengthWhateverComes) {
  const std::string any(1 << 20, '\xff');
  const std::vector<Field> fields{{"client", any}, {"camera", any}};
  EXPECT_LT(text_line(event(fields, any)).size(), 8000U);
  EXPECT_LT(json_line(event(fields, any)).size(), 12000U);
}

TEST(JsonLineTest, GivesBackWhatWasPutIn) {
  const std::string odd = "quote \" back\\slash \n\t\r\x01 </script> 한 🙂 \xe2\x80\xa8";
  auto members = json_of({{"camera", "front"}, {"odd", odd}}, odd);
  EXPECT_EQ(members["level"], "info");
  EXPECT_EQ(members["category"], "session");
  EXPECT_EQ(members["camera"], "front");
  EXPECT_EQ(members["odd"], odd);
  EXPECT_EQ(members["message"], odd);
  EXPECT_EQ(members["time"].size(), std::string("2023-11-14T22:13:20.042+00:00").size());
}

TEST(JsonLineTest, ReplacesBrokenUtf8) {
  EXPECT_EQ(json_of({}, "a\xff"
                        "b\xe2\x80")["message"],
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonLineTest, DoesNotLetAFieldHideTheEventsOwnMembers) {
  auto members = json_of({{"level", "x"}, {"message", "y"}}, "m");
  EXPECT_EQ(members["level"], "info");
  EXPECT_EQ(members["level_"], "x");
  EXPECT_EQ(members["message"], "m");
  EXPECT_EQ(members["message_"], "y");
}

TEST(JsonLineTest, IsOneLineOfJsonForAnyBytes) {
  std::mt19937 random(3); // NOLINT
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (std::size_t length = random() % 40; bytes.size() < length;)
      bytes += static_cast<char>(random() % 256);
    const std::vector<Field> fields{{"bytes", bytes}};
    const std::string line = json_line(event(fields, bytes));
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(parsed(line).size(), 5U);
  }
}

TEST(JournalNameTest, IsMadeOfWhatTheJournalTakes) {
  EXPECT_EQ(journal_name("camera"), "FANLIGHT_CAMERA");
  EXPECT_EQ(journal_name("rtt-ms.é"), "FANLIGHT_RTT_MS___");
}

class LogTest : public testing::Test {
 protected:
  LogTest() { forget_rates(); }
  ~LogTest() override { configure(Level::info, Format::text); }
  /// The lines that `action` writes to stderr.
  template <typename Action> std::vector<std::string> lines_of(Action action) {
    testing::internal::CaptureStderr();
    action();
    std::istringstream captured(testing::internal::GetCapturedStderr());
    std::vector<std::string> lines;
    for (std::string line; std::getline(captured, line);) lines.push_back(line);
    return lines;
  }
};

TEST_F(LogTest, WritesOnlyWhatTheLevelAllows) {
  configure(Level::warning, Format::text);
  const auto lines = lines_of([] {
    error("app", {}, "one");
    warning("app", {}, "two");
    info("app", {}, "three");
    debug("app", {}, "four");
  });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("ERROR app one"));
  EXPECT_THAT(lines[1], HasSubstr("WARNING app two"));
}

TEST_F(LogTest, KeepsLinesWholeWhenThreadsWriteAtOnce) {
  configure(Level::info, Format::json);
  const std::string filler(9000, 'x'); // Longer than what a pipe takes in one piece.
  const auto lines = lines_of([&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int line = 0; line < 50; ++line) error("app", {}, filler);
      });
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), 200U);
  for (const std::string& line : lines) EXPECT_EQ(parsed(line)["message"], filler);
}

TEST_F(LogTest, HoldsBackWhatOnePlaceRepeatsAndSumsItUp) {
  configure(Level::info, Format::json);
  const test::DrivenClock clock; // They come all at once.
  const auto lines = lines_of([] {
    for (int i = 0; i < 10'000; ++i) info("http", {}, "refused " + std::to_string(i));
    info("http", {}, "of another place");
    sum_up();
    sum_up();
  });
  ASSERT_EQ(lines.size(), kRate.burst + 2);
  EXPECT_THAT(lines[lines.size() - 2], HasSubstr("of another place"));
  auto last = parsed(lines.back());
  EXPECT_EQ(last["lines"], std::to_string(10'000 - (lines.size() - 2)));
  EXPECT_THAT(last["message"], HasSubstr("the first was: refused 512"));
}

/// Until the main loop has something to do; -1: nothing waits.
int wait_of_main_loop() {
  GMainContext* const main = g_main_context_default();
  int priority = 0;
  int wait = -1;
  EXPECT_TRUE(g_main_context_acquire(main));
  g_main_context_prepare(main, &priority);
  g_main_context_query(main, priority, &wait, nullptr, 0);
  g_main_context_release(main);
  return wait;
}

TEST_F(LogTest, SumsUpByItselfThoughNothingMoreComes) {
  configure(Level::info, Format::text);
  lines_of([] {
    for (int i = 0; i < 10'000; ++i) warning("http", {}, "refused");
  });
  EXPECT_GE(wait_of_main_loop(), 0);
  EXPECT_LE(wait_of_main_loop(), 11'000); // ms
}

TEST_F(LogTest, SendsGStreamersOwnLogThroughTheSameWriter) {
  configure(Level::info, Format::json);
  GstDebugCategory* category = nullptr;
  GST_DEBUG_CATEGORY_INIT(category, "fanlighttest", 0, "");
  GstElement* pipeline = gst_pipeline_new("front");
  const auto lines = lines_of([&] {
    GST_CAT_ERROR_OBJECT(category, pipeline, "lost rtsp://a:secret@h\nnow");
    GST_CAT_DEBUG_OBJECT(category, pipeline, "not asked for");
  });
  gst_object_unref(pipeline);
  ASSERT_EQ(lines.size(), 1U);
  auto members = parsed(lines[0]);
  EXPECT_EQ(members["category"], "gst/fanlighttest");
  EXPECT_EQ(members["level"], "warning");
  EXPECT_EQ(members["object"], "front");
  EXPECT_EQ(members["message"], "lost rtsp://***@h\nnow");
  EXPECT_THAT(members["at"], HasSubstr("log_test.cpp:"));
}

TEST_F(LogTest, DoesNotFloodWhenAnElementComplainsForEveryPacket) {
  configure(Level::info, Format::text);
  GstDebugCategory* category = nullptr;
  GST_DEBUG_CATEGORY_INIT(category, "fanlighttest", 0, "");
  const auto lines = lines_of([&] {
    for (int packet = 0; packet < 5000; ++packet) GST_CAT_ERROR(category, "bad packet");
  });
  EXPECT_GE(lines.size(), 1U);
  EXPECT_LE(lines.size(), 100U); // 20 and a summary for each second that this took.
}

TEST_F(LogTest, SendsGLibsMessagesThroughTheSameWriter) {
  configure(Level::info, Format::json);
  const auto lines = lines_of([] {
    g_log("libnice", G_LOG_LEVEL_WARNING, "lost %s", "rtsp://a:secret@h");
    g_log("libnice", G_LOG_LEVEL_DEBUG, "not asked for");
  });
  ASSERT_EQ(lines.size(), 1U);
  auto members = parsed(lines[0]);
  EXPECT_EQ(members["category"], "glib/libnice");
  EXPECT_EQ(members["level"], "warning");
  EXPECT_EQ(members["message"], "lost rtsp://***@h");
}

TEST_F(LogTest, DoesNotFloodWhenALibraryRepeatsACriticalWarning) {
  configure(Level::info, Format::json);
  const auto lines = lines_of([&] {
    for (int packet = 0; packet < 5000; ++packet)
      g_log("GStreamer", G_LOG_LEVEL_CRITICAL, "assertion failed");
  });
  ASSERT_GE(lines.size(), 1U);
  EXPECT_LE(lines.size(), 100U);
  EXPECT_EQ(parsed(lines[0])["level"], "warning");
}

TEST_F(LogTest, FallsBackToTextWhereThereIsNoJournal) {
  if (::access("/run/systemd/journal/socket", F_OK) == 0) GTEST_SKIP() << "there is a journal here";
  const auto lines = lines_of([] {
    configure(Level::info, Format::journald);
    info("app", {}, "still heard");
  });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr("WARNING config logging.format is journald"));
  EXPECT_THAT(lines[1], HasSubstr("INFO app still heard"));
}

} // namespace
} // namespace fanlight::log

int main(int argc, char** argv) {
  ::unsetenv("GST_DEBUG");
  ::unsetenv("G_MESSAGES_DEBUG");
  gst_init(&argc, &argv);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
