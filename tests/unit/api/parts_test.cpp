#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include "api/views.h"
#include "http/address.h"
#include "http/frame_meter.h"
#include "http/json.h"
#include "http/patience.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/routes.h"

namespace fanlight::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

TEST(AddressTest, ReadsHostAndPort) {
  const auto read = [](const std::string& text) {
    const auto address = parse_listen(text);
    return address ? to_string((*address).get()) : address.error().message;
  };
  EXPECT_EQ(read("127.0.0.1:8080"), "127.0.0.1:8080");
  EXPECT_EQ(read("[::1]:80"), "[::1]:80");
  EXPECT_EQ(read("[::]:0"), "[::]:0");
  EXPECT_EQ(read(":8080"), "0.0.0.0:8080");
  EXPECT_THAT(read("localhost:8080"), HasSubstr(":8080"));
}

TEST(AddressTest, SaysWhatAnAddressIs) {
  for (const char* text : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000",
                           "::1:80", "[::1]", "nonexistent.invalid:80", "[:80"}) {
    const auto address = parse_listen(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.error().code, Errc::invalid);
    EXPECT_THAT(address.error().message, HasSubstr("0.0.0.0:8080"));
  }
}

TEST(PatienceTest, EndsAtOnceButNotInTheCourseOfTime) {
  Patience patience{3, std::chrono::milliseconds{10}};
  std::int64_t now = 1'000'000;
  for (int i = 0; i < 1000; ++i, now += 10'000) ASSERT_FALSE(patience.ends_with_one_more(now));
  EXPECT_FALSE(patience.ends_with_one_more(now));
  EXPECT_FALSE(patience.ends_with_one_more(now));
  EXPECT_TRUE(patience.ends_with_one_more(now));
}

TEST(SegmentsTest, SplitsAndDecodesAPath) {
  EXPECT_THAT(segments("/"), Optional(IsEmpty()));
  EXPECT_THAT(segments("/a/b%20c"), Optional(ElementsAre("a", "b c")));
  EXPECT_THAT(segments("/a//b/"), Optional(ElementsAre("a", "", "b")));
  EXPECT_THAT(segments("/%EB%A7%88"), Optional(ElementsAre("마")));
}

TEST(SegmentsTest, RefusesWhatIsMalformed) {
  for (const char* path : {"", "a", "/%", "/%2", "/%zz", "/%00", "/a%2Fb"})
    EXPECT_FALSE(segments(path)) << path;
  EXPECT_FALSE(segments("/" + std::string(5000, 'a')));
}

TEST(ProblemTest, GivesEachErrorItsStatus) {
  const auto status = [](Errc code) { return problem_of({code, "x"}).status(); };
  EXPECT_EQ(status(Errc::invalid), 400);
  EXPECT_EQ(status(Errc::not_found), 404);
  EXPECT_EQ(status(Errc::no_stream), 404);
  EXPECT_EQ(status(Errc::busy), 503);
  EXPECT_EQ(status(Errc::unsupported), 406);
  EXPECT_EQ(status(Errc::unavailable), 503);
  EXPECT_EQ(status(Errc::conflict), 412);
  EXPECT_EQ(status(Errc::internal), 500);
}

TEST(ProblemTest, TellsProgramsEachFailureByACodeOfItsOwn) {
  std::set<std::string> codes;
  for (const FailureRow& row : failures()) {
    const Problem problem{row.failure, {"test"_reason, "why"}};
    EXPECT_EQ(problem.status(), row.status);
    EXPECT_TRUE(codes.insert(problem.code()).second) << row.code;
    EXPECT_GE(row.status, 400) << row.code;
    EXPECT_EQ(problem.retry_after().has_value(), row.status == 503) << row.code;
    EXPECT_THAT(problem.to_json(), HasSubstr("\"code\":\"" + std::string{row.code} + '"'));
  }
}

TEST(ProblemTest, SaysByItsCodeWhyASessionEnded) {
  const std::map<std::string, std::string> codes{{"no_common_codec", "no_common_codec"},
                                                 {"bad_offer", "invalid"},
                                                 {"busy", "busy"},
                                                 {"unknown_stream", "unknown_stream"},
                                                 {"camera_changed", "camera_changed"},
                                                 {"camera_removed", "not_found"},
                                                 {"camera_unavailable", "unavailable"},
                                                 {"timeout", "unavailable"},
                                                 {"shutting_down", "unavailable"},
                                                 {"internal", "internal"}};
  for (const auto& [ended, code] : codes)
    EXPECT_EQ(problem_of(session::CloseReason{ended, {"test"_reason, "why"}}).code(), code)
        << ended;
}

TEST(JsonTest, ReadsOnlyObjectsOfBoundedDepth) {
  EXPECT_TRUE(json::parse_object(R"({"a":[{"b":["[[[[[[[[[[[[[[[[[[[[["]}]})").ok());
  for (const std::string& text :
       {std::string{}, std::string{"7"}, std::string{"[]"}, std::string{"{"}, std::string(20, '['),
        std::string(20, '{'), std::string{"{\"a\":\"\\"}})
    EXPECT_FALSE(json::parse_object(text).ok()) << text.substr(0, 20);
}

TEST(JsonTest, ReadsMembersOfTheRightTypeOnly) {
  const auto object = json::parse_object(R"({"text":"a","number":7,"float":1.5,"null":null})");
  ASSERT_TRUE(object.ok());
  EXPECT_EQ(json::string_member(object->get(), "text"), "a");
  EXPECT_EQ(json::string_member(object->get(), "number"), std::nullopt);
  EXPECT_EQ(json::string_member(object->get(), "null"), std::nullopt);
  EXPECT_EQ(json::string_member(object->get(), "absent"), std::nullopt);
  EXPECT_EQ(json::integer_member(object->get(), "number"), 7);
  EXPECT_EQ(json::integer_member(object->get(), "float"), std::nullopt);
}

TEST(JsonTest, WritesNoInfinity) {
  json::Writer json;
  json.object([&] { json.member("x", 1.0 / 0.0); });
  EXPECT_TRUE(json::parse_object(json.text()).ok());
}

TEST(QueryTest, ReadsTheLastValueOfAName) {
  EXPECT_EQ(query_value("stream=sub&width=640", "stream"), "sub");
  EXPECT_EQ(query_value("stream=sub&width=640", "width"), "640");
  EXPECT_EQ(query_value("stream=a&stream=b", "stream"), "b");
  EXPECT_EQ(query_value("str%65am=a+b%2Bc", "stream"), "a b+c");
  EXPECT_EQ(query_value("streams=x&xstream=y&stream", "stream"), "");
  EXPECT_EQ(query_value("", "stream"), "");
}

TEST(QueryTest, ReadsNothingOutOfWhatIsNoText) {
  for (const char* query : {"stream=%zz", "stream=%ff", "stream=%00", "stream=%", "=&&stream="})
    EXPECT_EQ(query_value(query, "stream"), "") << query;
  EXPECT_EQ(query_value("%zz=%zz&stream=sub", "stream"), "sub");
}

/// A frame whose mask is zero.
std::string frame(int first, std::uint64_t size, int width) {
  std::string bytes{static_cast<char>(first)};
  bytes += static_cast<char>(0x80 | (width == 0 ? size : width == 2 ? 126 : 127));
  for (int byte = width - 1; byte >= 0; --byte) bytes += static_cast<char>(size >> (8 * byte));
  return bytes + std::string(4, '\0');
}

TEST(FrameMeterTest, AddsTheFragmentsOfAMessage) {
  FrameMeter meter;
  meter.feed(frame(0x01, 100, 0) + std::string(100, 'x'));
  EXPECT_EQ(meter.message_bytes(), 100u);
  meter.feed(frame(0x00, 300, 2) + std::string(300, 'x'));
  EXPECT_EQ(meter.message_bytes(), 400u);
  meter.feed(frame(0x80, 70'000, 8) + std::string(70'000, 'x'));
  EXPECT_EQ(meter.message_bytes(), 70'400u);
  meter.feed(frame(0x81, 5, 0) + "hello");
  EXPECT_EQ(meter.message_bytes(), 5u);
}

TEST(FrameMeterTest, FollowsFramesByteByByte) {
  FrameMeter meter;
  const std::string bytes = frame(0x01, 300, 2) + std::string(300, '\x89') + frame(0x89, 2, 0) +
                            "ab" + frame(0x80, 7, 0) + "1234567";
  for (const char byte : bytes) meter.feed({&byte, 1});
  EXPECT_EQ(meter.message_bytes(), 307u);
  EXPECT_EQ(meter.take_pings(), 1u);
  EXPECT_EQ(meter.take_pings(), 0u);
}

TEST(FrameMeterTest, KnowsHowMuchHasComeOfAMessageThatIsNotWhole) {
  FrameMeter meter;
  EXPECT_EQ(meter.unfinished_bytes(), 0u);
  meter.feed(frame(0x81, 100, 0).substr(0, 1));
  EXPECT_EQ(meter.unfinished_bytes(), 1u);
  meter.feed(frame(0x81, 100, 0).substr(1) + std::string(60, 'x'));
  EXPECT_EQ(meter.unfinished_bytes(), 60u);
  EXPECT_EQ(meter.messages(), 1u);
  meter.feed(std::string(40, 'x'));
  EXPECT_EQ(meter.unfinished_bytes(), 0u);

  meter.feed(frame(0x01, 20, 0) + std::string(20, 'x') + frame(0x89, 5, 0) + "pi");
  EXPECT_EQ(meter.unfinished_bytes(), 20u);
  EXPECT_EQ(meter.messages(), 2u);
}

TEST(FrameMeterTest, DoesNotWrapAround) {
  FrameMeter meter;
  meter.feed(frame(0x01, 10, 0) + std::string(10, 'x'));
  meter.feed(frame(0x00, ~std::uint64_t{0}, 8));
  EXPECT_EQ(meter.message_bytes(), ~std::uint64_t{0});
}

} // namespace
} // namespace fanlight::http
