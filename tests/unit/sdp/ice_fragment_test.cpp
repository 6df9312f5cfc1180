#include "sdp/ice_fragment.h"

#include <gtest/gtest.h>

namespace fanlight::sdp {
namespace {

const std::string kTwoMedia = "a=ice-ufrag:EsAw\r\n"
                              "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
                              "m=audio 9 RTP/AVP 0\r\n"
                              "a=mid:0\r\n"
                              "a=candidate:1 1 UDP 2015363327 192.0.2.7 5000 typ host\r\n"
                              "a=candidate:2 1 UDP 2015363326 192.0.2.8 5001 typ host\r\n"
                              "m=audio 9 RTP/AVP 0\r\n"
                              "a=mid:video\r\n"
                              "a=candidate:3 1 UDP 2015363325 x.local 5002 typ host\r\n"
                              "a=end-of-candidates\r\n";

IceFragment parsed(std::string_view text) {
  auto fragment = IceFragment::parse(text);
  if (fragment) return *fragment;
  ADD_FAILURE() << fragment.error().message;
  return {};
}

void expect_error(std::string_view text, std::string_view words) {
  const auto fragment = IceFragment::parse(text);
  ASSERT_FALSE(fragment.ok()) << text;
  EXPECT_EQ(fragment.error().code, Errc::invalid);
  EXPECT_NE(fragment.error().message.find(words), std::string::npos) << fragment.error().message;
}

TEST(IceFragmentTest, ReadsCredentialsAndTheCandidatesOfEachMedia) {
  const IceFragment fragment = parsed(kTwoMedia);

  EXPECT_TRUE(fragment.has_credentials());
  EXPECT_EQ(fragment.ufrag, "EsAw");
  EXPECT_EQ(fragment.pwd, "P2uYro0UCOQ4zxjKXaWCBui1");
  ASSERT_EQ(fragment.candidates.size(), 3u);
  EXPECT_EQ(fragment.candidates[1].mid, "0");
  EXPECT_EQ(fragment.candidates[1].mline_index, 0u);
  EXPECT_EQ(fragment.candidates[1].candidate,
            "candidate:2 1 UDP 2015363326 192.0.2.8 5001 typ host");
  EXPECT_EQ(fragment.candidates[2].mid, "video");
  EXPECT_EQ(fragment.candidates[2].mline_index, 1u);
  EXPECT_TRUE(fragment.end_of_candidates);
}

TEST(IceFragmentTest, WritesWhatItReads) {
  EXPECT_EQ(parsed(parsed(kTwoMedia).to_string()).to_string(), parsed(kTwoMedia).to_string());
  EXPECT_EQ(parsed(kTwoMedia).to_string(),
            "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
            "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
            "a=candidate:1 1 UDP 2015363327 192.0.2.7 5000 typ host\r\n"
            "a=candidate:2 1 UDP 2015363326 192.0.2.8 5001 typ host\r\na=end-of-candidates\r\n"
            "m=audio 9 RTP/AVP 0\r\na=mid:video\r\n"
            "a=candidate:3 1 UDP 2015363325 x.local 5002 typ host\r\na=end-of-candidates\r\n");
}

TEST(IceFragmentTest, WritesNoMediaWithoutCandidates) {
  IceFragment fragment;
  EXPECT_EQ(fragment.to_string(), "");
  fragment.end_of_candidates = true;
  EXPECT_EQ(fragment.to_string(), "a=end-of-candidates\r\n");
}

TEST(IceFragmentTest, ReadsBareLineFeedsEmptyLinesAndOddSpacing) {
  const IceFragment fragment = parsed("\n  a=ice-ufrag: EsAw \n\na=mid:0\n"
                                      "a=candidate: 1  1 UDP 2015363327 192.0.2.7 5000 typ host");
  EXPECT_EQ(fragment.ufrag, "EsAw");
  EXPECT_FALSE(fragment.has_credentials());
  ASSERT_EQ(fragment.candidates.size(), 1u);
  EXPECT_EQ(fragment.candidates[0].mid, "0");
  EXPECT_FALSE(fragment.end_of_candidates);
}

TEST(IceFragmentTest, TakesCandidatesBeforeTheirMidAndMidsWithoutMedia) {
  const std::string candidate = "a=candidate:1 1 UDP 1 192.0.2.7 5000 typ host\r\n";
  const IceFragment late = parsed("m=audio 9 RTP/AVP 0\r\n" + candidate + "a=mid:7\r\n");
  EXPECT_EQ(late.candidates[0].mid, "7");

  const IceFragment bare = parsed("a=mid:7\r\n" + candidate + "a=mid:8\r\n" + candidate);
  EXPECT_EQ(bare.candidates[0].mid, "7");
  EXPECT_EQ(bare.candidates[1].mid, "8");
  EXPECT_EQ(bare.candidates[1].mline_index, 1u);

  const IceFragment none = parsed(candidate);
  EXPECT_EQ(none.candidates[0].mid, "");
  EXPECT_EQ(none.candidates[0].mline_index, 0u);
}

TEST(IceFragmentTest, TakesAnEmptyCandidateForTheEnd) {
  EXPECT_TRUE(parsed("m=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:\r\n").end_of_candidates);
}

TEST(IceFragmentTest, IsEmptyForAnEmptyBody) {
  const IceFragment fragment = parsed("");
  EXPECT_TRUE(fragment.candidates.empty());
  EXPECT_FALSE(fragment.has_credentials());
}

TEST(IceFragmentErrorTest, NamesTheLineAndWhatIsWrong) {
  expect_error("hello", "line 1: it is not x=value");
  expect_error("a=mid:0\r\n{}", "line 2: it is not x=value");
  expect_error("a=ice-ufrag:abc\r\n", "ice-ufrag is not 4 to 256 ICE characters");
  expect_error("a=ice-ufrag:ab\x01zz\r\n", "ice-ufrag");
  expect_error("a=ice-pwd:short\r\n", "ice-pwd is not 22 to 256 ICE characters");
  expect_error("a=mid:\r\n", "a=mid is not a token");
  expect_error("a=mid:a b\r\n", "a=mid is not a token");
  expect_error("a=candidate:1 1 UDP 1 192.0.2.7 5000 host\r\n", "a=candidate is not");
  expect_error("a=candidate:1 1 UDP 1 192.0.2.7 5000 type host\r\n", "a=candidate is not");
  expect_error("a=candidate:1 1 UDP 1 192.0.2.7\x02 5000 typ host\r\n", "a=candidate is not");
}

TEST(IceFragmentErrorTest, BoundsEverySize) {
  expect_error(std::string(IceFragment::kMaxSize + 1, '\n'), "more than 65536 bytes");
  const std::string candidate = "a=candidate:1 1 UDP 1 192.0.2.7 5000 typ host";
  expect_error(candidate + std::string(2000, 'x'), "a=candidate is not");
  expect_error("a=mid:" + std::string(300, 'x'), "a=mid is not a token");
  std::string many;
  for (std::size_t i = 0; i <= IceFragment::kMaxCandidates; ++i) many += candidate + "\r\n";
  expect_error(many, "more than 256 candidates");
}

} // namespace
} // namespace fanlight::sdp
