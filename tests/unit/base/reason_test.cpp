#include "base/reason.h"

#include <gtest/gtest.h>

#include "base/result.h"

namespace fanlight {
namespace {

TEST(ReasonTest, PutsValuesInTheirPlaces) {
  const std::string host = "192.0.2.10:554";

  const Reason reason{"test_late"_reason,
                      "{host} sent nothing for {seconds} s; is {host} on?",
                      {{"seconds", 61}, {"host", host}}};

  EXPECT_EQ(reason.message, "192.0.2.10:554 sent nothing for 61 s; is 192.0.2.10:554 on?");
  EXPECT_EQ(reason.id, "test_late");
  EXPECT_EQ(reason.values, (std::vector<Reason::Value>{{"seconds", 61}, {"host", host}}));
}

TEST(ReasonTest, LeavesBracesThatAreNoPlaces) {
  EXPECT_EQ(
      (Reason{"test_braces"_reason, "has ${ without }; write ${NAME}", {{"name", "x"}}}.message),
      "has ${ without }; write ${NAME}");
  EXPECT_EQ((Reason{"test_open"_reason, "{name} {", {{"name", "x"}}}.message), "x {");
}

TEST(ReasonTest, DoesNotReadPlacesInValues) {
  const Reason reason{
      "test_nested"_reason, "{first} {second}", {{"first", "{second}"}, {"second", "b"}}};

  EXPECT_EQ(reason.message, "{second} b");
}

TEST(ReasonTest, ListsReasonsWithinAnother) {
  const std::vector<Reason> faults{{"test_old"_reason, "it has expired"},
                                   {"test_other"_reason, "it is for {host}", {{"host", "h"}}}};

  const Reason reason{
      "test_list"_reason, "the certificate is wrong: {faults}", {{"faults", faults}}};

  EXPECT_EQ(reason.message, "the certificate is wrong: it has expired, it is for h");
}

TEST(ReasonTest, IsEmptyUnlessItSaysSomething) {
  EXPECT_TRUE(Reason{}.empty());
  EXPECT_FALSE((Reason{"test_word"_reason, "word"}.empty()));
}

TEST(ReasonTest, IsPartOfAnErrorMadeFromIt) {
  const Reason reason{"test_word"_reason, "word"};

  EXPECT_EQ(static_cast<const Reason&>(Error(Errc::busy, reason)), reason);
  EXPECT_EQ(Error(Errc::busy, "word").id, "") << "an error may be in English only";
}

} // namespace
} // namespace fanlight
