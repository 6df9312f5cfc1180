// What goptee does when the source in front of it ends, changes or is replaced.
#include "tee_fixture.h"

#include <utility>

namespace fanlight::test {
namespace {

class SourceTest : public TeeTest {
 protected:
  /// Skips events up to the next of the type.
  static EventRef next_event(Viewer& viewer, GstEventType type) {
    while (true) {
      EventRef event = viewer.next_event();
      if (!event || GST_EVENT_TYPE(event.get()) == type) return event;
    }
  }
  /// Another harness in front, as another parser would be.
  void replace_source() {
    gst_harness_teardown(source_);
    source_ = gst_harness_new_with_element(tee_, "sink", nullptr);
  }
};

TEST_F(SourceTest, PassesEosOnBehindTheLastFrame) {
  begin();
  const auto viewer = join();
  push_group(1);
  gst_harness_push_event(source_, gst_event_new_eos());

  EXPECT_EQ(numbers(viewer->next(2)), range(0, 1));
  EXPECT_TRUE(next_event(*viewer, GST_EVENT_EOS));
}

TEST_F(SourceTest, GivesAPadThatComesAfterTheEndTheLastGroupAndThenEos) {
  begin();
  push_group(1);
  gst_harness_push_event(source_, gst_event_new_eos());

  const auto viewer = join();

  EXPECT_EQ(numbers(viewer->next(2)), range(0, 1));
  EXPECT_TRUE(next_event(*viewer, GST_EVENT_EOS));
}

TEST_F(SourceTest, HoldsEosBackWhenAnotherSourceIsToFollow) {
  g_object_set(tee_, "hold-eos", TRUE, nullptr);
  begin();
  const auto viewer = join();
  push_group(0);
  next_event(*viewer, GST_EVENT_SEGMENT);
  gst_harness_push_event(source_, gst_event_new_eos());
  replace_source();
  begin();

  // What comes next is the next source, not the end of the first.
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_STREAM_START);
  push_group(0);
  EXPECT_EQ(numbers(viewer->next(2)), range(0, 1));
}

TEST_F(SourceTest, LetsBranchesGoOnInTheirThreadAtTheNextKeyFrameOfANewSource) {
  begin();
  const auto viewer = join();
  GThread* threads[2] = {nullptr, nullptr};
  const auto note_thread = [](GstPad*, GstPadProbeInfo*, gpointer thread) {
    *static_cast<GThread**>(thread) = g_thread_self();
    return GST_PAD_PROBE_OK;
  };
  const gulong first = gst_pad_add_probe(viewer->pad(), GST_PAD_PROBE_TYPE_BUFFER, note_thread,
                                         &threads[0], nullptr);
  push_group(1);
  viewer->next(2);
  gst_pad_remove_probe(viewer->pad(), first);
  gst_pad_add_probe(viewer->pad(), GST_PAD_PROBE_TYPE_BUFFER, note_thread, &threads[1], nullptr);

  replace_source();
  begin();
  push(false); // 2: of a group that nobody has the beginning of.
  push_group(1);

  const auto frames = viewer->next(2);
  EXPECT_EQ(numbers(frames), range(3, 4));
  EXPECT_TRUE(frames[0].key);
  EXPECT_TRUE(frames[0].discont);
  EXPECT_EQ(threads[0], threads[1]);
  EXPECT_EQ(viewer->counter("dropped-buffers"), 0U);
}

TEST_F(SourceTest, ForgetsTheGroupOfASourceThatWasUnlinked) {
  begin();
  push_group(1);
  EXPECT_EQ(counter("cached-buffers"), 2U);

  replace_source();

  EXPECT_EQ(counter("cached-buffers"), 0U);
}

TEST_F(SourceTest, ForgetsTheGroupWhenANewStreamStarts) {
  begin();
  push_group(1);

  gst_harness_push_event(source_, gst_event_new_stream_start("another camera"));
  EXPECT_EQ(counter("cached-buffers"), 0U);
  begin();

  const auto viewer = join();
  push(false);
  push_group(0);
  EXPECT_EQ(viewer->next().number, 3);
}

TEST_F(SourceTest, PassesNewCapsOnBetweenTheFramesTheyCameBetween) {
  begin();
  const auto viewer = join();
  push_group(0);
  next_event(*viewer, GST_EVENT_CAPS);
  next_event(*viewer, GST_EVENT_SEGMENT);
  viewer->next(1);
  // Both the caps and the frame before them are in the queue when the branch goes on.
  viewer->block();
  push(false);
  ASSERT_TRUE(viewer->blocked());
  push(false);
  GstCaps* caps = gst_caps_from_string("video/x-h264,stream-format=byte-stream,width=1280");
  gst_harness_push_event(source_, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  push(true);
  EXPECT_EQ(gst_harness_try_pull_event(viewer->harness()), nullptr) << "too early";
  viewer->unblock();

  EXPECT_EQ(numbers(viewer->next(3)), range(1, 3));
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_CAPS);
}

TEST_F(SourceTest, DoesNotStartANewPadWithFramesOfOlderCaps) {
  begin();
  push_group(1);
  GstCaps* caps = gst_caps_from_string("video/x-h264,stream-format=byte-stream,width=1280");
  gst_harness_push_event(source_, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  EXPECT_EQ(counter("cached-buffers"), 0U);

  const auto viewer = join();
  push(true);

  EXPECT_EQ(viewer->next().number, 2);
}

TEST_F(SourceTest, KeepsTheGroupWhenTheSameCapsAndSegmentComeAgain) {
  begin();
  push_group(1);
  GstCaps* caps = gst_caps_from_string("video/x-h264,stream-format=byte-stream,alignment=au");
  gst_harness_push_event(source_, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(source_, gst_event_new_segment(&segment));

  EXPECT_EQ(counter("cached-buffers"), 2U);
}

TEST_F(SourceTest, GivesALaterPadTheTagsOfTheStreamInTheirPlace) {
  begin();
  gst_harness_push_event(source_,
                         gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "old", nullptr)));
  gst_harness_push_event(source_,
                         gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "new", nullptr)));
  push_group(0);

  const auto viewer = join();

  next_event(*viewer, GST_EVENT_SEGMENT);
  const EventRef event = viewer->next_event();
  ASSERT_EQ(GST_EVENT_TYPE(event.get()), GST_EVENT_TAG);
  GstTagList* tags = nullptr;
  gst_event_parse_tag(event.get(), &tags);
  gchar* title = nullptr;
  gst_tag_list_get_string(tags, GST_TAG_TITLE, &title);
  EXPECT_STREQ(title, "new");
  g_free(title);
}

