// Where one picture ends and the next begins, whatever a camera does with the marker bit.
#include "h26x/access_unit_assembler.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "h26x/assembler_fixture.h"

namespace fanlight::h26x {
namespace {

using namespace test;
using testing::IsEmpty;
using testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Codecs, AssemblerTest, testing::Values(Codec::h264, Codec::h265), name_of);

TEST_P(AssemblerTest, BeginsWithTheFirstKeyPictureAndItsParameterSets) {
  send_picture(false, true);
  send_picture(false, true);
  send_picture(true, true);
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_TRUE(units_[0].key);
  EXPECT_TRUE(units_[0].discont);
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(slice(true, true)));
  ASSERT_NE(units_[0].format, nullptr);
  EXPECT_EQ(units_[0].format->sps.width, 1920);
  EXPECT_EQ(units_[0].format->sps.height, 1080);
  EXPECT_FALSE(units_[1].key);
  EXPECT_EQ(units_[1].bytes, coded(slice(false, true)));
  EXPECT_EQ(units_[1].time - units_[0].time, kFrame / 90);
  EXPECT_EQ(stats().pictures, 4U);
}

TEST_P(AssemblerTest, TakesParameterSetsOfTheDescription) {
  const Sets sets = sets_of(codec());
  for (const Unit& set : {sets.vps, sets.sps, sets.pps}) assembler_.add_parameter_set(set);

  send(slice(true, true), true);
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(slice(true, true)));
}

TEST_P(AssemblerTest, WaitsForParameterSetsThoughAKeyPictureComes) {
  send(slice(true, true), true);
  next_picture();
  send_picture(false, true);
  EXPECT_TRUE(stats().waiting);
  send_picture(true, true);
  end();

  EXPECT_FALSE(stats().waiting);
  EXPECT_THAT(units_, SizeIs(1));
}

TEST_P(AssemblerTest, RepeatsParameterSetsBeforeEveryKeyPictureAndOnlyThere) {
  send_picture(true, true);
  send_sets();
  send_picture(false, true);
  send(slice(true, true), true);
  end();

  ASSERT_THAT(units_, SizeIs(3));
  EXPECT_EQ(units_[1].bytes, coded(slice(false, true)));
  EXPECT_EQ(units_[2].bytes, coded_sets() + coded(slice(true, true)));
}

TEST_P(AssemblerTest, PutsADelimiterAndAnSeiWithMarkersIntoTheirPicture) {
  for (const bool key : {true, false, false, true, false}) {
    send(delimiter(codec()), true);
    if (key) send_sets(true);
    send(sei(codec()), true);
    send(slice(key, true), true);
    next_picture();
  }
  end();

  ASSERT_THAT(units_, SizeIs(5));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(sei(codec())) + coded(slice(true, true)));
  EXPECT_EQ(units_[1].bytes, coded(sei(codec())) + coded(slice(false, true)));
}

TEST_P(AssemblerTest, LetsAnSeiOfAnEarlierTimestampWaitForItsPicture) {
  send_picture(true, true);
  send(sei(codec()), true);
  next_picture();
  send(slice(false, true), true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[1].bytes, coded(sei(codec())) + coded(slice(false, true)));
  EXPECT_EQ(units_[1].timestamp, timestamp_);
}

TEST_P(AssemblerTest, JoinsFourSlicesWithAMarkerOnEach) {
  for (const bool key : {true, false, false, true, false}) {
    if (key) send_sets(true);
    for (int i = 0; i < 4; ++i) send(slice(key, i == 0, static_cast<std::uint8_t>(i + 1)), true);
    next_picture();
  }
  end();

  ASSERT_THAT(units_, SizeIs(5));
  EXPECT_EQ(stats().markers, Markers::wrong);
  EXPECT_EQ(units_[1].bytes, coded(slice(false, true, 1)) + coded(slice(false, false, 2)) +
                                 coded(slice(false, false, 3)) + coded(slice(false, false, 4)));
  EXPECT_EQ(stats().damaged, 0U);
}

TEST_P(AssemblerTest, LeavesOutParameterSetsBetweenTheSlicesOfAPicture) {
  for (int i = 0; i < 3; ++i) {
    send_sets();
    send(slice(true, i == 0));
  }
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(slice(true, true)) + coded(slice(true, false)) +
                                 coded(slice(true, false)));
}

TEST_P(AssemblerTest, EndsPicturesWithoutAnyMarker) {
  for (const bool key : {true, false, false}) send_picture(key, false);
  EXPECT_THAT(units_, SizeIs(2)) << "the last one may go on";

  end();

  EXPECT_THAT(units_, SizeIs(3));
}

TEST_P(AssemblerTest, TellsPicturesApartThoughTheClockStandsStill) {
  send_sets();
  for (const bool key : {true, false, false}) {
    send(slice(key, true), false);
    send(slice(key, false), false);
  }
  end();

  EXPECT_THAT(units_, SizeIs(3));
}

