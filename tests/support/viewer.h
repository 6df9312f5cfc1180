#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gst/promise.h"
#include "gst/ref.h"
#include "gst/signal.h"
#include "reception.h"
#include "whep_client.h"

namespace fanlight::support {

struct ViewerOptions {
  std::string url;                         ///< Of a WHEP endpoint.
  std::vector<std::string> codecs{"H264"}; ///< Offered, the preferred first: H264, H265.
  bool audio = false;
  int tone_hz = 0; ///< Waits until most of the sound is a tone of that frequency; 0: it does not.
  bool both_ways = false; ///< Offers sendrecv, though it sends nothing.
  bool decode = true;
  unsigned latency_ms = 100; ///< Of the jitter buffer: the time there is for retransmissions.
  bool show_sdp = false;     ///< Offer and answer on stderr.
  unsigned drop_every = 0;   ///< Of so many datagrams one is lost; 0: none.
};

/// A browser's part as GStreamer plays it: a webrtcbin that offers to receive, by WHEP, with host
/// candidates of the loopback interface.
///
/// Threads: main only.
class Viewer : public std::enable_shared_from_this<Viewer> {
 public:
  enum class State { gathering, asked, answered, connected, refused, failed, left };
  /// Milliseconds from the POST; negative: not yet.
  struct Times {
    double answered = -1;
    double ice = -1;            ///< A pair of candidates works.
    double connected = -1;      ///< DTLS is done.
    double first_datagram = -1; ///< Of RTP.
    double first_packet = -1;   ///< Behind the jitter buffer.
    double first_picture = -1;
  };

  Viewer(int number, ViewerOptions options, WhepClient& http, std::function<void(Viewer&)> on_news);
  ~Viewer();

  void start();
  /// Tells the server, and calls `done` when it knows; then the pipeline ends.
  void leave(std::function<void()> done);

  int number() const { return number_; }
  State state() const { return state_; }
  Times times() const;
  Received received() const;
  unsigned http_status() const { return http_status_; }   ///< 0: no answer came.
  const std::string& problem() const { return problem_; } ///< Why refused or failed.
  const std::string& answer() const { return answer_; }

 private:
  void add_transceiver(const std::string& caps);
  void on_offer(StructurePtr reply);
  void on_gathering();
  void post_offer();
  void on_reply(Result<WhepClient::Reply> reply);
  void on_ice_state();
  void on_connection_state();
  void on_level(const GstStructure* message);
  void end(State state, const std::string& problem);
  double now() const;
  static gboolean on_bus(GstBus* bus, GstMessage* message, gpointer data);

  // Given.
  const int number_;
  const ViewerOptions options_;
  WhepClient& http_;
  const std::function<void(Viewer&)> on_news_;

  // Owned.
  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;
  std::shared_ptr<Reception> reception_;
  std::vector<SignalConnection> connections_;
  guint bus_watch_ = 0;

  State state_ = State::gathering;
  std::int64_t asked_at_ = 0;
  Times times_;
  unsigned http_status_ = 0;
  std::string problem_;
  std::string answer_;
  std::string location_;
};

} // namespace fanlight::support
