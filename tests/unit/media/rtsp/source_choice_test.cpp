#include "media/rtsp/source_choice.h"

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

using Change = SourceChoice::Change;

config::Stream stream_with(config::Source source,
                           config::RtspTransport transport = config::RtspTransport::tcp) {
  config::Stream stream;
  stream.source = source;
  stream.transport = transport;
  return stream;
}

const ConnectError kNoHandshake{.why = {}, .only_direct = true};
const ConnectError kLost{.why = {}};

TEST(SourceChoice, LeavesACameraThatOnlyTheOtherMayReadToItForGood) {
  SourceChoice choice{stream_with(config::Source::automatic)};
  ASSERT_FALSE(choice.avoids_direct());

  EXPECT_EQ(choice.on_failure(kNoHandshake, false), Change::now);

  EXPECT_TRUE(choice.avoids_direct());
  for (int i = 0; i < 2 * SourceChoice::kPatience; ++i)
    EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
  EXPECT_TRUE(choice.avoids_direct());
}

TEST(SourceChoice, TriesTheOtherInTurnIfACameraAnswersAndShowsNothing) {
  SourceChoice choice{stream_with(config::Source::automatic)};

  for (const bool avoids : {true, false, true}) {
    EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
    EXPECT_EQ(choice.on_failure(kLost, true), Change::later);
    EXPECT_EQ(choice.avoids_direct(), avoids);
  }
}

TEST(SourceChoice, TriesTheOtherAfterAFewHandshakesThatEnd) {
  SourceChoice choice{stream_with(config::Source::automatic)};
  const ConnectError ended{.why = {}, .perhaps_direct = true};

  for (const bool avoids : {true, false}) {
    EXPECT_EQ(choice.on_failure(ended, false), Change::none);
    EXPECT_EQ(choice.on_failure(ended, false), Change::later);
    EXPECT_EQ(choice.avoids_direct(), avoids);
  }
}

TEST(SourceChoice, StaysWithWhatShowedPicturesBetweenFailures) {
  SourceChoice choice{stream_with(config::Source::automatic)};

  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
    choice.on_live();
  }

  EXPECT_FALSE(choice.avoids_direct());
}

TEST(SourceChoice, DoesNotCountTheEndOfALiveConnection) {
  SourceChoice choice{stream_with(config::Source::automatic)};
  choice.on_live();

  EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
  EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
  EXPECT_EQ(choice.on_failure(kLost, true), Change::later);
}

TEST(SourceChoice, DoesNotBlameTheSourceForACameraThatIsNotThereOrRefuses) {
  SourceChoice choice{stream_with(config::Source::automatic)};

  for (int i = 0; i < 2 * SourceChoice::kPatience; ++i) {
    EXPECT_EQ(choice.on_failure(kLost, false), Change::none);
    EXPECT_EQ(choice.on_failure({.why = {}, .refused = true}, true), Change::none);
    EXPECT_EQ(choice.on_failure({.why = {}, .sound = true}, true), Change::none);
  }

  EXPECT_FALSE(choice.avoids_direct());
}

TEST(SourceChoice, HasNoneIfTheConfigurationOrTheTransportLeavesNone) {
  for (const config::Stream& stream :
       {stream_with(config::Source::direct), stream_with(config::Source::rtspsrc),
        stream_with(config::Source::automatic, config::RtspTransport::http)}) {
    SourceChoice choice{stream};

    EXPECT_EQ(choice.on_failure(kNoHandshake, true), Change::none);
    for (int i = 0; i < SourceChoice::kPatience; ++i)
      EXPECT_EQ(choice.on_failure(kLost, true), Change::none);
  }
}

} // namespace
} // namespace fanlight::media
