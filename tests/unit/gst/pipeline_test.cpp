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

  EXPECT_TRUE(wait_for_stops(std::chrono::seconds{10}));

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

TEST(ElementsTest, NamesThePackageOfAnElementThatIsMissing) {
  const auto made = make_element("no-such-element");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::internal);
  EXPECT_THAT(made.error().message, HasSubstr("no-such-element"));
}

} // namespace
} // namespace fanlight
