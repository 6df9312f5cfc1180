#include "gst/pipeline.h"

#include <atomic>
#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/turn_until.h"

namespace fanlight {
namespace {

using test::turn_until;
using testing::HasSubstr;
using testing::Not;

Ref<GstElement> parse(const char* description) {
  return Ref<GstElement>::retain(gst_parse_bin_from_description(description, FALSE, nullptr));
}

TEST(PipelineTest, NamesTheBranchAnErrorComesFrom) {
  auto good = parse("fakesrc is-live=true ! fakesink async=false");
  auto bad = parse("fakesrc num-buffers=1 ! identity error-after=1 ! fakesink async=false");
  GstObject* culprit = nullptr;
  Pipeline pipeline("test", [&](GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) culprit = GST_MESSAGE_SRC(message);
  });
  pipeline.start();
  ASSERT_TRUE(pipeline.add(good.get()));
  ASSERT_TRUE(pipeline.add(bad.get()));

  turn_until([&] { return culprit != nullptr; }, "the error");

  EXPECT_TRUE(is_inside(culprit, bad.get()));
  EXPECT_FALSE(is_inside(culprit, good.get()));
}

TEST(PipelineTest, QueuesOnlyMessagesThatItPassesOn) {
  std::vector<GstMessageType> seen;
  Pipeline pipeline("test",
                    [&](GstMessage* message) { seen.push_back(GST_MESSAGE_TYPE(message)); });
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(GST_ELEMENT(pipeline.bin())));
  GstObject* const source = GST_OBJECT(pipeline.bin());

  gst_bus_post(bus.get(), gst_message_new_state_changed(source, GST_STATE_NULL, GST_STATE_READY,
                                                        GST_STATE_VOID_PENDING));
  gst_bus_post(bus.get(), gst_message_new_latency(source));

  EXPECT_FALSE(gst_bus_have_pending(bus.get()));
  gst_bus_post(bus.get(), gst_message_new_eos(source));
  gst_bus_post(bus.get(), gst_message_new_element(source, gst_structure_new_empty("said")));
  turn_until([&] { return seen.size() == 2; }, "what was posted");
  EXPECT_THAT(seen, testing::ElementsAre(GST_MESSAGE_EOS, GST_MESSAGE_ELEMENT));
}

TEST(PipelineTest, RemovesAnElementWithoutWaitingForItToStop) {
  ASSERT_TRUE(wait_for_stops(test::kHangLimit)); // Those of the tests before.
  // identity sleeps in its streaming thread for longer than removing may take.
  auto slow = parse("fakesrc is-live=true ! identity sleep-time=300000 ! fakesink async=false");
  Pipeline pipeline("test", [](GstMessage*) {});
  pipeline.start();
  ASSERT_TRUE(pipeline.add(slow.get()));

  pipeline.remove(slow.get(), "the slow one");

  EXPECT_EQ(stops_pending(), 1u);
  EXPECT_EQ(GST_OBJECT_PARENT(slow.get()), nullptr);
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  EXPECT_EQ(GST_STATE(slow.get()), GST_STATE_NULL);
}

TEST(PipelineTest, IsThereUntilWhatWasRemovedFromItIsGone) {
  auto branch = parse("fakesrc is-live=true ! fakesink async=false");
  bool gone = false;
  {
    Pipeline pipeline("test", [](GstMessage*) {});
    g_object_weak_ref(
        G_OBJECT(pipeline.bin()),
        +[](gpointer flag, GObject*) { *static_cast<bool*>(flag) = true; }, &gone);
    pipeline.start();
    ASSERT_TRUE(pipeline.add(branch.get()));
    pipeline.remove(branch.get(), "the branch");
  }

  EXPECT_TRUE(wait_for_stops(test::kHangLimit));

  EXPECT_FALSE(gone) << "threads of the branch may still be telling it something";
  branch = {};
  EXPECT_TRUE(gone);
}

TEST(PipelineTest, RefusesASecondElementOfTheSameName) {
  auto first = Ref<GstElement>::retain(gst_bin_new("twin"));
  auto second = Ref<GstElement>::retain(gst_bin_new("twin"));
  Pipeline pipeline("test", [](GstMessage*) {});
  ASSERT_TRUE(pipeline.add(first.get()));
  const auto added = pipeline.add(second.get());
  ASSERT_FALSE(added);
  EXPECT_THAT(added.error().message, HasSubstr("twin"));
}

