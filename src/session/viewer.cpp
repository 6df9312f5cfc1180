#include "session/viewer.h"

#include <algorithm>

#include "base/log.h"
#include "sdp/candidate.h"
#include "session/agreement.h"

namespace fanlight::session {
namespace {

/// From the answer to the end of the DTLS handshake.
constexpr std::chrono::seconds kConnectLimit{15};
/// How long a viewer whose network went away may take to come back.
constexpr std::chrono::seconds kDisconnectLimit{15};
/// A stream that is down for so long is worth a new session with another one.
constexpr std::chrono::seconds kLongDown{10};
/// Bytes that the offer of a restart may have beyond those of the first one: candidates.
constexpr std::size_t kMoreAtRestart = 16 * 1024;

std::int64_t since_ms(std::int64_t start_us) { return (g_get_monotonic_time() - start_us) / 1000; }

/// Why a viewer that waited for its camera cannot be answered.
const char* code_of(Errc error) {
  switch (error) {
  case Errc::unsupported: return "no_common_codec";
  case Errc::invalid: return "bad_offer";
  case Errc::busy: return "busy";
  default: return "internal";
  }
}

} // namespace

const char* to_string(State state) {
  switch (state) {
  case State::waiting: return "waiting";
  case State::connecting: return "connecting";
  case State::connected: return "connected";
  case State::disconnected: return "disconnected";
  case State::closed: return "closed";
  }
  return "closed";
}

Viewer::Viewer(std::string id, std::shared_ptr<media::Camera> camera, webrtc::Offer offer,
               std::size_t offer_size, Directory::OpenOptions options,
               std::shared_ptr<Carrier> carrier, Session::Observer& observer, Host& host)
    : id_(std::move(id)), camera_(std::move(camera)), offer_size_(offer_size),
      options_(std::move(options)), carrier_(std::move(carrier)), observer_(&observer), host_(host),
      tuner_(camera_, options_.wish), offer_(std::move(offer)), opened_us_(g_get_monotonic_time()) {
}

Viewer::~Viewer() = default;

Result<Done> Viewer::begin() {
  if (auto tuned = tune(); !tuned) return tuned.error();
  const media::Intake& intake = *tuner_.wanted();
  if (intake.state() == media::Intake::State::refused)
    return Error{Errc::unavailable, "camera " + camera_id() + ": " + intake.reason()};
  if (!intake.video().empty()) return negotiate();
  wait_for(intake);
  return Done{};
}

void Viewer::wait_for(const media::Intake& intake) {
  // Weak, here and in close(): a viewer that went with its table has nobody to tell any more.
  post([weak = weak_from_this(), why = intake.reason()] {
    const auto self = weak.lock();
    if (self && self->observer_ != nullptr && self->state_ == State::waiting)
      self->observer_->on_state(*self, State::waiting, why);
  });
  const std::chrono::milliseconds limit{options_.wait_ms};
  deadline_.once(limit.count() > 0 ? limit : intake.config().start_timeout, [this] {
    close({"camera_unavailable", tuner_.wanted()->reason()});
  });
}

void Viewer::on_camera_changed() {
  if (state_ == State::closed) return;
  if (state_ == State::waiting) return go_on_waiting();
  follow();
}

void Viewer::go_on_waiting() {
  if (auto tuned = tune(); !tuned)
    return close({code_of(tuned.error().code), tuned.error().message});
  const media::Intake& intake = *tuner_.wanted();
  if (intake.state() == media::Intake::State::refused)
    return close({"camera_unavailable", intake.reason()});
  if (intake.video().empty()) return;
  if (auto begun = negotiate(); !begun) close({code_of(begun.error().code), begun.error().message});
}

Result<Done> Viewer::tune() {
  return tuner_.tune(
      [this](const auto& intake) { return obstacle_between(offer_, intake, video_codec_); });
}

const media::Intake* Viewer::best() const {
  const auto best =
      tuner_.look([this](const auto& intake) { return obstacle_between(offer_, intake); });
  return best ? *best : nullptr;
}

/// The viewer goes over to the stream that fits best as soon as that is there.
void Viewer::follow() {
  const media::Intake& current = *tuner_.current();
  const bool anew = may_begin_anew(current);
  if (const media::Intake* other = anew ? best() : nullptr; other != nullptr) {
    if (other == &current) asked_ = false;
    if (needs_new_session(*other)) return begin_anew(*other);
  }
  if (auto tuned = tune(); !tuned) {
    if (current.sends(video_codec_)) return; // What it asked for it cannot have; this it can.
    return close({"camera_changed", "the camera changed its codec from " + video_codec_ + " to " +
                                        current.video().front().format.encoding});
  }
  const media::Intake& wanted = *tuner_.wanted();
  if (&wanted == &current || wanted.state() != media::Intake::State::live || !fed_) return;
  if (carriage_->share) return change_to(wanted);
  if (anew || !current.sends(video_codec_)) begin_anew(wanted); // A webrtcbin cannot change.
}

/// A session ends for the sake of another stream when its viewer asks for one, or gets nothing for
/// long; and only if it is one of a page: that watches again by itself, a WHEP player need not.
bool Viewer::may_begin_anew(const media::Intake& current) const {
  using media::Intake;
  if (options_.signalling != "websocket") return false;
  return asked_ || current.state() == Intake::State::refused ||
         (current.state() == Intake::State::retrying && current.state_age() >= kLongDown);
}

bool Viewer::needs_new_session(const media::Intake& other) const {
  using media::Intake;
  const bool there = other.state() == Intake::State::live || other.state() == Intake::State::idle;
  return there && !other.video().empty() && !other.sends(video_codec_);
}

void Viewer::begin_anew(const media::Intake& other) {
  close({"stream_changed",
         "stream " + other.id() + " is to be shown in place of " + tuner_.current()->id()});
}

void Viewer::change_to(const media::Intake& intake) {
  const std::string from = tuner_.current()->id();
  for (auto& choice : choices_) {
    if (!choice || choice->sent.encoding != video_codec_) continue;
    webrtc::Choice changed = *choice;
    changed.stream = intake.id();
    for (const media::Stream& stream : intake.video())
      if (stream.format.encoding == video_codec_) changed.sent = stream.format;
    if (auto fed = carriage_->share->change_picture(from, changed); !fed)
      return close({"internal", fed.error().message});
    if (auto done = carriage_->peer->change_picture(intake.id(), changed.sent); !done)
      return close({"internal", done.error().message});
    choice = std::move(changed);
  }
  tuner_.take();
  asked_ = false;
  log::info("session",
            {{"camera", camera_id()}, {"session", id_}, {"stream", intake.id()}, {"from", from}},
            "changed to stream " + intake.id() + ": " + tuner_.reason());
  if (observer_ != nullptr) observer_->on_stream(*this);
}

Result<Done> Viewer::select(const StreamWish& wish) {
  if (state_ == State::closed) return Error{Errc::conflict, "the session has ended"};
  const StreamWish before = tuner_.wish();
  tuner_.wish(wish);
  if (const auto possible =
          tuner_.look([this](const auto& intake) { return obstacle_between(offer_, intake); });
      !possible) {
    tuner_.wish(before);
    return possible.error();
  }
  asked_ = true;
  on_camera_changed();
  return Done{};
}

Result<Done> Viewer::negotiate() {
  media::Intake& intake = *tuner_.wanted();
  auto agreement = agree(offer_, intake);
  if (!agreement) return agreement.error();
  choices_ = std::move(agreement->choices);
  video_codec_ = std::move(agreement->video_codec);
  audio_codec_ = std::move(agreement->audio_codec);
  codec_reason_ = std::move(agreement->codec_reason);
  if (!agreement->no_sound.empty())
    log::info("session", {{"camera", camera_id()}, {"session", id_}},
              "no sound: " + agreement->no_sound);
  tuner_.take();
  // The sound stays where it is when the picture changes to another stream.
  if (!audio_codec_.empty()) sound_ = intake.claim();
  auto carriage = carrier_->carry({.id = id_,
                                   .client_address = options_.remote_address,
                                   .offer = offer_,
                                   .choices = choices_,
                                   .bitrate = intake.health().rates().bitrate,
                                   .complete_answer = options_.complete_answer},
                                  weak_from_this(), *this);
  if (!carriage) return carriage.error();
  carriage_ = std::move(*carriage);
  state_ = State::connecting;
  deadline_.once(kConnectLimit, [this] {
    close({"timeout", "no connection within 15 s of the answer: is UDP between viewer and server "
                      "blocked?"});
  });
  for (const auto& candidate : std::exchange(early_candidates_, {}))
    carriage_->peer->add_candidate(candidate);
  return Done{};
}

void Viewer::add_candidate(const Candidate& candidate) {
  // Before anything is kept of it: what waits for the camera or the offer must not grow large.
  if (!candidate.candidate.empty() && !webrtc::is_usable_candidate(candidate.candidate)) return;
  const webrtc::IceCandidate ice{candidate.mline_index, candidate.candidate};
  if (carriage_)
    carriage_->peer->add_candidate(ice);
  else if (state_ == State::waiting)
    early_candidates_.push_back(ice);
}

Result<Done> Viewer::restart(const std::string& text) {
  // The first offer was weighed against what its address may make us keep.
  if (text.size() > offer_size_ + kMoreAtRestart)
    return Error{Errc::invalid, "restarting session " + id_ +
                                    ": the offer is much larger than the first one; it has the "
                                    "same media, and candidates may trickle"};
  if (!carriage_)
    return Error{Errc::conflict, "restarting session " + id_ + ": it has not been answered yet"};
  auto offer = webrtc::Offer::parse(text);
  if (!offer) return offer.error();
  if (!continues(*offer, offer_, choices_))
    return Error{Errc::invalid, "restarting session " + id_ +
                                    ": the offer must have the media and codecs of the first one"};
  offer_ = std::move(*offer);
  return carriage_->peer->accept(offer_, choices_, options_.complete_answer);
}

void Viewer::feed() {
  if (std::exchange(fed_, true)) return;
  for (std::size_t mline = 0; mline < choices_.size(); ++mline) {
    if (!choices_[mline]) continue;
    auto pad = carriage_->peer->open(mline);
    if (!pad) return close({"internal", pad.error().message});
    if (!*pad) continue;
    if (auto linked = carriage_->branch->link(choices_[mline]->stream,
                                              choices_[mline]->sent.encoding, pad->get());
        !linked)
      return close({"internal", linked.error().message});
  }
  carriage_->room.reset(); // All of its threads are there, and count by themselves.
}

void Viewer::set_state(State state, const std::string& message) {
  if (state == state_) return;
  state_ = state;
  if (observer_ != nullptr) observer_->on_state(*this, state, message);
}

void Viewer::on_peer_answer(const std::string& sdp) {
  if (state_ == State::closed) return;
  log::info(
      "session",
      {{"camera", camera_id()}, {"session", id_}, {"ms", std::to_string(since_ms(opened_us_))}},
      "answered with " + video_codec_ + ": " + codec_reason_ + "; stream " +
          tuner_.current()->id() + ": " + tuner_.reason() + "; by " + carriage_->peer->name() +
          ": " + carriage_->reason);
  if (observer_ != nullptr) observer_->on_answer(*this, sdp);
}

void Viewer::on_peer_candidate(const webrtc::IceCandidate& candidate) {
  if (observer_ != nullptr) observer_->on_candidate(*this, {candidate.mline, candidate.candidate});
}

void Viewer::on_peer_state(webrtc::PeerConnection::State state, const std::string& why) {
  if (state_ == State::closed) return;
  using Peer = webrtc::PeerConnection::State;
  switch (state) {
  case Peer::connecting: break;
  case Peer::connected:
    deadline_.stop();
    log::info("session",
              {{"camera", camera_id()},
               {"session", id_},
               {"video", video_codec_},
               {"audio", audio_codec_},
               {"ms", std::to_string(since_ms(opened_us_))}},
              "connected");
    feed();
    if (state_ == State::closed) break;
    set_state(State::connected, "");
    follow(); // Something else may fit by now.
    break;
  case Peer::disconnected:
    deadline_.once(kDisconnectLimit, [this] {
      close({"connection_failed", "the viewer has not been heard of for 15 s"});
    });
    set_state(State::disconnected, "the viewer is not heard of; waiting for it");
    break;
  case Peer::failed:
    close({"connection_failed", !why.empty() ? why
                                : state_ == State::connecting
                                    ? "no pair of addresses works between viewer and server"
                                    : "the connection to the viewer broke"});
    break;
  case Peer::closed: close({"stopped", "the viewer closed the connection"}); break;
  }
}

void Viewer::on_peer_failed(const std::string& why) { close({"internal", why}); }

void Viewer::on_branch_failed(const std::string& why) { close({"internal", why}); }

void Viewer::close(CloseReason reason) {
  if (state_ == State::closed) return;
  log::info("session",
            {{"camera", camera_id()},
             {"session", id_},
             {"code", reason.code},
             {"age_ms", std::to_string(since_ms(opened_us_))}},
            "closed: " + reason.message);
  state_ = State::closed;
  deadline_.stop();
  // In a turn of its own: we may be inside a call of the branch or the peer.
  post([weak = weak_from_this(), reason = std::move(reason)] {
    const auto self = weak.lock();
    if (!self) return;
    self->carriage_.reset();
    if (self->observer_ != nullptr) self->observer_->on_closed(*self, reason);
    self->host_.on_viewer_ended(*self);
  });
}

void Viewer::refresh_stats(std::function<void()> done) {
  if (!carriage_ || !fed_) return done();
  carriage_->peer->read_stats([weak = weak_from_this(), done = std::move(done)](const auto& stats) {
    if (auto self = weak.lock()) self->stats_ = stats;
    done();
  });
}

Info Viewer::info() const {
  return {.id = id_,
          .camera = camera_id(),
          .state = state_,
          .transport = carriage_ ? carriage_->peer->name() : "",
          .transport_reason = carriage_ ? carriage_->reason : "",
          .signalling = options_.signalling,
          .remote_address = options_.remote_address,
          .video_codec = video_codec_,
          .audio_codec = audio_codec_,
          .codec_reason = codec_reason_,
          .stream = tuner_.current() != nullptr ? tuner_.current()->id() : "",
          .stream_reason = tuner_.reason(),
          .age_ms = since_ms(opened_us_),
          .packets_sent = stats_.packets_sent,
          .bytes_sent = stats_.bytes_sent,
          .packets_lost = stats_.packets_lost,
          .rtt_ms = stats_.rtt_ms,
          .nack_count = stats_.nack_count,
          .pli_count = stats_.pli_count,
          .groups_dropped = carriage_ && carriage_->branch ? carriage_->branch->groups_dropped()
                                                           : stats_.groups_dropped,
          .estimate = stats_.estimate,
          .candidate = stats_.candidate};
}

} // namespace fanlight::session
