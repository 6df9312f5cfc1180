#include "session/viewer_session.h"

#include <algorithm>

#include "base/log.h"
#include "sdp/candidate.h"
#include "session/agreement.h"

namespace fanlight::session {
namespace {

/// If a stream has been down for this long, the viewer gets a new session with another stream.
constexpr std::chrono::seconds kLongDown{10};

std::int64_t since_ms(std::int64_t start_us) { return (g_get_monotonic_time() - start_us) / 1000; }

/// The close code for a viewer that waited for its camera and cannot be answered.
const char* code_of(Errc error) {
  switch (error) {
  case Errc::unsupported: return "no_common_codec";
  case Errc::invalid: return "bad_offer";
  case Errc::busy: return "busy";
  case Errc::no_stream: return "unknown_stream";
  default: return "internal";
  }
}

/// What a transport says of its end, for operators.
Reason detailed(const std::string& why) {
  return {"transport_detail"_reason, "{detail}", {{"detail", why}}};
}

} // namespace

ViewerSession::ViewerSession(std::string id, std::shared_ptr<ViewedCamera> camera, sdp::Offer offer,
                             std::size_t offer_size, Directory::OpenOptions options,
                             std::shared_ptr<TransportFactory> transports,
                             Session::Observer& observer, Host& host, StateLimits limits)
    : id_(std::move(id)), camera_(std::move(camera)), offer_size_(offer_size),
      options_(std::move(options)), transports_(std::move(transports)), observer_(&observer),
      host_(host), limits_(limits), selector_(camera_, options_.preference),
      offer_(std::move(offer)), opened_us_(g_get_monotonic_time()) {}

ViewerSession::~ViewerSession() = default;

Reason ViewerSession::session_over() { return {"session_over"_reason, "the session has ended"}; }

Result<Done> ViewerSession::begin() {
  if (auto selected = select_stream(); !selected) return selected.error();
  const ViewedStream& stream = *selector_.wanted();
  if (stream.state() == ViewedStream::State::refused)
    return Error{Errc::unavailable, Reason{"camera_refuses"_reason,
                                           "camera {camera}: {why}",
                                           {{"camera", camera_id()}, {"why", {stream.reason()}}}}};
  if (!stream.video().empty()) return negotiate();
  wait_for(stream);
  return Done{};
}

void ViewerSession::wait_for(const ViewedStream& stream) {
  // Weak, here and in close(): if the viewer ended with its table, the answer is not needed.
  post([weak = weak_from_this(), why = stream.reason()] {
    const auto self = weak.lock();
    if (self && self->observer_ != nullptr && self->state_ == State::waiting)
      self->observer_->on_state(*self, State::waiting, why);
  });
  const std::chrono::milliseconds limit{options_.wait_ms};
  deadline_.once(limit.count() > 0 ? limit : stream.start_timeout(), [this] {
    close({"camera_unavailable", selector_.wanted()->reason()});
  });
}

void ViewerSession::on_camera_changed() {
  if (state_ == State::closed) return;
  if (state_ == State::waiting) return go_on_waiting();
  follow();
}

void ViewerSession::go_on_waiting() {
  if (auto selected = select_stream(); !selected)
    return close({code_of(selected.error().code), selected.error()});
  const ViewedStream& stream = *selector_.wanted();
  if (stream.state() == ViewedStream::State::refused)
    return close({"camera_unavailable", stream.reason()});
  if (stream.video().empty()) return;
  if (auto begun = negotiate(); !begun) close({code_of(begun.error().code), begun.error()});
}

Result<Done> ViewerSession::select_stream() {
  return selector_.select(
      [this](const auto& stream) { return mismatch_between(offer_, stream, video_codec_); });
}

const ViewedStream* ViewerSession::best() const {
  const auto best =
      selector_.find_best([this](const auto& stream) { return mismatch_between(offer_, stream); });
  return best ? *best : nullptr;
}

/// Changes the viewer to the stream that fits best, once that stream is live.
void ViewerSession::follow() {
  const ViewedStream& current = *selector_.current();
  if (const ViewedStream* other = may_begin_anew(current) ? best() : nullptr; other != nullptr) {
    if (other == &current) asked_ = false;
    if (needs_new_session(*other)) return begin_anew(*other);
  }
  if (auto selected = select_stream(); !selected) {
    // It cannot have what it selected, but can go on with this.
    if (current.sends(video_codec_)) return;
    return close({"camera_changed",
                  {"codec_changed"_reason,
                   "the camera changed its codec from {old} to {new}",
                   {{"old", video_codec_}, {"new", current.video().front().rtp.encoding}}}});
  }
  const ViewedStream& wanted = *selector_.wanted();
  if (&wanted == &current || wanted.state() != ViewedStream::State::live || !playing_) return;
  switch_to(wanted);
}

/// A session may end in favour of a new one with another stream if its viewer asks for that stream,
/// or gets no video for long. Only a page's session may: the page starts a new one, a WHEP player
/// may not.
bool ViewerSession::may_begin_anew(const ViewedStream& current) const {
  if (options_.signalling != "websocket") return false;
  return asked_ || current.state() == ViewedStream::State::refused ||
         (current.state() == ViewedStream::State::retrying && current.state_age() >= kLongDown);
}

bool ViewerSession::needs_new_session(const ViewedStream& other) const {
  const bool there =
      other.state() == ViewedStream::State::live || other.state() == ViewedStream::State::idle;
  return there && !other.video().empty() && !other.sends(video_codec_);
}

void ViewerSession::begin_anew(const ViewedStream& other) {
  close({"stream_changed",
         {"needs_new_session"_reason,
          "the viewer changes from stream {old} to stream {new}, which needs a new session",
          {{"old", selector_.current()->id()}, {"new", other.id()}}}});
}

void ViewerSession::switch_to(const ViewedStream& stream) {
  const std::string from = selector_.current()->id();
  sdp::Choices changed = choices_;
  for (auto& choice : changed) {
    if (!choice || choice->sent.encoding != video_codec_) continue;
    choice->stream = stream.id();
    for (const media::TrackFormat& video : stream.video())
      if (video.rtp.encoding == video_codec_) choice->sent = video.rtp;
  }
  if (auto played = transport_->play(changed); !played) return close({"internal", played.error()});
  choices_ = std::move(changed);
  selector_.take();
  asked_ = false;
  log::info("session",
            {{"camera", camera_id()}, {"session", id_}, {"stream", stream.id()}, {"from", from}},
            "changed to stream " + stream.id() + ": " + selector_.reason().message);
  if (observer_ != nullptr) observer_->on_stream(*this);
}

Result<Done> ViewerSession::select(const StreamPreference& preference) {
  if (state_ == State::closed) return Error{Errc::conflict, session_over()};
  const StreamPreference before = selector_.preference();
  selector_.prefer(preference);
  if (const auto possible = selector_.find_best(
          [this](const auto& stream) { return mismatch_between(offer_, stream); });
      !possible) {
    selector_.prefer(before);
    return possible.error();
  }
  asked_ = true;
  on_camera_changed();
  return Done{};
}

Result<Done> ViewerSession::negotiate() {
  ViewedStream& stream = *selector_.wanted();
  auto agreement = agree(offer_, stream);
  if (!agreement) return agreement.error();
  choices_ = std::move(agreement->choices);
  video_codec_ = std::move(agreement->video_codec);
  audio_codec_ = std::move(agreement->audio_codec);
  codec_reason_ = std::move(agreement->codec_reason);
  if (!agreement->no_sound.empty())
    log::info("session", {{"camera", camera_id()}, {"session", id_}},
              "no sound: " + agreement->no_sound);
  selector_.take();
  // The sound keeps its stream when the video changes to another stream.
  if (!audio_codec_.empty()) sound_ = stream.claim();
  auto made = transports_->make({.id = id_,
                                 .client_address = options_.remote_address,
                                 .offer = offer_,
                                 .choices = choices_,
                                 .complete_answer = options_.complete_answer},
                                weak_from_this());
  if (!made) return made.error();
  transport_ = std::move(made->transport);
  transport_reason_ = std::move(made->reason);
  state_ = State::connecting;
  deadline_.once(limits_.connect, [this] {
    close({"timeout",
           {"no_connection"_reason,
            "no connection within 15 s of the answer: is UDP between viewer and "
            "server blocked?"}});
  });
  for (const Candidate& candidate : std::exchange(early_candidates_, {}))
    transport_->add_candidate(candidate);
  return Done{};
}

void ViewerSession::add_candidate(const Candidate& candidate) {
  // Before the session stores it: the candidates of a waiting session must stay small.
  if (!candidate.candidate.empty() && !sdp::is_usable_candidate(candidate.candidate)) return;
  if (state_ == State::closed) return;
  if (transport_)
    transport_->add_candidate(candidate);
  else if (state_ == State::waiting)
    early_candidates_.push_back(candidate);
}

void ViewerSession::play() {
  if (std::exchange(playing_, true)) return;
  if (auto played = transport_->play(choices_); !played) close({"internal", played.error()});
}

void ViewerSession::set_state(State state, const Reason& reason) {
  if (state == state_) return;
  state_ = state;
  if (observer_ != nullptr) observer_->on_state(*this, state, reason);
}

void ViewerSession::on_transport_answer(const std::string& sdp) {
  if (state_ == State::closed) return;
  log::info(
      "session",
      {{"camera", camera_id()}, {"session", id_}, {"ms", std::to_string(since_ms(opened_us_))}},
      "answered with " + video_codec_ + ": " + codec_reason_.message + "; stream " +
          selector_.current()->id() + ": " + selector_.reason().message + "; by " +
          transport_->name() + ": " + transport_reason_.message);
  if (observer_ != nullptr) observer_->on_answer(*this, sdp);
}

void ViewerSession::on_transport_candidate(const Candidate& candidate) {
  if (observer_ != nullptr) observer_->on_candidate(*this, candidate);
}

void ViewerSession::on_transport_state(webrtc::ViewerTransport::State state,
                                       const std::string& why) {
  if (state_ == State::closed) return;
  using Transport = webrtc::ViewerTransport::State;
  switch (state) {
  case Transport::connecting: break;
  case Transport::connected:
    deadline_.stop();
    log::info("session",
              {{"camera", camera_id()},
               {"session", id_},
               {"video", video_codec_},
               {"audio", audio_codec_},
               {"ms", std::to_string(since_ms(opened_us_))}},
              "connected");
    play();
    if (state_ == State::closed) break;
    set_state(State::connected, {});
    follow(); // Another stream may fit better by now.
    break;
  case Transport::disconnected:
    deadline_.once(limits_.disconnect, [this] {
      close({"connection_failed",
             {"viewer_lost"_reason, "the server has received nothing from the viewer "
                                    "for 15 s"}});
    });
    set_state(
        State::disconnected,
        {"viewer_silent"_reason, "the server receives nothing from the viewer and waits for it"});
    break;
  case Transport::failed:
    close({"connection_failed",
           !why.empty() ? detailed(why)
           : state_ == State::connecting
               ? Reason{"no_path"_reason,
                        "no network path works between viewer and server: is UDP between "
                        "them blocked?"}
               : Reason{"viewer_broke"_reason, "the connection to the viewer broke"}});
    break;
  case Transport::closed:
    close({"stopped", {"viewer_closed"_reason, "the viewer closed the connection"}});
    break;
  }
}

void ViewerSession::on_transport_failed(const std::string& why) {
  close({"internal", detailed(why)});
}

void ViewerSession::close(CloseReason reason) {
  if (state_ == State::closed) return;
  log::info("session",
            {{"camera", camera_id()},
             {"session", id_},
             {"code", reason.code},
             {"age_ms", std::to_string(since_ms(opened_us_))}},
            "closed: " + reason.message);
  state_ = State::closed;
  deadline_.stop();
  // In a later turn: this may be inside a call of the transport.
  post([weak = weak_from_this(), reason = std::move(reason)] {
    const auto end = [weak, reason] {
      if (const auto self = weak.lock()) self->end(reason);
    };
    const auto self = weak.lock();
    if (!self) return;
    if (self->transport_)
      self->transport_->close(end);
    else
      end();
  });
}

void ViewerSession::end(const CloseReason& reason) {
  transport_.reset();
  if (observer_ != nullptr) observer_->on_closed(*this, reason);
  host_.on_viewer_ended(*this);
}

void ViewerSession::refresh_stats(std::function<void()> done) {
  if (!transport_ || !playing_) return done();
  transport_->read_stats([weak = weak_from_this(), done = std::move(done)](const auto& stats) {
    if (auto self = weak.lock()) self->stats_ = stats;
    done();
  });
}

Info ViewerSession::info() const {
  return {.id = id_,
          .camera = camera_id(),
          .state = state_,
          .transport = transport_ ? transport_->name() : "",
          .transport_reason = transport_ ? transport_reason_ : Reason{},
          .signalling = options_.signalling,
          .remote_address = options_.remote_address,
          .video_codec = video_codec_,
          .audio_codec = audio_codec_,
          .codec_reason = codec_reason_,
          .stream = selector_.current() != nullptr ? selector_.current()->id() : "",
          .stream_reason = selector_.reason(),
          .age_ms = since_ms(opened_us_),
          .packets_sent = stats_.packets_sent,
          .bytes_sent = stats_.bytes_sent,
          .packets_lost = stats_.packets_lost,
          .rtt_ms = stats_.rtt_ms,
          .nack_count = stats_.nack_count,
          .pli_count = stats_.pli_count,
          .groups_dropped = stats_.groups_dropped,
          .estimate = stats_.estimate,
          .candidate = stats_.candidate};
}

} // namespace fanlight::session
