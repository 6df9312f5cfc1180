#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <gst/gst.h>
#include <gst/rtsp/rtsp.h>

#include "base/result.h"
#include "gst/ref.h"
#include "media/rtsp/sockets.h"
#include "rtsp/keep_alive.h"
#include "rtsp/login.h"

namespace fanlight::media {

/// Hooks into rtspsrc's RTSP exchange with its camera: adds authentication and keep-alive requests.
///
/// rtspsrc 1.22 supports no Digest but MD5, computes it from whichever challenge comes last, sends
/// a rejected password up to eight times, and sends no keep-alive while RTP comes over TCP.
/// Therefore it gets no password at all: by way of GstRTSPExtension, this class adds the
/// Authorization to each request before it is sent, and sees each answer before rtspsrc reads it.
///
/// Threads: rtspsrc's, except refusal() and keep_alive().
class RtspHooks {
 public:
  /// The camera's last status that was neither 2xx nor a challenge that we could answer.
  struct Refusal {
    int status = 0; ///< RTSP status; 0: nothing was refused.
    rtsp::Login::Verdict verdict = rtsp::Login::Verdict::answered; ///< For a 401.
    std::string method;
    bool sound = false; ///< The refused request was the SETUP of audio.
  };
  /// Called when the camera plays, with the period of the keep-alives. On rtspsrc's thread.
  using OnPlay = std::function<void(std::chrono::milliseconds)>;

  /// Makes an rtspsrc for attach(). The program must make all of them here: the first one decides
  /// whether the extension is in use.
  static Result<Ref<GstElement>> make_rtspsrc(const char* name);
  /// Handles all requests of `rtspsrc` from now on; `rtspsrc` keeps it.
  static std::shared_ptr<RtspHooks> attach(GstElement* rtspsrc, rtsp::Login login,
                                           rtsp::KeepAlivePlan plan,
                                           std::shared_ptr<RtspSockets> sockets, OnPlay on_play);
  RtspHooks(rtsp::Login login, rtsp::KeepAlivePlan plan, std::shared_ptr<RtspSockets> sockets,
            OnPlay on_play)
      : sockets_(std::move(sockets)), on_play_(std::move(on_play)), plan_(plan),
        login_(std::move(login)) {}

  Refusal refusal() const;                              ///< Any thread.
  unsigned keep_alives() const { return keep_alives_; } ///< How many were answered. Any thread.
  /// How long the RTSP session lasts without a request (RFC 2326, section 12.37). Any thread.
  std::chrono::seconds timeout() const { return timeout_; }
  /// Sends a keep-alive request soon. Main.
  static void keep_alive(GstElement* rtspsrc);

  // On rtspsrc's thread: for each request before it is sent, for each answer before rtspsrc reads
  // it.

  /// False: rtspsrc must not send it.
  bool before_request(GstRTSPMessage* request);
  void on_response(GstRTSPMessage* request, GstRTSPMessage* response);

 private:
  /// The answers that only a part of rtspsrc's requests may get. They return true for those that
  /// need nothing else.
  bool on_keep_alive(int status);
  bool on_redirection(const GstRTSPMessage* request, GstRTSPMessage* response);
  bool on_refused_options(GstRTSPMessage* response);
  void on_challenge(GstRTSPMessage* response, Refusal& refusal);
  void on_options(GstRTSPMessage* response);
  void on_description(const GstRTSPMessage* request, GstRTSPMessage* response);
  void on_setup(const GstRTSPMessage* request, GstRTSPMessage* response);

  const std::shared_ptr<RtspSockets> sockets_;
  const OnPlay on_play_;
  const rtsp::KeepAlivePlan plan_;
  std::atomic<unsigned> keep_alives_{0};
  std::atomic<std::chrono::seconds> timeout_{std::chrono::seconds{60}};
  mutable std::mutex mutex_; // Protects refusal_.
  Refusal refusal_;

  // Only on rtspsrc's thread.
  rtsp::Login login_;
  unsigned redirections_ = 0;                // Since the camera last played.
  bool moves_ = false;                       // rtspsrc will request another URL.
  bool takes_get_parameter_ = false;         // According to its Public header.
  bool refuses_ping_ = false;                // It refused the method of the plan.
  bool pinging_ = false;                     // The request under way is a keep-alive.
  std::map<std::string, std::string> media_; // As Description::media.
};

} // namespace fanlight::media
