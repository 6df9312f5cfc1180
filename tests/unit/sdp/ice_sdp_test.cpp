#include "sdp/ice_sdp.h"

#include <gmock/gmock.h>

#include "offers.h"

namespace fanlight::sdp {
namespace {

using namespace test;
using testing::ElementsAre;

constexpr std::string_view kAnswer = "v=0\r\na=ice-options:trickle\r\nm=audio 9 X 0\r\na=mid:a\r\n"
                                     "a=ice-ufrag:old\r\na=ice-pwd:oldpwd\r\n"
                                     "a=candidate:1 old\r\nm=video 9 X 0\r\na=ice-ufrag:old\r\n"
                                     "a=mid:v\r\na=end-of-candidates\r\n";

const std::string kOldCandidate = "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n";

TEST(IceSdpTest, PutsNewCredentialsAndCandidatesIntoTheOfferOfARestart) {
  const Offer offer =
      parsed(with(plain_with_audio(), "m=audio", kOldCandidate + "m=audio") + kOldCandidate);
  IceFragment fragment;
  fragment.ufrag = "efgh";
  fragment.pwd = "mnopqrstuvmnopqrstuvmn";
  fragment.candidates = {{"1", 0, "candidate:2 audio"},
                         {"", 0, "candidate:3 video"},
                         {"", 2, "candidate:4 of no media"}};

  const Offer next = restarted(offer, fragment);

  ASSERT_EQ(next.media.size(), 2U);
  EXPECT_THAT(next.media[0].candidates, ElementsAre("candidate:3 video"));
  EXPECT_THAT(next.media[1].candidates, ElementsAre("candidate:2 audio"));
  for (const Offer::Media& media : next.media) {
    EXPECT_EQ(media.transport.ice_ufrag, "efgh");
    EXPECT_EQ(media.transport.ice_pwd, "mnopqrstuvmnopqrstuvmn");
    EXPECT_EQ(media.transport.fingerprint, offer.media[0].transport.fingerprint);
  }
}

TEST(IceSdpTest, GivesNoIceToAMediaThatHasNone) {
  Offer offer = parsed(plain());
  offer.media.emplace_back(); // Rejected, and not of the bundle.
  IceFragment fragment;
  fragment.ufrag = "efgh";

  EXPECT_EQ(restarted(offer, fragment).media[1].transport.ice_ufrag, "");
}

TEST(IceSdpTest, FindsTheMediaThatACandidateNames) {
  const Offer offer = parsed(plain_with_audio());
  EXPECT_EQ(mline_of(offer, {"1", 0, ""}), 1U);
  EXPECT_EQ(mline_of(offer, {"none", 1, ""}), 1U);
  EXPECT_EQ(mline_of(offer, {"", 7, ""}), 7U);
}

TEST(IceSdpTest, TakesTheFragmentFromAnAnswer) {
  const IceFragment fragment = ice_fragment(kAnswer);
  EXPECT_EQ(fragment.ufrag, "old");
  EXPECT_EQ(fragment.pwd, "oldpwd");
  EXPECT_TRUE(fragment.end_of_candidates);
  ASSERT_EQ(fragment.candidates.size(), 1u);
  EXPECT_EQ(fragment.candidates[0].mid, "a");
  EXPECT_EQ(fragment.candidates[0].candidate, "candidate:1 old");
}

TEST(IceSdpTest, TakesEachCandidateOnceAndTheBestFirst) {
  const std::string tcp = "candidate:3 1 tcp 1520435199 192.0.2.1 5 typ host tcptype passive";
  const std::string second = "candidate:2 1 udp 2130706175 192.0.2.1 5 typ host";
  const std::string best = "candidate:1 1 udp 2130706431 192.0.2.2 5 typ host";
  const std::string all = "a=" + tcp + "\r\na=" + second + "\r\na=" + best + "\r\n";

  const IceFragment fragment =
      ice_fragment("v=0\r\nm=audio 9 X 0\r\na=mid:a\r\n" + all + "m=video 9 X 0\r\na=mid:v\r\n" +
                   all + "a=candidate:short\r\n");

  std::vector<std::string> found;
  for (const auto& candidate : fragment.candidates) found.push_back(candidate.candidate);
  EXPECT_THAT(found, ElementsAre(best, second, tcp, "candidate:short"));
}

} // namespace
} // namespace fanlight::sdp
