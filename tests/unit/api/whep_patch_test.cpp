// Trickle ICE and restarts by PATCH.
#include <gmock/gmock.h>

#include "whep_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

using WhepPatchTest = WhepTest;

TEST_F(WhepPatchTest, TricklesCandidatesToTheMediaTheyName) {
  start();
  const Response opened = post();

  const Response response = patch(opened.session(), kTrickle, opened.header("etag"));

  EXPECT_EQ(response.status, 204);
  const auto& candidates = directory.last()->candidates;
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].mline_index, 1u);
  EXPECT_EQ(candidates[0].candidate, "candidate:2 1 udp 1 192.0.2.1 7 typ host");
}

TEST_F(WhepPatchTest, TricklesTheEndOfCandidates) {
  start();
  const Response opened = post();

  patch(opened.session(), kTrickle + "a=end-of-candidates\r\n", opened.header("etag"));

  ASSERT_EQ(directory.last()->candidates.size(), 2u);
  EXPECT_EQ(directory.last()->candidates[1].candidate, "");
}

TEST_F(WhepPatchTest, TakesAStarWithTheSameCredentialsForATrickle) {
  start();
  const Response opened = post();

  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_TRUE(directory.last()->fragments.empty());
}

TEST_F(WhepPatchTest, RestartsIceByNewCredentials) {
  directory.restart_answer =
      "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=ice-ufrag:srv2\r\n"
      "a=ice-pwd:srvsrvsrvsrvsrvsrvsrv2\r\na=candidate:9 1 udp 1 192.0.2.50 5 typ host\r\n";
  start();
  const Response opened = post();

  const Response response = patch(opened.session(), kRestart, "*");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), kFragment);
  EXPECT_THAT(response.body, HasSubstr("a=ice-ufrag:srv2\r\n"));
  EXPECT_THAT(response.body, HasSubstr("a=candidate:9 1 udp 1 192.0.2.50 5 typ host\r\n"));
  EXPECT_NE(response.header("etag"), opened.header("etag"));
  EXPECT_FALSE(response.header("etag").empty());
  ASSERT_EQ(directory.last()->fragments.size(), 1u);
  EXPECT_EQ(directory.last()->fragments[0].ufrag, "efgh");
  EXPECT_EQ(patch(opened.session(), kTrickle, opened.header("etag")).status, 412);
}

TEST_F(WhepPatchTest, SaysThatARestartCannotBe) {
  start();
  const Response opened = post();
  directory.last()->restart_error = Error{Errc::invalid, "no"};

  EXPECT_EQ(patch(opened.session(), kRestart, "*").status, 400);
}

TEST_F(WhepPatchTest, DoesOneRestartAtATime) {
  start();
  const Response opened = post();
  directory.last()->answer_restarts = false;
  const auto first = std::make_shared<Response>();
  begin({"PATCH", opened.session(), kRestart, kFragment, {{"If-Match", "*"}}}, first);
  turn_until([&] { return directory.last()->fragments.size() == 1; }, "the restart");

  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 503);

  directory.last()->answer("v=0\r\na=ice-ufrag:x\r\n");
  turn_until([&] { return first->status != 0; }, "the first");
  EXPECT_EQ(first->status, 200);
}

TEST_F(WhepPatchTest, AsksForTheETag) {
  start();
  const Response opened = post();
  const std::string location = opened.session();

  EXPECT_EQ(patch(location, kRestart, "").status, 428);
  EXPECT_EQ(patch(location, kTrickle, "\"other\"").status, 412);
  EXPECT_EQ(patch(location, kTrickle, "\"other\", " + opened.header("etag")).status, 204);
}

TEST_F(WhepPatchTest, TakesCandidatesWithoutTheETag) {
  start();
  const Response opened = post();

  EXPECT_EQ(patch(opened.session(), kTrickle, "").status, 204);
  EXPECT_EQ(patch(opened.session(), kTrickle.substr(kTrickle.find("m=")), "").status, 204);

  EXPECT_EQ(directory.last()->candidates.size(), 2u);
  EXPECT_TRUE(directory.last()->fragments.empty());
}

TEST_F(WhepPatchTest, RefusesAFragmentThatIsNone) {
  start();
  const Response opened = post();
  const std::string location = opened.session();

  EXPECT_EQ(patch(location, kTrickle, "*", "application/sdp").status, 415);
  EXPECT_EQ(patch(location, "hello", "*").status, 400);
  EXPECT_EQ(patch(location, kTrickle + std::string(70'000, 'x'), "*").status, 413);
}

TEST_F(WhepPatchTest, BoundsTheCandidates) {
  limits.candidates_per_session = 2;
  start();
  const Response opened = post();
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 204);
  EXPECT_EQ(patch(opened.session(), kTrickle, "*").status, 400);
  EXPECT_EQ(directory.last()->candidates.size(), 2u);
}

} // namespace
} // namespace fanlight::test
