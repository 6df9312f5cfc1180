#pragma once

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
#include "media/rtsp/login.h"
#include "media/rtsp/sockets.h"

namespace fanlight::media {

/// What we add to the talk of an rtspsrc with its camera: the login, and the requests that keep the
/// session.
///
/// rtspsrc 1.22 knows no Digest but MD5, computes it from whatever challenge comes last, says a
/// refused password up to eight times, and sends nothing that keeps a session while RTP comes over
/// TCP. So it is given no password at all: each request gets its Authorization here, before it is
/// sent, and each answer is seen before rtspsrc reads it, by way of GstRTSPExtension.
///
/// Threads: rtspsrc's, but for refusal() and keep_alive().
class RtspHooks {
 public:
  /// What the camera said last that was not 2xx or a challenge that we could answer.
  struct Refusal {
    int status = 0;                                    ///< Of RTSP; 0: nothing was refused.
    Login::Verdict verdict = Login::Verdict::answered; ///< Of a 401.
    std::string method;
    bool sound = false; ///< It was the sound that was not set up.
  };
  /// Called when the camera plays: how often it wants to hear of us. On rtspsrc's thread.
  using OnPlay = std::function<void(std::chrono::milliseconds)>;

  /// An rtspsrc that attach() can be used with: all of the program's must come from here, as the
  /// first one decides.
  static Result<Ref<GstElement>> make_rtspsrc(const char* name);
  /// From now on for all requests of `rtspsrc`, which keeps it.
  static std::shared_ptr<RtspHooks> attach(GstElement* rtspsrc, Login login,
                                           std::shared_ptr<RtspSockets> sockets, OnPlay on_play);
  RtspHooks(Login login, std::shared_ptr<RtspSockets> sockets, OnPlay on_play)
      : sockets_(std::move(sockets)), on_play_(std::move(on_play)), login_(std::move(login)) {}

  Refusal refusal() const; ///< Any thread.
  /// Sends a request that keeps the session, in a moment. Main.
  static void keep_alive(GstElement* rtspsrc);

  // On rtspsrc's thread: each request before it is sent, each answer before rtspsrc reads it.

  void before_request(GstRTSPMessage* request);
  void on_response(GstRTSPMessage* request, GstRTSPMessage* response);

 private:
  void on_challenge(GstRTSPMessage* response, Refusal& refusal);
  void on_options(GstRTSPMessage* response);
  void on_description(const GstRTSPMessage* request, GstRTSPMessage* response);
  void on_setup(const GstRTSPMessage* response);

  const std::shared_ptr<RtspSockets> sockets_;
  const OnPlay on_play_;
  mutable std::mutex mutex_; // Protects refusal_.
  Refusal refusal_;

  // Of rtspsrc's thread.
  Login login_;
  unsigned redirections_ = 0;                // Since it last played.
  bool takes_get_parameter_ = false;         // By its Public header.
  bool pinging_ = false;                     // The request under way is a keep-alive.
  std::map<std::string, std::string> media_; // As Description::media.
  std::chrono::seconds timeout_{60};         // Of the session (RFC 2326, section 12.37).
};

} // namespace fanlight::media