TEST_P(AssemblerTest, KeepsSlicesTogetherThatHaveTimestampsOfTheirOwn) {
  send_sets();
  for (const bool key : {true, false, false})
    for (int i = 0; i < 3; ++i) {
      send(slice(key, i == 0), i == 2);
      timestamp_ += 10;
    }
  end();

  EXPECT_THAT(units_, SizeIs(3));
}

TEST_P(AssemblerTest, UsesTheMarkerOnceItHasProvedToBeRight) {
  prove_markers();

  send(slice(false, true));
  EXPECT_THAT(units_, IsEmpty());
  send(slice(false, false), true);

  ASSERT_THAT(units_, SizeIs(1)) << "without waiting for the next picture";
  EXPECT_EQ(units_[0].bytes, coded(slice(false, true)) + coded(slice(false, false)));
}

TEST_P(AssemblerTest, DoesNotUseAMarkerBeforeItSawOneOfAKeyPicture) {
  for (unsigned i = 1; i < AccessUnitAssembler::kManyProofs; ++i) send_picture(false, true);
  EXPECT_EQ(stats().markers, Markers::unproved);

  send_picture(false, true);
  send_picture(false, true);

  EXPECT_EQ(stats().markers, Markers::right);
}

TEST_P(AssemblerTest, GivesUpAMarkerThatCutAPicture) {
  prove_markers();
  send(slice(false, true), true);
  send(slice(false, false), true);
  next_picture();
  units_.clear();

  for (int i = 0; i < 2; ++i) {
    send(slice(false, true), true);
    send(slice(false, false), true);
    next_picture();
  }
  end();

  EXPECT_EQ(stats().markers, Markers::wrong);
  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_TRUE(units_[0].discont) << "the rest of the cut picture is missing";
  EXPECT_EQ(units_[1].bytes, coded(slice(false, true)) + coded(slice(false, false)));
}

TEST_P(AssemblerTest, EndsAPictureWhoseMarkerIsMissingAtTheNextOne) {
  prove_markers();
  send_picture(false, false);
  send_picture(false, true);

  EXPECT_THAT(units_, SizeIs(2));
  EXPECT_EQ(stats().damaged, 0U);
}

TEST_P(AssemblerTest, CountsStartPointsThatAreNoKeyPictures) {
  send_picture(true, true);
  send(recovery_point(codec()));
  send_picture(false, true);
  send_picture(false, true);
  end();

  EXPECT_EQ(stats().start_points, 1U);
  EXPECT_EQ(stats().key_pictures, 1U);
}

TEST_P(AssemblerTest, TakesFragmentsAndAggregatesApart) {
  const Unit key = slice(true, true);
  const Sets sets = sets_of(codec());
  const auto sized = [](const Unit& unit) {
    return Unit{0, static_cast<std::uint8_t>(unit.size())} + unit;
  };
  if (codec() == Codec::h264) {
    send(Unit{24} + sized(sets.sps) + sized(sets.pps));
    send(Unit{0x7c, 0x80 | 5} + Unit(key.begin() + 1, key.begin() + 10));
    send(Unit{0x7c, 5} + Unit(key.begin() + 10, key.begin() + 20));
    send(Unit{0x7c, 0x40 | 5} + Unit(key.begin() + 20, key.end()), true);
  } else {
    send(Unit{48 << 1, 1} + sized(sets.vps) + sized(sets.sps) + sized(sets.pps));
    send(Unit{49 << 1, 1, 0x80 | 19} + Unit(key.begin() + 2, key.begin() + 10));
    send(Unit{49 << 1, 1, 19} + Unit(key.begin() + 10, key.begin() + 20));
    send(Unit{49 << 1, 1, 0x40 | 19} + Unit(key.begin() + 20, key.end()), true);
  }
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(key));
  EXPECT_EQ(stats().malformed, 0U);
}

TEST_P(AssemblerTest, TakesNewParameterSetsWithTheNextPicture) {
  send_picture(true, true);
  Sets sets = sets_of(codec());
  sets.pps.push_back(0x33);
  send(sets.pps);
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[1].bytes, coded(sets.pps) + coded(slice(false, true)));
}

TEST_P(AssemblerTest, KeepsNoMoreParameterSetsThanAStreamNeeds) {
  send_sets();
  for (unsigned i = 0; i < 20; ++i) send(large_pps(codec(), i, 0x33));
  send_picture(true, true);
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_GT(units_[0].bytes.size(), 10 * kLargePps) << "those that fit";
  EXPECT_LE(units_[0].bytes.size(), ParameterSets::kMostTotal + coded(slice(true, true)).size());
}

TEST_P(AssemblerTest, TakesAParameterSetThatChangesAgainAndAgain) {
  send_sets();
  for (std::uint8_t fill = 1; fill <= 40; ++fill) send(large_pps(codec(), 0, fill));
  send_picture(true, true);
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_EQ(units_[0].bytes,
            coded_sets() + coded(large_pps(codec(), 0, 40)) + coded(slice(true, true)));
}

