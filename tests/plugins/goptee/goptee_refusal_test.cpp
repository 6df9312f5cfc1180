// What goptee does with a branch that refuses buffers: it keeps that from everybody else.
#include "tee_fixture.h"

#include <thread>

namespace fanlight::test {
namespace {

/// A branch that answers the first `failures` buffers with `flow`.
class Failing {
 public:
  Failing(GstElement* tee, GstFlowReturn flow, int failures)
      : tee_(tee), flow_(flow), failures_(failures) {
    sink_ = gst_pad_new("sink", GST_PAD_SINK);
    gst_object_ref_sink(sink_);
    gst_pad_set_chain_function(sink_, chain);
    sink_->chaindata = this;
    gst_pad_set_active(sink_, TRUE);
    pad_ = gst_element_request_pad_simple(tee, "src_%u");
    gst_pad_link(pad_, sink_);
  }
  ~Failing() {
    gst_element_release_request_pad(tee_, pad_);
    gst_object_unref(pad_);
    gst_pad_set_active(sink_, FALSE);
    gst_object_unref(sink_);
  }

  [[nodiscard]] bool failed() { return failed_.wait(); }
  [[nodiscard]] bool succeeded() { return succeeded_.wait(); }
  int first_taken() const { return first_taken_; }
  int refused() const { return refused_; }
  GstPad* pad() const { return pad_; }
  GstPad* sink() const { return sink_; }
  GstFlowReturn last_flow() const {
    gint flow = 0;
    g_object_get(pad_, "last-flow", &flow, nullptr);
    return static_cast<GstFlowReturn>(flow);
  }

 private:
  static GstFlowReturn chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
    return static_cast<Failing*>(pad->chaindata)->take(BufferRef::adopt(buffer));
  }
  GstFlowReturn take(BufferRef buffer) {
    if (refused_ < failures_) {
      ++refused_;
      failed_.set();
      return flow_;
    }
    int number = -1;
    gst_buffer_extract(buffer.get(), 0, &number, sizeof number);
    if (first_taken_.exchange(number) != -1) first_taken_ = -2;
    succeeded_.set();
    return GST_FLOW_OK;
  }

  GstElement* tee_;
  const GstFlowReturn flow_;
  const int failures_;
  GstPad* pad_ = nullptr;
  GstPad* sink_ = nullptr;
  std::atomic<int> refused_{0};
  std::atomic<int> first_taken_{-1};
  Signal failed_;
  Signal succeeded_;
};

using RefusalTest = TeeTest;

class FlowTest : public RefusalTest, public testing::WithParamInterface<GstFlowReturn> {};

TEST_P(FlowTest, KeepsTheRefusalOfABranchFromTheSourceAndTheOthers) {
  begin();
  Failing failing(tee_, GetParam(), 1000);
  const auto other = join();

  push_group(0);
  ASSERT_TRUE(failing.failed());
  EXPECT_EQ(push(false), GST_FLOW_OK);
  EXPECT_EQ(push(false), GST_FLOW_OK);

  EXPECT_EQ(numbers(other->next(3)), range(0, 2));
}

std::string name_of(const testing::TestParamInfo<GstFlowReturn>& flow) {
  std::string name = gst_flow_get_name(flow.param);
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, FlowTest,
                         testing::Values(GST_FLOW_NOT_LINKED, GST_FLOW_FLUSHING, GST_FLOW_EOS,
                                         GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED),
                         name_of);

class NotReadyTest : public RefusalTest, public testing::WithParamInterface<GstFlowReturn> {};

TEST_P(NotReadyTest, StartsABranchAnewThatWasNotReadyWhenItWasLinked) {
  begin();
  push_group(2);
  Failing late(tee_, GetParam(), 1);
  ASSERT_TRUE(late.failed());

  // The refusal is noted after the branch returned; until then frames count as refused, too.
  ASSERT_TRUE(returns_in_time([&] {
    while (late.last_flow() != GetParam()) std::this_thread::yield();
  }));
  push(false);

  ASSERT_TRUE(late.succeeded());
  ASSERT_TRUE(returns_in_time([&] {
    guint64 pushed = 0;
    while (pushed < 4) g_object_get(late.pad(), "pushed-buffers", &pushed, nullptr);
  })) << "the whole group comes once more";
  EXPECT_EQ(late.refused(), 1);
}

// Linked before it runs; linked to a bin that leads nowhere yet.
INSTANTIATE_TEST_SUITE_P(All, NotReadyTest, testing::Values(GST_FLOW_FLUSHING, GST_FLOW_NOT_LINKED),
                         name_of);

TEST_F(RefusalTest, TriesABranchThatFailedAgainWhenANewStreamBegins) {
  begin();
  push_group(0);
  Failing failing(tee_, GST_FLOW_ERROR, 1);
  ASSERT_TRUE(failing.failed());
  ASSERT_TRUE(returns_in_time([&] {
    while (failing.last_flow() != GST_FLOW_ERROR) std::this_thread::yield();
  }));

  begin();
  push_group(0);

  ASSERT_TRUE(failing.succeeded());
  EXPECT_EQ(failing.first_taken(), 1);
}

TEST_F(RefusalTest, LeavesABranchThatSaidEosAloneUntilItIsLinkedAnew) {
  begin();
  push_group(0);
  Failing done(tee_, GST_FLOW_EOS, 1);
  ASSERT_TRUE(done.failed());
  ASSERT_TRUE(returns_in_time([&] {
    while (done.last_flow() != GST_FLOW_EOS) std::this_thread::yield();
  }));
  push_group(0);
  const auto fence = join();
  fence->next(1);
  EXPECT_EQ(done.first_taken(), -1);

  gst_pad_unlink(done.pad(), done.sink());
  gst_pad_link(done.pad(), done.sink());

  ASSERT_TRUE(done.succeeded());
  EXPECT_EQ(done.first_taken(), 1);
}

} // namespace
} // namespace fanlight::test
