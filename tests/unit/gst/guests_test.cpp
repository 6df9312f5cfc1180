// What comes in from GStreamer's threads: signals and promises.
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "gst/promise.h"
#include "gst/signal.h"
#include "support/turn_until.h"

namespace fanlight {
namespace {

using test::turn_until;

struct Listener : std::enable_shared_from_this<Listener> {
  void on_pad(Ref<GstPad> pad) {
    where = std::this_thread::get_id();
    names.push_back(take_string(gst_pad_get_name(pad.get())));
  }
  void on_reply(StructurePtr reply) {
    where = std::this_thread::get_id();
    replies.push_back(reply ? gst_structure_get_name(reply.get()) : "none");
  }
  std::thread::id where;
  std::vector<std::string> names;
  std::vector<std::string> replies;
};

struct SignalTest : testing::Test {
  Ref<GstElement> bin = Ref<GstElement>::retain(gst_bin_new("bin"));
  std::shared_ptr<Listener> listener = std::make_shared<Listener>();

  void add_pad(const char* name) {
    gst_element_add_pad(bin.get(), gst_ghost_pad_new_no_target(name, GST_PAD_SRC));
  }
};

TEST_F(SignalTest, RunsOnMainWhateverThreadEmits) {
  const SignalConnection connection =
      connect_on_main(bin.get(), "pad-added", listener->weak_from_this(), &Listener::on_pad);
  std::thread guest([this] { add_pad("from-a-guest"); });
  guest.join();
  EXPECT_TRUE(listener->names.empty());

  turn_until([this] { return !listener->names.empty(); }, "the signal");

  EXPECT_EQ(listener->names, std::vector<std::string>{"from-a-guest"});
  EXPECT_EQ(listener->where, std::this_thread::get_id());
}

TEST_F(SignalTest, DoesNotCallATargetThatIsGone) {
  const std::weak_ptr<Listener> gone = listener;
  const SignalConnection connection =
      connect_on_main(bin.get(), "pad-added", std::weak_ptr<Listener>{listener}, &Listener::on_pad);
  add_pad("late");
  listener.reset();
  ASSERT_TRUE(gone.expired());
  bool turned = false;
  post([&turned] { turned = true; });
  EXPECT_TRUE(turn_until([&turned] { return turned; }, "the turn after the signal"));
}

TEST_F(SignalTest, StopsWithItsConnection) {
  {
    const SignalConnection connection =
        connect_on_main(bin.get(), "pad-added", listener->weak_from_this(), &Listener::on_pad);
  }
  add_pad("unheard");
  bool turned = false;
  post([&turned] { turned = true; });
  turn_until([&turned] { return turned; }, "a turn");
  EXPECT_TRUE(listener->names.empty());
}

TEST_F(SignalTest, TakesAHandlerThatNeedsNoArguments) {
  int calls = 0;
  const SignalConnection connection =
      connect_on_main<Listener>(bin.get(), "pad-added", listener->weak_from_this(),
                                std::function<void(Listener&)>([&calls](Listener&) { ++calls; }));
  add_pad("one");
  add_pad("two");
  turn_until([&calls] { return calls == 2; }, "both signals");
  EXPECT_EQ(calls, 2);
}

TEST(PromiseTest, HandsACopyOfTheReplyToMain) {
  auto listener = std::make_shared<Listener>();
  auto promise = reply_on_main(listener->weak_from_this(), &Listener::on_reply);
  std::thread guest(
      [&promise] { gst_promise_reply(promise.get(), gst_structure_new_empty("answer")); });
  guest.join();
  promise = {};

  turn_until([&] { return !listener->replies.empty(); }, "the reply");

  EXPECT_EQ(listener->replies, std::vector<std::string>{"answer"});
  EXPECT_EQ(listener->where, std::this_thread::get_id());
}

TEST(PromiseTest, RepliesWithNothingWhenItIsInterrupted) {
  auto listener = std::make_shared<Listener>();
  auto promise = reply_on_main(listener->weak_from_this(), &Listener::on_reply);
  gst_promise_interrupt(promise.get());
  turn_until([&] { return !listener->replies.empty(); }, "the interruption");
  EXPECT_EQ(listener->replies, std::vector<std::string>{"none"});
}

} // namespace
} // namespace fanlight
