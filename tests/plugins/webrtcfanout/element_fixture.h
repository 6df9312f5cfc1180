#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include "viewer_end.h"

namespace fanlight::fanout {

/// A webrtcfanout with a camera of 25 frames/s in front of it: two packets a frame of H.264, the
/// frame's number in the bytes behind the first.
class ElementTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kInterval = 3600;

  ElementTest();
  ~ElementTest() override;

  GstElement* element() const { return element_; }
  void begin_video(const char* encoding = "H264");
  void begin_audio();
  /// Sends the caps of another codec on the video's pad.
  void change_video_to(const char* encoding);
  void push_frame(bool key, std::size_t payload = 100);
  /// A key frame and `deltas` that need it.
  void push_group(std::size_t deltas, std::size_t payload = 100);
  std::uint32_t frames_pushed() const { return frames_; }
  void push_sound();
  void end_video(); ///< Releases the pad.
  GstHarness* video() const { return video_; }
  GstHarness* audio() const { return audio_; }

  /// What add-viewer returns: an answer, or a refusal.
  struct Reply {
    std::string id;
    std::string sdp;
    std::string code;
    std::string message;
  };
  Reply add(const std::string& offer, const std::string& id = "");
  Reply restart(const std::string& id, const std::string& offer);
  /// The same by an application that has read the video of the offer itself.
  Reply add_negotiated(const std::string& offer);
  Reply restart_negotiated(const std::string& id, const std::string& offer);
  /// Lets `viewer` in, and waits until it has all that it needs for packets; its id.
  std::string join(ViewerEnd& viewer, const std::string& id = "");
  /// Only has it answered.
  std::string admit(ViewerEnd& viewer, const std::string& id = "");
  bool remove(const std::string& id);

  std::uint64_t stat(const char* name) const;
  std::uint64_t viewer_stat(const std::string& id, const char* name) const;
  std::string viewer_text(const std::string& id, const char* name) const;
  /// False when it hangs.
  template <typename Done> [[nodiscard]] static bool wait(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + test::kHangLimit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
  /// Waits for a state of that viewer (which may have come already); its message.
  std::string wait_for_state(const std::string& id, const std::string& state);
  /// All states of a viewer until now.
  std::vector<std::string> states_of(const std::string& id) const;

  static int frame_of(const RtpPacket& packet);

 private:
  static void on_state(GstElement*, const gchar* id, const gchar* state, const gchar* message,
                       gpointer self);
  void push(GstHarness* harness, const Octets& packet, GstClockTime pts);
  Reply reply_of(GstStructure* structure) const;

  GstElement* element_;
  GstHarness* video_ = nullptr;
  GstHarness* audio_ = nullptr;
  std::uint32_t frames_ = 0;
  std::uint32_t sounds_ = 0;
  std::uint16_t sequence_ = 0;
  std::uint8_t key_byte_ = 0x65;
  std::uint8_t delta_byte_ = 0x41;

  struct Told {
    std::string id;
    std::string state;
    std::string message;
  };
  mutable std::mutex lock_; ///< Protects told_.
  std::condition_variable changed_;
  std::vector<Told> told_;
};

} // namespace fanlight::fanout