TEST_F(SourceTest, KeepsTheRunningTimeAcrossSegments) {
  begin();
  push_group(1);
  const auto viewer = join();
  viewer->next(2);

  replace_source();
  begin("video/x-h264,stream-format=byte-stream,alignment=au", 10 * GST_SECOND);
  time_ = 10 * GST_SECOND + 2 * kFrame; // Running time goes on where it was.
  push_group(0);

  EXPECT_EQ(viewer->next().pts, 10 * GST_SECOND + 2 * kFrame);
  GstSegment segment;
  EventRef event = next_event(*viewer, GST_EVENT_SEGMENT);
  event = next_event(*viewer, GST_EVENT_SEGMENT);
  ASSERT_TRUE(event);
  gst_event_copy_segment(event.get(), &segment);
  EXPECT_EQ(gst_segment_to_running_time(&segment, GST_FORMAT_TIME, 10 * GST_SECOND + 2 * kFrame),
            2 * kFrame);
}

TEST_F(SourceTest, PassesAFlushOnAndStartsAgainWithTheNextKeyFrame) {
  begin();
  const auto viewer = join();
  push_group(1);
  viewer->next(2);
  next_event(*viewer, GST_EVENT_SEGMENT);

  gst_harness_push_event(source_, gst_event_new_flush_start());
  EXPECT_EQ(counter("cached-buffers"), 0U);
  gst_harness_push_event(source_, gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(source_, gst_event_new_segment(&segment));
  push(false);
  push_group(0);

  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_FLUSH_START);
  EXPECT_EQ(GST_EVENT_TYPE(viewer->next_event().get()), GST_EVENT_FLUSH_STOP);
  EXPECT_EQ(viewer->next().number, 3);
}

TEST_F(SourceTest, AnswersTheLatencyOfTheSourceAndItsOwnQueue) {
  gst_pad_set_query_function(source_->srcpad, [](GstPad*, GstObject*, GstQuery* query) -> gboolean {
    if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return FALSE;
    gst_query_set_latency(query, TRUE, 100 * GST_MSECOND, GST_SECOND);
    return TRUE;
  });
  const auto viewer = join();
  viewer->set("max-queue-time", 2 * GST_SECOND);
  GstQuery* query = gst_query_new_latency();

  ASSERT_TRUE(gst_pad_query(viewer->pad(), query));

  gboolean live = FALSE;
  GstClockTime shortest = 0;
  GstClockTime longest = 0;
  gst_query_parse_latency(query, &live, &shortest, &longest);
  EXPECT_TRUE(live);
  EXPECT_EQ(shortest, 100 * GST_MSECOND);
  EXPECT_EQ(longest, 3 * GST_SECOND);
  gst_query_unref(query);
}

