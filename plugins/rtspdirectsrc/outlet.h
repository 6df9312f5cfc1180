#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "h26x/rtp_packet.h"
#include "mini_ref.h"
#include "reports.h"
#include "rtp/arrival_clock.h"
#include "rtp/depacketizer.h"
#include "rtp/packet_order.h"
#include "rtp/ssrc_choice.h"

namespace fanlight::direct {

using CapsRef = MiniRef<GstCaps>;

/// One medium of a camera: takes its packets, and gives out access units of H.264 and H.265, or the
/// packets of anything else.
///
/// Threads: the loop.
class Outlet {
 public:
  /// A payload type that may come.
  struct Format {
    std::uint8_t payload_type = 0;
    CapsRef caps; ///< application/x-rtp.
  };
  /// Where buffers go.
  struct Exit {
    virtual ~Exit() = default;
    /// A stream begins, with its caps (transfer full). Null: nobody wants it.
    virtual GstPad* open(const std::string& name, GstCaps* caps) = 0;
    /// Errors are the exit's to handle.
    virtual void push(GstPad* pad, BufferRef buffer) = 0;
    virtual void complain(const std::string& about) = 0;
  };
  struct Stats {
    std::optional<Depacketizer::Stats> video;
    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint64_t repeated = 0;
    GstClockTime jitter = 0;
  };

  Outlet(std::string name, std::vector<Format> formats, Exit& exit);
  ~Outlet();
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  const std::string& name() const { return name_; }
  /// `arrival`: as running time.
  void take(Bytes packet, GstClockTime arrival, std::int64_t now_us);
  /// RTCP. True: the camera says that the stream is over.
  bool take_control(Bytes packet, std::int64_t now_us);
  /// What the last report says of the camera's clock; none: nothing new, or nothing usable.
  struct Instant {
    GstClockTime camera = 0;  ///< By the camera's clock.
    GstClockTime running = 0; ///< The running time of what was taken then.
  };
  std::optional<Instant> reported();
  /// To add to all times from now on.
  void set_offset(GstClockTimeDiff offset) { offset_ = offset; }
  /// Somebody behind it wants a key frame.
  void want_key_frame() { wants_key_frame_ = true; }
  /// RTCP to send now; empty: none.
  std::vector<std::uint8_t> report(std::int64_t now_us);
  /// No more packets come: gives out what is complete.
  void end();
  Stats stats() const;

 private:
  using Packet = std::vector<std::uint8_t>;
  /// What comes with one payload type.
  struct Stream {
    std::uint8_t payload_type = 0;
    CapsRef caps;
    guint rate = 0;
    std::unique_ptr<Depacketizer> video; ///< Null: other than H.264 and H.265.
    GstPad* pad = nullptr;               ///< Null: nothing has come, or nobody wants it.
    bool opened = false;
  };

  void sort(Bytes packet, GstClockTime arrival, std::int64_t now_us);
  void deliver(Bytes packet, bool after_gap, GstClockTime arrival, std::int64_t now_us);
  Stream* find(std::uint8_t payload_type);
  void push_pictures(Stream& stream, std::int64_t now_us);
  void push_packet(Stream& stream, Bytes packet, bool after_gap, GstClockTime time);

  const std::string name_;
  Exit& exit_;
  std::vector<Stream> streams_;
  Stream* current_ = nullptr; ///< Of the last packet.
  SsrcChoice<Packet> choice_;
  PacketOrder<Packet> order_;
  ArrivalClock clock_;
  GstClockTimeDiff offset_ = 0;
  bool reported_ = false; ///< The report is new.
  std::uint32_t source_ = 0;
  std::uint32_t highest_ = 0; ///< Sequence number, with its cycles.
  std::uint64_t received_ = 0;
  std::uint64_t malformed_ = 0;
  Reports reports_;
  std::int64_t reported_us_ = 0;
  bool wants_key_frame_ = false;
  std::int64_t requested_us_ = 0;
  std::optional<Reports::Request> request_; ///< That the camera takes.
};

} // namespace fanlight::direct