TEST(PipelineTest, DrawsItselfWithoutCredentials) {
  Pipeline pipeline("test", [](GstMessage*) {});
  auto source = make_element("rtspsrc", "camera");
  ASSERT_TRUE(source);
  g_object_set(source->get(), "location", "rtsp://admin:sesame@192.0.2.10/stream", "user-pw",
               "open \"sesame\\", nullptr);
  ASSERT_TRUE(gst_bin_add(pipeline.bin(), source->get()));
  std::string dot;
  pipeline.draw([&dot](const auto& drawn) { dot = drawn ? **drawn : drawn.error().message; });
  turn_until([&] { return !dot.empty(); }, "the drawing");
  EXPECT_THAT(dot, HasSubstr("digraph"));
  EXPECT_THAT(dot, HasSubstr("192.0.2.10"));
  EXPECT_THAT(dot, Not(HasSubstr("sesame")));
}

TEST(PipelineTest, MakesOneDrawingForAllWhoAskMeanwhile) {
  Pipeline pipeline("test", [](GstMessage*) {});
  std::vector<std::shared_ptr<const std::string>> drawings;
  const unsigned before = drawings_begun();
  for (int i = 0; i < 50; ++i)
    pipeline.draw([&](const auto& drawn) { drawings.push_back(*drawn); });
  EXPECT_TRUE(drawings.empty()) << "in a later turn";
  turn_until([&] { return drawings.size() == 50; }, "all drawings");

  EXPECT_EQ(drawings_begun() - before, 1u);
  EXPECT_EQ(drawings.front(), drawings.back());

  pipeline.draw([&](const auto& drawn) { drawings.push_back(*drawn); });
  turn_until([&] { return drawings.size() == 51; }, "another");
  EXPECT_EQ(drawings_begun() - before, 2u) << "a finished one is not given again";
}

TEST(PipelineTest, RefusesDrawingsBeyondABound) {
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::size_t drawn = 0;
  std::vector<Error> refused;
  for (int i = 0; i < 20; ++i) {
    pipelines.push_back(std::make_unique<Pipeline>("test", [](GstMessage*) {}));
    pipelines.back()->draw([&](const auto& dot) {
      if (dot)
        ++drawn;
      else
        refused.push_back(dot.error());
    });
  }
  turn_until([&] { return drawn + refused.size() == 20; }, "all answers");

  EXPECT_EQ(drawn, 8u);
  ASSERT_FALSE(refused.empty());
  EXPECT_EQ(refused.front().code, Errc::busy);
  EXPECT_THAT(refused.front().message, HasSubstr("try again"));
}

TEST(PipelineTest, IsDrawnWhileElementsComeAndGo) {
  Pipeline pipeline("test", [](GstMessage*) {});
  pipeline.start();
  int drawn = 0;
  std::function<void()> draw = [&] {
    pipeline.draw([&](const auto& dot) {
      EXPECT_TRUE(dot);
      EXPECT_THAT(**dot, HasSubstr("<GstPipeline>"));
      if (++drawn < 100) draw();
    });
  };
  draw();
  std::vector<Ref<GstElement>> bins;
  turn_until(
      [&] {
        post([] {}); // There is another turn.
        if (stops_pending() >= 16) return drawn == 100;
        bins.push_back(parse("fakesrc is-live=true ! queue ! tee ! queue ! fakesink async=false"));
        EXPECT_TRUE(pipeline.add(bins.back().get()));
        if (bins.size() > 4) {
          pipeline.remove(bins.front().get(), "a bin of the test");
          bins.erase(bins.begin());
        }
        return drawn == 100;
      },
      "a hundred drawings");
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
}

TEST(PipelineTest, IsDrawnThoughItIsGoneMeanwhile) {
  auto pipeline = std::make_unique<Pipeline>("test", [](GstMessage*) {});
  auto bin = parse("fakesrc is-live=true ! fakesink async=false");
  pipeline->start();
  ASSERT_TRUE(pipeline->add(bin.get()));
  std::string dot;
  pipeline->draw([&](const auto& drawn) { dot = **drawn; });
  pipeline.reset();

  turn_until([&] { return !dot.empty(); }, "the drawing");

  EXPECT_THAT(dot, HasSubstr("fakesink"));
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
}

