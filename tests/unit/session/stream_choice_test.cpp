// Which of a camera's streams a viewer gets.
#include "session/stream_choice.h"

#include <vector>

#include <gmock/gmock.h>

namespace fanlight::session {
namespace {

using testing::HasSubstr;

struct StreamChoiceTest : testing::Test {
  std::string pick(const StreamPreference& preference = {},
                   std::optional<std::size_t> current = std::nullopt) {
    const auto picked = pick_stream(streams, preference, current);
    reason = picked ? picked->reason.message : "";
    return picked ? streams[picked->index].id : "none";
  }
  std::string pick_for(int height, std::optional<std::size_t> current = std::nullopt) {
    return pick({.width = height * 16 / 9, .height = height}, current);
  }

  std::vector<StreamState> streams{
      {.id = "main", .height = 2160}, {.id = "sub", .height = 720}, {.id = "small", .height = 360}};
  std::string reason;
};

TEST_F(StreamChoiceTest, TakesTheBestForWhoSaysNothingOfHisSize) { EXPECT_EQ(pick(), "main"); }

TEST_F(StreamChoiceTest, TakesTheSmallestThatFillsThePlace) {
  EXPECT_EQ(pick_for(200), "small");
  EXPECT_EQ(pick_for(360), "small");
  EXPECT_EQ(pick_for(500), "sub");
  EXPECT_EQ(pick_for(1080), "main");
  EXPECT_EQ(pick_for(4000), "main") << "there is none larger";
  EXPECT_THAT(reason, HasSubstr("4000 lines"));
}

TEST_F(StreamChoiceTest, KnowsThatANarrowPlaceIsNotFilled) {
  streams[0].width = 3840;
  EXPECT_EQ(pick({.width = 320, .height = 1000}), "small") << "180 lines are seen";
}

TEST_F(StreamChoiceTest, KeepsWhatItHasWhereTheOtherIsHardlyBetter) {
  EXPECT_EQ(pick_for(400, 2), "small");
  EXPECT_EQ(pick_for(400, 1), "sub");
  EXPECT_EQ(pick_for(430, 2), "sub") << "now it is too small";
  EXPECT_EQ(pick_for(350, 1), "small");
}

TEST_F(StreamChoiceTest, TakesWhatTheViewerCanPlay) {
  streams[0].playable = false;
  streams[0].mismatch = {"test"_reason, "the camera sends H265; the viewer supports H264"};

  EXPECT_EQ(pick(), "sub");

  EXPECT_EQ(reason, "instead of main: the camera sends H265; the viewer supports H264");
}

TEST_F(StreamChoiceTest, TakesWhatIsThereInPlaceOfWhatIsDown) {
  streams[2].down = true;
  streams[2].mismatch = {"test"_reason, "the camera closed the connection"};

  EXPECT_EQ(pick_for(200), "sub");

  EXPECT_EQ(reason, "instead of small: the camera closed the connection");
}

TEST_F(StreamChoiceTest, TakesWhatIsDownWhereThereIsNothingElse) {
  for (StreamState& stream : streams) stream.down = true;
  EXPECT_EQ(pick_for(200), "small");
}

TEST_F(StreamChoiceTest, AvoidsBFrames) {
  streams[0].b_frames = true;

  EXPECT_EQ(pick(), "sub");
  EXPECT_THAT(reason, HasSubstr("main, which has B-frames"));

  for (StreamState& stream : streams) stream.b_frames = true;
  EXPECT_EQ(pick(), "main");
}

TEST_F(StreamChoiceTest, GivesTheOneThatWasAskedFor) {
  EXPECT_EQ(pick({.stream = "sub", .width = 0, .height = 2000}), "sub");
  EXPECT_EQ(pick({.stream = "other"}), "none");
  streams[1].playable = false;
  EXPECT_EQ(pick({.stream = "sub"}), "none");
}

TEST_F(StreamChoiceTest, HasNothingForAViewerThatCanPlayNone) {
  for (StreamState& stream : streams) stream.playable = false;
  EXPECT_EQ(pick(), "none");
}

TEST_F(StreamChoiceTest, GuessesTheSizeOfWhatWasNeverThere) {
  for (StreamState& stream : streams) stream.height = 0;
  EXPECT_EQ(pick_for(300), "sub");
  EXPECT_EQ(pick_for(700), "main");
}

TEST_F(StreamChoiceTest, HasNoChoiceOfOne) {
  streams.resize(1);
  EXPECT_EQ(pick_for(100), "main");
  EXPECT_EQ(reason, "the only stream");
}

} // namespace
} // namespace fanlight::session