TEST_F(SourceTest, AnswersTheLatencyAsBeforeWhileThereIsNoSource) {
  gst_harness_set_upstream_latency(source_, 100 * GST_MSECOND);
  const auto viewer = join();
  GstQuery* query = gst_query_new_latency();
  ASSERT_TRUE(gst_pad_query(viewer->pad(), query));
  gst_query_unref(query);
  gst_harness_teardown(source_);
  source_ = nullptr;

  query = gst_query_new_latency();
  ASSERT_TRUE(gst_pad_query(viewer->pad(), query));

  GstClockTime shortest = 0;
  gst_query_parse_latency(query, nullptr, &shortest, nullptr);
  EXPECT_EQ(shortest, 100 * GST_MSECOND);
  gst_query_unref(query);
}

TEST_F(SourceTest, DoesNotLetABranchChooseTheCapsOfTheSource) {
  const auto viewer = join();
  gst_harness_set_sink_caps_str(viewer->harness(), "video/x-h264,stream-format=avc");

  GstCaps* caps = gst_pad_peer_query_caps(source_->srcpad, nullptr);

  EXPECT_TRUE(gst_caps_is_any(caps));
  gst_caps_unref(caps);
}

TEST_F(SourceTest, DoesNotAskTheBranchesForBuffersOfTheSource) {
  begin();
  const auto viewer = join();
  GstCaps* caps = gst_caps_from_string("video/x-h264");
  GstQuery* query = gst_query_new_allocation(caps, TRUE);

  EXPECT_FALSE(gst_pad_peer_query(source_->srcpad, query));

  gst_query_unref(query);
  gst_caps_unref(caps);
}

TEST_F(SourceTest, KeepsTheEventsOfOneBranchFromTheSource) {
  begin();
  const auto viewer = join();
  while (GstEvent* event = gst_harness_try_pull_upstream_event(source_)) gst_event_unref(event);

  gst_pad_push_event(viewer->sink(), gst_event_new_reconfigure());
  gst_pad_push_event(viewer->sink(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1.0, 0, 0));
  gst_pad_push_event(viewer->sink(), gst_event_new_latency(0));
  EXPECT_FALSE(gst_pad_push_event(viewer->sink(),
                                  gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                                     GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));

  EXPECT_EQ(gst_harness_upstream_events_in_queue(source_), 0U);
}

TEST_F(SourceTest, MayBeGoneBeforeItsPadHearsThatTheSourceIs) {
  GstElement* const tee = gst_element_factory_make("goptee", nullptr);
  gst_object_ref_sink(tee);
  GstPad* const sink = gst_element_get_static_pad(tee, "sink");
  GstPad* const source = gst_pad_new("src", GST_PAD_SRC);
  gst_object_ref_sink(source);
  ASSERT_EQ(gst_pad_link(source, sink), GST_PAD_LINK_OK);
  // What another thread does between the end of the link and the news of it.
  const guint unlinked = g_signal_lookup("unlinked", GST_TYPE_PAD);
  struct Hook {
    GstPad* sink;
    GstElement* tee;
    bool gone = false;
  } hook{sink, tee};
  g_object_weak_ref(
      G_OBJECT(tee), [](gpointer gone, GObject*) { *static_cast<bool*>(gone) = true; }, &hook.gone);
  const gulong id = g_signal_add_emission_hook(
      unlinked, 0,
      [](GSignalInvocationHint*, guint, const GValue* values, gpointer data) -> gboolean {
        Hook& mine = *static_cast<Hook*>(data);
        if (g_value_get_object(&values[0]) == mine.sink)
          gst_object_unref(std::exchange(mine.tee, nullptr));
        return TRUE;
      },
      &hook, nullptr);

  EXPECT_TRUE(gst_pad_unlink(source, sink));

  EXPECT_TRUE(hook.gone);
  g_signal_remove_emission_hook(unlinked, id);
  gst_object_unref(source);
  gst_object_unref(sink);
}

TEST_F(SourceTest, BeginsFromNothingAfterItWasStopped) {
  begin();
  push_group(1);
  const auto viewer = join();
  viewer->next(2);

  gst_element_set_state(tee_, GST_STATE_READY);
  EXPECT_EQ(counter("cached-buffers"), 0U);
  gst_element_set_state(tee_, GST_STATE_PLAYING);
  replace_source();
  begin();
  push_group(1);

  EXPECT_EQ(numbers(viewer->next(2)), range(2, 3));
}

} // namespace
} // namespace fanlight::test