TEST_P(AssemblerTest, TakesOnlyAFewPicturesOfOnePacket) {
  constexpr unsigned kMost = AccessUnitAssembler::kMostInPacket;
  send_picture(true, true);

  send(aggregate(codec(), Units(kMost, slice(false, true))));
  EXPECT_EQ(stats().malformed, 0U);
  EXPECT_EQ(stats().pictures, kMost);

  send(aggregate(codec(), Units(10 * kMost, slice(false, true))));
  EXPECT_EQ(stats().malformed, 1U);
  EXPECT_EQ(stats().pictures, 2 * kMost);

  next_picture();
  send_picture(true, true);
  end();
  ASSERT_THAT(units_, SizeIs(2 * kMost + 2));
  EXPECT_TRUE(units_[2 * kMost].damaged) << "the rest of its packet was dropped";
  EXPECT_EQ(units_.back().bytes, coded_sets() + coded(slice(true, true)));
}

TEST_P(AssemblerTest, SkipsEmptyUnitsOfAnAggregate) {
  send_sets();
  send(aggregate(codec(), {{}, {}, slice(true, true), {}, slice(true, false), {}}), true);
  end();

  ASSERT_THAT(units_, SizeIs(1));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(slice(true, true)) + coded(slice(true, false)));
  EXPECT_EQ(stats().malformed, 0U);
}

TEST_P(AssemblerTest, TakesUnitsApartThatStartCodesSeparateInOnePacket) {
  const Sets sets = sets_of(codec());
  const Unit short_code{0, 0, 1};
  const Unit vps = codec() == Codec::h265 ? short_code + sets.vps : Unit{};
  send(delimiter(codec()) + vps + short_code + sets.sps + coded(sets.pps) + coded(sei(codec())) +
           coded(slice(true, true)),
       true);
  next_picture();
  send(delimiter(codec()) + coded(slice(false, true)), true);
  next_picture();
  send(delimiter(codec()) + short_code, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(sei(codec())) + coded(slice(true, true)));
  ASSERT_NE(units_[0].format, nullptr);
  EXPECT_EQ(units_[0].format->sps.width, 1920);
  EXPECT_EQ(units_[1].bytes, coded(slice(false, true)));
  EXPECT_EQ(stats().malformed, 0U);
}

TEST_P(AssemblerTest, LeavesAnSeiWholeWhoseDataLookLikeAStartCode) {
  const Unit odd = sei(codec()) + coded(slice(false, true)) + Unit{0x80};
  send_picture(true, true);
  send(odd);
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[1].bytes, coded(odd) + coded(slice(false, true)));
}

TEST(FieldTest, TwoFieldsOfAFrameAreOneAccessUnit) {
  AccessUnitAssembler assembler{Codec::h264};
  for (const Unit& set : {interlaced_sets().sps, interlaced_sets().pps})
    assembler.add_parameter_set(set);
  std::uint16_t number = 0;
  // first_mb 0, slice_type 5 or 7, pps 0, frame_num of 4 bits, field_pic_flag, bottom_field_flag.
  const auto field = [&](std::uint8_t header, unsigned frame, bool bottom) {
    const unsigned bits =
        0x1u << 19 | 0x6u << 14 | 1u << 13 | frame << 9 | 1u << 8 | (bottom ? 1u : 0u) << 7 | 0x11;
    Unit unit{header, static_cast<std::uint8_t>(bits >> 12), static_cast<std::uint8_t>(bits >> 4),
              0x11};
    assembler.take({.number = number++, .timestamp = 1, .payload = unit}, 0);
  };
  field(0x65, 0, false);
  field(0x65, 0, true);
  field(0x41, 1, false);
  field(0x41, 1, true);
  assembler.end();

  int units = 0;
  while (assembler.next()) ++units;
  EXPECT_EQ(units, 2);
}

TEST(SuffixTest, ASuffixSeiEndsThePictureBeforeIt) {
  AccessUnitAssembler assembler{Codec::h265};
  const Sets sets = sets_of(Codec::h265);
  for (const Unit& set : {sets.vps, sets.sps, sets.pps}) assembler.add_parameter_set(set);
  const Unit key = slice(Codec::h265, true, true);
  assembler.take({.number = 1, .timestamp = 1, .payload = key}, 0);
  assembler.take({.number = 2, .timestamp = 1, .marker = true, .payload = suffix_sei()}, 0);
  assembler.end();

  const auto unit = assembler.next();
  ASSERT_TRUE(unit);
  const Unit end = coded(key) + coded(suffix_sei());
  EXPECT_TRUE(std::equal(end.rbegin(), end.rend(), unit->bytes.rbegin()));
}

} // namespace
} // namespace fanlight::h26x
