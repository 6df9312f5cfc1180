#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/main_loop.h"
#include "base/room.h"
#include "gst/signal.h"
#include "webrtc/ice.h"
#include "webrtc/media_feed.h"
#include "webrtc/silence_watch.h"
#include "webrtc/viewer_transport.h"

namespace fanlight::webrtc {

/// Carries one viewer on a webrtcbin of its own: `[payloader ! ] webrtcbin` in a bin that becomes a
/// branch of the camera.
///
/// The payloaders come with play(), once DTLS is up: until then nothing of the camera waits in a
/// queue, and the cached group of pictures goes out whole the moment it can. Threads: main only;
/// webrtcbin's own threads come in through connect_on_main and reply_on_main.
class WebrtcbinTransport : public ViewerTransport,
                           private MediaFeed::Observer,
                           public std::enable_shared_from_this<WebrtcbinTransport> {
 public:
  /// `id` names the elements in logs and graphs. Errc::internal when an element is missing. The
  /// camera outlives it.
  static Result<std::shared_ptr<WebrtcbinTransport>>
  create(const std::string& id, IceSettings ice, MediaSource& camera,
         std::weak_ptr<ViewerTransport::Observer> observer);
  ~WebrtcbinTransport() override;
  /// Keeps room for its threads until it plays: then they are there, and count by themselves.
  void hold(Reservation room) { room_ = std::move(room); }
  /// Does once what the first viewer would wait for: loads the plugins and makes the process's DTLS
  /// certificate.
  static void warm_up();
  /// How many there are.
  static std::uint32_t count();

  const char* name() const override { return "webrtcbin"; }
  Result<Done> accept(sdp::Offer offer, sdp::Choices choices, bool complete) override;
  void add_candidate(const sdp::Candidate& candidate) override;
  Result<Done> play(const sdp::Choices& choices) override;
  void read_stats(std::function<void(const TransportStats&)> done) override;
  /// Notifies a connected viewer by DTLS.
  void close(std::function<void()> done) override;

 private:
  WebrtcbinTransport(std::string id, IceSettings ice,
                     std::weak_ptr<ViewerTransport::Observer> observer);
  Result<Done> build();
  Result<Done> add_output(std::size_t mline, const sdp::Choice& choice);
  struct Output;
  /// What is sent on that m-line, with its payloader.
  Result<Output*> open(std::size_t mline);
  /// Keeps enough sent packets for the beginning of that stream, and then for the rest of it.
  void size_store(const std::string& stream);
  void on_remote_set(StructurePtr reply);
  void on_answer(StructurePtr reply);
  void on_local_set(StructurePtr reply);
  void on_candidate(guint mline, std::string candidate);
  void on_gathering();
  void on_gathered();
  void on_connection_state();
  void on_silence(SilenceWatch::News news);
  bool is_who_it_says() const;
  void watch_dtls();
  void on_dtls_state();
  void send_answer();
  void on_feed_failed(const std::string& why) override { fail(why); }
  void leave();
  void fail(const std::string& why);
  bool failed(const StructurePtr& reply, const char* doing);
  template <typename Call> void notify(Call call) {
    if (auto observer = observer_.lock()) call(*observer);
  }

  // Given.
  const std::string id_;
  const IceSettings ice_;
  const std::weak_ptr<ViewerTransport::Observer> observer_;

  // Owned.
  Ref<GstElement> bin_;
  Ref<GstElement> webrtcbin_;
  std::string certificate_; // With its key, in PEM; empty: GStreamer's own.
  std::vector<SignalConnection> connections_;
  Timer gathering_limit_;
  Timer burst_;       // Of the stream that began last.
  Ref<GObject> dtls_; // The GstWebRTCDTLSTransport, once there is one.

  struct Output {
    std::size_t mline;
    guint32 ssrc;
    Ref<GstPad> pad; // Of webrtcbin.
    Ref<GObject> transceiver;
    Ref<GstPad> input;  // Of the bin; null: nothing is played yet.
    std::string stream; // That is played.
  };
  std::vector<Output> outputs_;
  sdp::Offer offer_;
  sdp::Choices choices_;
  bool complete_ = false;
  bool answered_ = false;
  bool gathered_ = false;
  sdp::OwnAnswer answer_; // webrtcbin's, without candidates.
  std::vector<sdp::Candidate> local_candidates_;
  std::vector<sdp::Candidate> early_candidates_; // Came before webrtcbin could take them.
  std::optional<IceCredentials> renewed_;        // For the next answer.
  bool remote_set_ = false;
  bool connected_ = false;
  std::function<void()> closed_; // While its goodbye is being sent.
  Timer goodbye_limit_;
  std::unique_ptr<SilenceWatch> silence_;
  std::optional<Reservation> room_;
  std::unique_ptr<MediaFeed> feed_; // The first to go.
};

} // namespace fanlight::webrtc
