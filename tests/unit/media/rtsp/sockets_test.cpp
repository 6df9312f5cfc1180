// When a connection to a camera is stopped.
#include "media/rtsp/sockets.h"

#include <atomic>
#include <fstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "gst/ref.h"

namespace fanlight::media {
namespace {

bool is_asleep(pid_t thread) {
  std::string stat;
  std::getline(std::ifstream{"/proc/self/task/" + std::to_string(thread) + "/stat"}, stat);
  return stat.find(") S ") != std::string::npos;
}

TEST(RtspSockets, StopsAConnectionOnlyAfterItsOpeningIsOver) {
  const auto line = RtspSockets::create();
  const auto bin = Ref<GstElement>::retain(RtspSockets::bin_new("connection", line));
  GstElement* const inside = gst_element_factory_make("identity", nullptr);
  gst_bin_add(GST_BIN(bin.get()), inside);
  std::atomic<bool> opens{true};
  std::atomic<bool> stopped{false};
  bool stopped_while_it_opened = false; // Of the worker, until it has ended.
  auto on_change = [&] {
    if (!stopped.exchange(true)) stopped_while_it_opened = opens;
  };
  gst_element_set_state(bin.get(), GST_STATE_PAUSED);
  const auto bus = Ref<GstBus>::adopt(gst_bus_new());
  gst_bus_set_sync_handler(
      bus.get(),
      +[](GstBus*, GstMessage* message, gpointer changed) -> GstBusSyncReply {
        if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_STATE_CHANGED)
          (*static_cast<decltype(on_change)*>(changed))();
        return GST_BUS_PASS;
      },
      &on_change, nullptr);
  gst_element_set_bus(bin.get(), bus.get());

  line->ask("DESCRIBE");
  std::atomic<pid_t> worker_id{0};
  std::thread worker{[&] {
    worker_id = gettid();
    gst_element_set_state(bin.get(), GST_STATE_NULL);
  }};
  while (!stopped && (worker_id == 0 || !is_asleep(worker_id))) std::this_thread::yield();
  opens = false;
  gst_element_post_message(inside,
                           gst_message_new_progress(GST_OBJECT(inside), GST_PROGRESS_TYPE_ERROR,
                                                    "open", "the camera has nothing for us"));
  worker.join();
  EXPECT_TRUE(stopped);
  EXPECT_FALSE(stopped_while_it_opened);
  gst_element_set_bus(bin.get(), nullptr);
}

} // namespace
} // namespace fanlight::media
