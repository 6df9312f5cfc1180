// How the element begins and ends, and what it leaves behind.
#include <atomic>
#include <filesystem>
#include <iterator>

#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

using testing::HasSubstr;

std::size_t entries_of(const char* directory) {
  const std::filesystem::directory_iterator all(directory);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}
std::size_t open_files() { return entries_of("/proc/self/fd"); }
std::size_t threads() { return entries_of("/proc/self/task"); }

class ElementLifeTest : public ElementTest {
 protected:
  static guint port_of(GstElement* element) {
    guint port = 0;
    g_object_get(element, "port", &port, nullptr);
    return port;
  }
  /// Of its own, as the fixture's.
  static GstElement* another() {
    auto* const other =
        GST_ELEMENT(gst_object_ref_sink(gst_element_factory_make("webrtcfanout", nullptr)));
    g_object_set(other, "workers", 2, nullptr);
    return other;
  }
  static std::string name_of_new_pad(GstElement* element, const char* name) {
    GstPad* const pad = gst_element_request_pad_simple(element, name);
    const std::string own = GST_PAD_NAME(pad);
    gst_object_unref(pad);
    return own;
  }
};

TEST_F(ElementLifeTest, EndsTheViewersOfAPadThatIsReleased) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  const std::string id = join(viewer);

  end_video();

  EXPECT_EQ(wait_for_state(id, "failed"), "the stream video_0 ended");
  EXPECT_TRUE(viewer.until([&] { return viewer.dtls().heard_goodbye(); }));
  EXPECT_TRUE(wait([&] { return stat("viewers-connected") == 0; }));
}

TEST_F(ElementLifeTest, EndsTheViewersOfACodecThatIsNoMore) {
  begin_video();
  push_group(4);
  ViewerEnd before;
  const std::string id = join(before);

  change_video_to("H265");

  EXPECT_EQ(wait_for_state(id, "failed"), "the stream video_0 changed its format to H265");
  ViewerEnd after({.video = "H265"});
  join(after);
  push_group(1);
  EXPECT_EQ(frame_of(after.next_video()), 5) << "nothing of the other codec";
}

TEST_F(ElementLifeTest, KeepsItsViewersWhenTheSameCapsComeAgain) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  join(viewer);
  viewer.next(viewer.video_ssrc(), 4);

  change_video_to("H264");

  push_frame(false);
  EXPECT_EQ(frame_of(viewer.next_video()), 2);
}

