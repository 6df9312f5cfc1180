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

#include "base/reason.h"
#include "media/rtsp/message_meter.h"
#include "rtsp/setup_answers.h"

namespace fanlight::media {

/// The sockets of one rtspsrc. They can be shut from outside: nothing else ends a read inside an
/// RTSP message, because GstRTSPConnection does not let it be cancelled and restarts its timeout
/// with every byte.
///
/// It knows the sockets from the moment they connect. rtspsrc tells its bin that it connects, on
/// the thread that does so; from then on, every GSocketClient on that thread belongs to this
/// rtspsrc, whatever the transport, proxy or redirection. Threads: any.
class RtspSockets : public std::enable_shared_from_this<RtspSockets> {
 public:
  /// Why the server ended the connection.
  struct Refusal {
    Reason why;          ///< Empty: it did not.
    bool no_use = false; ///< Another attempt would fail in the same way.
  };

  static std::shared_ptr<RtspSockets> create();
  /// A bin whose rtspsrc uses `sockets`. (floating)
  static GstElement* bin_new(const char* name, std::shared_ptr<RtspSockets> sockets);
  /// Those of the rtspsrc that connects on this thread; null: none.
  static std::shared_ptr<RtspSockets> here();
  /// Connections made on this thread belong to this object from now on.
  void enter();

  /// The connection is no longer needed: ends at once, but a camera that plays gets a second to
  /// receive the TEARDOWN. Prevents new connections. Main only.
  void close();
  bool closed() const { return closed_; }
  /// Ends the connection at once. Later calls do not replace the reason.
  void refuse(Refusal why);
  Refusal refusal() const;
  /// A request is sent. After DESCRIBE the camera no longer counts as playing, but the bytes of
  /// earlier messages still count. On rtspsrc's thread.
  void ask(std::string method);
  /// Counts ask(). On rtspsrc's thread.
  unsigned requests() const { return requests_; }
  /// The camera sent a message that is not RTSP and begins with `line`. Keeps the first one.
  void note_foreign(const std::string& line);
  std::string foreign() const; ///< That line; empty: none, or it is no text.
  /// rtspsrc's opening, which begins with DESCRIBE, has ended, and rtspsrc has freed its streams.
  void end_opening();
  /// Waits for end_opening(), but not for ever.
  void wait_for_opening();
  /// The camera has started to play.
  void play();
  bool plays() const { return plays_; }
  /// A message or a media packet on the connection is complete. On rtspsrc's thread.
  void complete() { complete_ = true; }
  /// The MessageMeter measures the connection that is being made.
  void measure() { measured_ = true; }

  /// The next connection will use TLS, although rtspsrc names it rtsp://. On rtspsrc's thread, as
  /// meter().
  bool tls() const { return tls_; }
  MessageMeter& meter() { return meter_; }
  /// Of the description that DESCRIBE got last.
  rtsp::SetupAnswers& setup_answers() { return setup_answers_; }

 private:
  /// The number shows whether the descriptor is still that socket: rtspsrc may close it at any
  /// time.
  struct Socket {
    int descriptor;
    ino_t number;
    std::uint64_t counted = 0; ///< Bytes up to the last complete message.
  };
  RtspSockets() = default;
  static gboolean on_client_event(GSignalInvocationHint*, guint, const GValue* values, gpointer);
  static void check_all();
  void add(GSocket* socket);
  /// For connections that the MessageMeter does not read (TLS, a proxy): ends the connection if far
  /// too much has arrived before the camera plays, or in one message after that. Main.
  void check();
  void shut();

  std::atomic<bool> closed_{false};
  std::atomic<bool> plays_{false};
  std::atomic<bool> measured_{false};
  std::atomic<bool> complete_{false}; // Whether something was completed since the last check.
  mutable std::mutex mutex_;          // Protects sockets_, refusal_, foreign_ and opens_.
  std::condition_variable opened_;
  bool opens_ = false;
  std::vector<Socket> sockets_;
  Refusal refusal_;
  std::string foreign_;
  unsigned requests_ = 0;
  bool tls_ = false;
  MessageMeter meter_;
  rtsp::SetupAnswers setup_answers_;
};

} // namespace fanlight::media
