#include "load/options.h"

#include <gmock/gmock.h>

#include "load/signalling/json.h"

namespace fanlight::load {
namespace {

using testing::HasSubstr;

Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "fanlight-load");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

std::string refusal(std::vector<std::string> words) {
  words.emplace_back("http://localhost/whep/a");
  const auto options = parse(std::move(words));
  EXPECT_FALSE(options);
  return options ? "" : options.error().message;
}

TEST(OptionsTest, SpreadViewersOverAllUrls) {
  const auto options = parse({"--viewers", "200", "http://localhost/whep/a", "--ramp", "100",
                              "http://localhost/whep/b", "--storm", "50@4", "--storm", "20@2",
                              "--duration", "5.5", "--loss", "2.5"});

  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->urls.size(), 2U);
  EXPECT_EQ(options->plan.viewers, 200U);
  EXPECT_EQ(options->plan.joins_per_second, 100);
  EXPECT_EQ(options->plan.duration, std::chrono::milliseconds{5500});
  EXPECT_DOUBLE_EQ(options->settings.loss, 0.025);
  ASSERT_EQ(options->plan.storms.size(), 2U);
  EXPECT_EQ(options->plan.storms[0].viewers, 20U) << "by time";
}

TEST(OptionsTest, AreBounded) {
  EXPECT_THAT(refusal({"--viewers", "100001"}), HasSubstr("from 1 to 1e+05"));
  EXPECT_THAT(refusal({"--viewers", "1.5"}), HasSubstr("a whole number"));
  EXPECT_THAT(refusal({"--duration", "86401"}), HasSubstr("--duration"));
  EXPECT_THAT(refusal({"--ramp", "0"}), HasSubstr("--ramp"));
  EXPECT_THAT(refusal({"--loss", "101"}), HasSubstr("--loss"));
  EXPECT_THAT(refusal({"--loss", "nan"}), HasSubstr("--loss"));
}

TEST(OptionsTest, WatchMountpointsOfJanus) {
  const auto options =
      parse({"--janus", "http://localhost:8088/janus", "--mountpoint", "1", "--mountpoint", "7"});

  ASSERT_TRUE(options) << options.error().message;
  EXPECT_THAT(options->mountpoints, testing::ElementsAre(1, 7));
  EXPECT_THAT(parse({"--janus", "http://localhost:8088/janus"}).error().message,
              HasSubstr("requires --mountpoint"));
  EXPECT_THAT(refusal({"--mountpoint", "1"}), HasSubstr("requires --mountpoint"));
}

TEST(OptionsTest, SayWhatWouldBeRight) {
  EXPECT_THAT(refusal({"--storm", "5"}), HasSubstr("VIEWERS@SECONDS"));
  EXPECT_THAT(refusal({"--storm", "5@20"}), HasSubstr("increase --duration"));
  EXPECT_THAT(refusal({"--srtp", "aes"}), HasSubstr("gcm or sha1"));
  EXPECT_THAT(refusal({"--nonsense"}), HasSubstr("--nonsense"));
  EXPECT_THAT(parse({"--viewers"}).error().message, HasSubstr("needs a value"));
  EXPECT_THAT(parse({}).error().message, HasSubstr("no URL"));
  EXPECT_THAT(parse({"rtsp://localhost/a"}).error().message, HasSubstr("http[s]://"));
}

TEST(OptionsTest, HelpNeedsNoUrl) {
  const auto options = parse({"--help"});

  ASSERT_TRUE(options);
  EXPECT_EQ(options->action, Options::Action::help);
}

TEST(JsonWriterTest, WritesObjectsAndArrays) {
  JsonWriter json{false};
  json.object().add("a", 1).add("b", "x\"\\\n").array("c").add("", 2.5).add("", true).end();
  json.object("d").end().end();

  EXPECT_EQ(json.text(), R"({"a":1,"b":"x\"\\\u000a","c":[2.500,true],"d":{}})");
}

TEST(JsonWriterTest, IndentsForPeople) {
  JsonWriter json{true};
  json.object().add("a", 1).array("b").add("", 2).end().end();

  EXPECT_EQ(json.text(), "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}");
}

TEST(JsonTest, FindsStringsAndNumbersHoweverDeep) {
  const std::string text = R"({"janus" : "event","data":{"id": 4406555921063340},)"
                           R"("jsep":{"type":"offer","sdp":"v=0\r\no=\"x\"\u002f\/"}})";

  EXPECT_EQ(json_string(text, "janus"), "event");
  EXPECT_EQ(json_number(text, "id"), 4406555921063340U);
  EXPECT_EQ(json_string(text, "sdp"), "v=0\r\no=\"x\"//");
}

TEST(JsonTest, FindsNothingWhereThereIsNone) {
  EXPECT_EQ(json_string(R"({"a":"id"})", "id"), "") << "a value is no name";
  EXPECT_EQ(json_string(R"({"id":7})", "id"), "") << "a number is no string";
  EXPECT_EQ(json_string(R"({"id":"cut off \)", "id"), "cut off \\");
  EXPECT_EQ(json_number(R"({"id":)", "id"), 0U);
  EXPECT_EQ(json_number("", "id"), 0U);
}

} // namespace
} // namespace fanlight::load
