#include "gst/pipeline.h"

#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/undertaker.h"
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

TEST(PipelineTest, RemovesAnElementWithoutWaitingForItToStop) {
  ASSERT_TRUE(wait_for_stops(std::chrono::seconds{10})); // Those of the tests before.
  // identity sleeps in its streaming thread for longer than removing may take.
  auto slow = parse("fakesrc is-live=true ! identity sleep-time=300000 ! fakesink async=false");
  Pipeline pipeline("test", [](GstMessage*) {});
  pipeline.start();
  ASSERT_TRUE(pipeline.add(slow.get()));

  pipeline.remove(slow.get(), "the slow one");

  EXPECT_EQ(stops_pending(), 1u);
  EXPECT_EQ(GST_OBJECT_PARENT(slow.get()), nullptr);
  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));
  EXPECT_EQ(GST_STATE(slow.get()), GST_STATE_NULL);
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
  const std::string dot = pipeline.dot();
  EXPECT_THAT(dot, HasSubstr("digraph"));
  EXPECT_THAT(dot, HasSubstr("192.0.2.10"));
  EXPECT_THAT(dot, Not(HasSubstr("sesame")));
}

TEST(UndertakerTest, CountsWhatIsStillStopping) {
  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));
  auto slow = parse("fakesrc is-live=true ! identity sleep-time=200000 ! fakesink async=false");
  gst_element_set_state(slow.get(), GST_STATE_PLAYING);
  stop_in_background(slow, "the slow one");
  EXPECT_FALSE(wait_for_stops(std::chrono::milliseconds{0}));
  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));
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

TEST(UndertakerTest, StopsOthersHoweverManyAreLate) {
  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));
  for (int i = 0; i < 40; ++i) {
    auto stuck = Ref<GstElement>::retain(GST_ELEMENT(g_object_new(stuck_get_type(), nullptr)));
    gst_element_set_state(stuck.get(), GST_STATE_READY);
    stop_in_background(std::move(stuck), "a stuck one");
  }
  auto good = parse("fakesrc is-live=true ! fakesink async=false");
  gst_element_set_state(good.get(), GST_STATE_PLAYING);
  stop_in_background(good, "the good one");

  turn_until([] { return stops_pending() == 40; }, "the stop of the good one",
             std::chrono::seconds{60});

  EXPECT_EQ(GST_STATE(good.get()), GST_STATE_NULL);
  let_go = true;
  let_go.notify_all();
  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));
}

TEST(ElementsTest, NamesThePackageOfAnElementThatIsMissing) {
  const auto made = make_element("no-such-element");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::internal);
  EXPECT_THAT(made.error().message, HasSubstr("no-such-element"));
}

} // namespace
} // namespace fanlight