TEST_F(ElementLifeTest, ServesAgainAfterItWasStopped) {
  begin_video();
  for (int i = 0; i < 3; ++i) {
    ViewerEnd viewer;
    push_frame(true);
    join(viewer, "the same one");
    viewer.next_video();

    ASSERT_EQ(gst_element_set_state(element(), GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
    ASSERT_EQ(gst_element_set_state(element(), GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    gst_harness_play(video());
    change_video_to("H264");
  }
}

TEST_F(ElementLifeTest, GetsItsOwnPortBackAtOnce) {
  gst_element_set_state(element(), GST_STATE_READY);
  const guint port = port_of(element());
  gst_element_set_state(element(), GST_STATE_NULL);
  g_object_set(element(), "port", port, nullptr);

  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(gst_element_set_state(element(), GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
    EXPECT_EQ(port_of(element()), port);
    ASSERT_EQ(gst_element_set_state(element(), GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  }
}

TEST_F(ElementLifeTest, RefusesToStartOnAPortThatIsTaken) {
  gst_element_set_state(element(), GST_STATE_READY);
  GstElement* const other = another();
  g_object_set(other, "port", port_of(element()), "workers", 1, nullptr);

  EXPECT_EQ(gst_element_set_state(other, GST_STATE_READY), GST_STATE_CHANGE_FAILURE);

  gst_element_set_state(other, GST_STATE_NULL);
  gst_object_unref(other);
}

TEST_F(ElementLifeTest, SharesItsPortWithElementsThatAreSetAlike) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  join(viewer);
  viewer.next(viewer.video_ssrc(), 4);
  GstElement* const other = another();
  gst_element_set_state(other, GST_STATE_READY);
  EXPECT_EQ(port_of(other), port_of(element()));

  gst_element_set_state(other, GST_STATE_NULL);
  gst_object_unref(other);

  push_frame(false);
  EXPECT_EQ(frame_of(viewer.next_video()), 2);
}

TEST_F(ElementLifeTest, MayBeStoppedByWhoeverHearsOfAViewer) {
  begin_video();
  push_group(1);
  g_signal_connect(
      element(), "viewer-state",
      G_CALLBACK(+[](GstElement* self, const gchar*, const gchar* state, const gchar*, gpointer) {
        if (g_str_equal(state, "connected")) gst_element_set_state(self, GST_STATE_NULL);
      }),
      nullptr);
  ViewerEnd viewer;
  admit(viewer);

  EXPECT_TRUE(viewer.join());

  EXPECT_TRUE(viewer.until([&] { return viewer.dtls().heard_goodbye(); }));
}

TEST_F(ElementLifeTest, LosesViewersThatWhoeverHearsOfThemRemoves) {
  begin_video();
  push_group(1);
  g_signal_connect(element(), "viewer-state",
                   G_CALLBACK(+[](GstElement* self, const gchar* id, const gchar* state,
                                  const gchar*, gpointer) {
                     gboolean removed = FALSE;
                     if (g_str_equal(state, "connected"))
                       g_signal_emit_by_name(self, "remove-viewer", id, &removed);
                   }),
                   nullptr);
  ViewerEnd viewer;
  const std::string id = join(viewer);

  EXPECT_TRUE(viewer.until([&] { return viewer.dtls().heard_goodbye(); }));
  EXPECT_EQ(viewer_text(id, "state"), "") << "it is not known any more";
}

TEST_F(ElementLifeTest, LosesAViewerThatGoesWithoutAWord) {
  begin_video();
  push_group(1);
  ViewerEnd viewer;
  const std::string id = join(viewer);

  // It sends nothing from here on. This takes 14 s.
  EXPECT_EQ(wait_for_state(id, "disconnected"),
            "the server has received nothing from the viewer for 12 s");
  EXPECT_EQ(wait_for_state(id, "failed"),
            "the server has received nothing from the viewer for 14 s");

  EXPECT_EQ(viewer_text(id, "state"), "") << "it is not known any more";
}

TEST_F(ElementLifeTest, KeepsWhatWasCountedWhenViewersGo) {
  begin_video();
  push_group(4);
  ViewerEnd viewer;
  const std::string id = join(viewer);
  const auto packets = viewer.next(viewer.video_ssrc(), 10);
  viewer.ask_again(viewer.video_ssrc(), packets[3].sequence);
  viewer.next(viewer.rtx_ssrc());

  remove(id);

  EXPECT_EQ(stat("packets-sent"), 10U);
  EXPECT_EQ(stat("retransmitted-packets"), 1U);
  EXPECT_EQ(stat("viewers-gone"), 1U);
}

TEST_F(ElementLifeTest, NamesPadsBesideThoseThatOthersNamed) {
  EXPECT_EQ(name_of_new_pad(element(), "video_1"), "video_1");
  EXPECT_EQ(name_of_new_pad(element(), "video_%u"), "video_0");
  EXPECT_EQ(name_of_new_pad(element(), "video_%u"), "video_2");
  EXPECT_EQ(name_of_new_pad(element(), "audio_%u"), "audio_3");
}

TEST_F(ElementLifeTest, TakesPacketsOfSegmentsWithoutTime) {
  begin_video();
  GstSegment bytes;
  gst_segment_init(&bytes, GST_FORMAT_BYTES);
  ASSERT_TRUE(gst_harness_push_event(video(), gst_event_new_segment(&bytes)));

  push_group(1); // A critical of GStreamer would end the test.

  ViewerEnd viewer;
  join(viewer);
  EXPECT_EQ(frame_of(viewer.next_video()), 0);
}

TEST_F(ElementLifeTest, SaysThatAllStreamsHaveEnded) {
  begin_video();
  begin_audio();
  GstBus* const bus = gst_bus_new();
  gst_element_set_bus(element(), bus);

  gst_harness_push_event(video(), gst_event_new_eos());
  EXPECT_FALSE(gst_bus_have_pending(bus));
  gst_harness_push_event(audio(), gst_event_new_eos());

  GstMessage* const message =
      gst_bus_timed_pop_filtered(bus, test::kHangLimit.count() * GST_SECOND, GST_MESSAGE_EOS);
  EXPECT_NE(message, nullptr);
  if (message) gst_message_unref(message);
  gst_element_set_bus(element(), nullptr);
  gst_object_unref(bus);
}

TEST_F(ElementLifeTest, LeavesNothingBehindOfAThousandViewers) {
  const std::size_t threads_before = threads();
  begin_video();
  push_group(1);
  {
    ViewerEnd first;
    remove(join(first));
  }
  const std::size_t files = open_files();
  const std::size_t serving = threads();
  EXPECT_EQ(serving, threads_before + 3) << "two workers and the control thread";

  for (int i = 0; i < 1000; ++i) {
    ViewerEnd viewer({.tcp = i % 10 == 0});
    const std::string id = admit(viewer);
    ASSERT_TRUE(viewer.join()) << i;
    if (i % 2 == 0)
      viewer.goodbye();
    else
      remove(id);
  }

  EXPECT_TRUE(wait([&] { return stat("viewers-gone") == 1001; })) << stat("viewers-gone");
  EXPECT_TRUE(wait([&] { return stat("transport-handshakes") == 0; }));
  EXPECT_TRUE(wait([&] { return open_files() == files; })) << open_files() << ", not " << files;
  EXPECT_EQ(threads(), serving);
  gst_element_set_state(element(), GST_STATE_NULL);
  EXPECT_EQ(threads(), threads_before);
}

TEST_F(ElementLifeTest, BearsViewersThatComeAndGoWhileItStreams) {
  begin_video();
  push_frame(true);
  std::atomic<bool> over{false};
  std::thread streaming([&] {
    while (!over) push_group(24, 1000);
  });
  std::thread looking([&] {
    while (!over) stat("packets-sent");
  });
  for (int i = 0; i < 30; ++i) {
    ViewerEnd viewer({.tcp = i % 3 == 0});
    const std::string id = admit(viewer);
    EXPECT_TRUE(viewer.join());
    viewer.next(viewer.video_ssrc(), 10);
    viewer.ask_for_picture(viewer.video_ssrc());
    if (i % 2 == 0)
      remove(id);
    else
      viewer.goodbye();
  }
  ViewerEnd last;
  const std::string id = join(last);
  over = true;
  streaming.join();
  looking.join();

  end_video();

  EXPECT_THAT(wait_for_state(id, "failed"), HasSubstr("ended"));
}

} // namespace
} // namespace fanlight::fanout
