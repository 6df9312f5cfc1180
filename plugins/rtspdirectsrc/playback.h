#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#include "link.h"
#include "lip_sync.h"
#include "outlet.h"

namespace fanlight::direct {

/// What the element does with one connection: which media it takes, and the pads on which they go
/// out.
///
/// Threads: begin(), close() and finish() are for the threads that change the element's state; the
/// rest belongs to the loop if not noted otherwise. Lifetime: shared with tasks on the loop; uses
/// the element until finish() returns.
class Playback : public Link::Observer,
                 public Outlet::Exit,
                 public std::enable_shared_from_this<Playback> {
 public:
  /// What it asks and tells the element.
  struct Element {
    virtual ~Element() = default;
    virtual GstElement* element() = 0;
    virtual void on_description(GstSDPMessage* sdp) = 0;
    virtual bool selects(guint medium, GstCaps* caps) = 0;
    /// A pad for a stream, which the element does not have yet. (floating)
    virtual GstPad* make_pad(const std::string& name) = 0;
    /// A line of the talk, for GST_DEBUG, if anybody wants it.
    virtual bool logs() = 0;
    virtual void log(const std::string& line) = 0;
  };

  Playback(Element& element, Link::Settings settings)
      : element_(element), settings_(std::move(settings)) {}

  /// False: the system has no thread or descriptor left.
  bool begin();
  /// Nothing more is pushed soon. Waits for nothing.
  void close();
  /// Waits until nothing more is pushed: nothing that is pushed may wait for the caller.
  void finish();
  /// For which pad. Any thread.
  void want_key_frame(GstPad* pad);
  GstStructure* stats(); ///< (transfer full) Any thread.

 private:
  struct Open {
    GstPad* pad;
    Outlet* outlet;
    bool flows = true; ///< Until it returns something else than OK.
  };
  struct Stats {
    std::vector<Outlet::Stats> outlets;
    Link::Stats link;
  };

  std::vector<rtsp::Client::Medium> on_description(const rtsp::Description& description) override;
  void on_packet(std::size_t medium, bool control, rtsp::Bytes packet) override;
  void on_pause() override;
  void on_requests(const std::string& text) override;
  void on_message(const rtsp::Message& message) override;
  void on_failure(const rtsp::Failure& failure) override;
  GstPad* open(const std::string& name, GstCaps* caps) override;
  void push(GstPad* pad, BufferRef buffer) override;
  void complain(const std::string& about) override;

  rtsp::Failure::Kind choose(GstSDPMessage* sdp, std::vector<rtsp::Client::Medium>& media);
  void look_at_clock();
  void end_streams();
  void post(const rtsp::Failure& failure);

  Element& element_;
  const Link::Settings settings_;
  std::shared_ptr<Link> link_;
  std::atomic<bool> closed_{false}; ///< Nothing more may be pushed.

  std::vector<std::unique_ptr<Outlet>> outlets_;
  std::vector<Open> open_;
  LipSync lip_sync_;
  guint group_ = 0;
  std::int64_t now_us_ = 0; ///< Of what arrives together; 0: not asked yet.
  GstClockTime arrival_ = 0;

  std::mutex lock_; ///< Protects what follows.
  std::condition_variable changed_;
  bool done_ = false; ///< The loop knows that it is closed.
  Stats stats_;
};

} // namespace fanlight::direct
