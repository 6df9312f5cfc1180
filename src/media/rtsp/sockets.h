#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gio/gio.h>
#include <gst/gst.h>
#include <sys/types.h>

#include "media/rtsp/message_meter.h"

namespace fanlight::media {

/// The sockets by which one rtspsrc talks with its camera: they are shut from outside, as nothing
/// else ends a read inside an RTSP message (GstRTSPConnection lets none be cancelled, and each byte
/// begins its time-out anew).
///
/// It knows them from the connecting on: rtspsrc says that it connects, on the thread that does, to
/// the bin that it is in; from then on every GSocketClient on that thread is its own, whatever the
/// transport, the proxy and the redirection. Threads: any.
class RtspSockets : public std::enable_shared_from_this<RtspSockets> {
 public:
  /// Why we ended the talk.
  struct Refusal {
    std::string why;     ///< Empty: we did not.
    bool no_use = false; ///< It would be the same again.
  };

  static std::shared_ptr<RtspSockets> create();
  /// A bin whose rtspsrc talks by `sockets`. (floating)
  static GstElement* bin_new(const char* name, std::shared_ptr<RtspSockets> sockets);
  /// Of whatever connects on this thread; null: none of ours.
  static std::shared_ptr<RtspSockets> here();
  /// What connects on this thread is ours from now on.
  void enter();

  /// Nobody wants it any more: ends at once, but for a camera that plays, which is given a second
  /// to take the goodbye. New connections are not made. Main only.
  void close();
  bool closed() const { return closed_; }
  /// Ends the talk at once; the first reason stays.
  void refuse(Refusal why);
  Refusal refusal() const;
  /// A request is sent: with DESCRIBE the camera plays no more; what it said before goes on to
  /// count. On rtspsrc's thread.
  void ask(std::string method);
  /// rtspsrc's opening, which begins with its DESCRIBE, is over and all that it freed is freed.
  void end_opening();
  /// Returns after that; not for ever.
  void wait_for_opening();
  /// The camera plays.
  void play();
  bool plays() const { return plays_; }
  /// A message, or a packet of media, has come to its end on the connection. On rtspsrc's thread.
  void complete() { complete_ = true; }
  /// The connection that is made is read with the meter.
  void measure() { measured_ = true; }

  /// What connects now will speak TLS by itself: rtspsrc names it rtsp:// all the same. On
  /// rtspsrc's thread, as the next.
  bool tls() const { return tls_; }
  MessageMeter& meter() { return meter_; }

 private:
  /// The number tells whether the descriptor is still that socket: rtspsrc closes it when it likes.
  struct Socket {
    int descriptor;
    ino_t number;
    std::uint64_t counted = 0; ///< Bytes up to the last message that was complete.
  };
  RtspSockets() = default;
  static gboolean on_client_event(GSignalInvocationHint*, guint, const GValue* values, gpointer);
  static void check_all();
  void add(GSocket* socket);
  /// For what is read by nobody that uses the meter (TLS, a proxy): ends the talk where far too
  /// much has come before the camera plays, or in one message of one that plays. Main.
  void check();
  void shut();

  std::atomic<bool> closed_{false};
  std::atomic<bool> plays_{false};
  std::atomic<bool> measured_{false};
  std::atomic<bool> complete_{false}; // Something, since the last look.
  mutable std::mutex mutex_;          // Protects sockets_, refusal_ and opens_.
  std::condition_variable opened_;
  bool opens_ = false;
  std::vector<Socket> sockets_;
  Refusal refusal_;
  bool tls_ = false;
  MessageMeter meter_;
};

} // namespace fanlight::media