TEST(DescribeTest, CutsWhatACameraSaysBetweenCharacters) {
  const auto said = [](const std::string& text) {
    g_autoptr(GError) error =
        g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, text.c_str());
    const auto message = Ref<GstMessage>::adopt(
        gst_message_new_error(nullptr, error, ("file.c(1): f ():\n" + text).c_str()));
    return describe(message.get());
  };
  std::string korean;
  for (int i = 0; i < 10'000; ++i) korean += "\xed\x95\x9c";

  EXPECT_EQ(said("No route"), "No route (No route)");
  const std::string cut = said(korean);
  EXPECT_LT(cut.size(), 600U);
  EXPECT_TRUE(g_utf8_validate(cut.c_str(), -1, nullptr)) << cut;
  EXPECT_THAT(cut, HasSubstr("more bytes"));
  EXPECT_THAT(said("rtsp://admin:sesame@host/" + korean), Not(HasSubstr("sesame")));
}

TEST(TeardownTest, CountsWhatIsStillStopping) {
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  auto slow = parse("fakesrc is-live=true ! identity sleep-time=200000 ! fakesink async=false");
  gst_element_set_state(slow.get(), GST_STATE_PLAYING);
  stop_in_background(slow, "the slow one");
  EXPECT_EQ(stops_pending(), 1u); // It is told on main that it is over, and main has not turned.
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  EXPECT_EQ(stops_pending(), 0u);
}

/// Whose stop takes until it is let go, as an rtspsrc inside a message did.
struct Stuck {
  GstElement parent;
};
struct StuckClass {
  GstElementClass parent;
};
G_DEFINE_TYPE(Stuck, stuck, GST_TYPE_ELEMENT)
std::atomic<bool> let_go{false};
void stuck_class_init(StuckClass* klass) {
  GST_ELEMENT_CLASS(klass)->change_state =
      +[](GstElement* element, GstStateChange change) -> GstStateChangeReturn {
    if (change == GST_STATE_CHANGE_READY_TO_NULL) let_go.wait(false);
    return GST_ELEMENT_CLASS(stuck_parent_class)->change_state(element, change);
  };
}
void stuck_init(Stuck*) {}

void stop_stuck(int count) {
  let_go = false;
  for (int i = 0; i < count; ++i) {
    auto stuck = Ref<GstElement>::retain(GST_ELEMENT(g_object_new(stuck_get_type(), nullptr)));
    gst_element_set_state(stuck.get(), GST_STATE_READY);
    stop_in_background(std::move(stuck), "a stuck one");
  }
}
void release_stuck() {
  let_go = true;
  let_go.notify_all();
}

TEST(TeardownTest, StopsOthersHoweverManyAreLate) {
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  stop_stuck(40);
  auto good = parse("fakesrc is-live=true ! fakesink async=false");
  gst_element_set_state(good.get(), GST_STATE_PLAYING);
  stop_in_background(good, "the good one");

  turn_until([] { return stops_pending() == 40; }, "the stop of the good one");

  EXPECT_EQ(GST_STATE(good.get()), GST_STATE_NULL);
  release_stuck();
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
}

TEST(TeardownTest, CallsNothingLateThatOnlyWaitsForAThread) {
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  const unsigned before = stops_overdue();
  stop_stuck(16); // As many as there are threads.
  for (int i = 0; i < 100; ++i)
    stop_in_background(parse("fakesrc ! fakesink"), "one behind the stuck ones");

  turn_until([&] { return stops_pending() == 16 && stops_overdue() - before >= 16; },
             "the stops of the others");

  EXPECT_EQ(stops_overdue() - before, 16u);
  release_stuck();
  EXPECT_TRUE(wait_for_stops(test::kHangLimit));
}

TEST(TeardownTest, GrowsOnlyAsFarAsTheSystemHasRoom) {
  const auto bounds = [](std::uint64_t left) {
    return std::vector<Bound>{{Bound::Of::threads, "pids.max", 1000, 1000 - left, ""}};
  };

  EXPECT_EQ(stop_threads(0, 16, bounds(1000)), 16u);
  EXPECT_EQ(stop_threads(5, 16, bounds(1000)), 21u);
  EXPECT_EQ(stop_threads(5, 16, bounds(30)), 21u);
  EXPECT_EQ(stop_threads(5, 16, bounds(26)), 18u) << "24 are for others";
  EXPECT_EQ(stop_threads(5, 16, bounds(3)), 16u);
  EXPECT_EQ(stop_threads(5, 20, bounds(3)), 20u) << "those there are count already";
  EXPECT_EQ(stop_threads(1, 20, bounds(3)), 17u) << "fewer always";
  EXPECT_EQ(stop_threads(1000, 16, {}), 256u);
}

TEST(ElementsTest, NamesThePackageOfAnElementThatIsMissing) {
  const auto made = make_element("no-such-element");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::internal);
  EXPECT_THAT(made.error().message, HasSubstr("no-such-element"));
}

} // namespace
} // namespace fanlight
