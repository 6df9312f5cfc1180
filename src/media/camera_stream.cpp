#include "media/camera_stream.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "gst/pipeline.h"

namespace fanlight::media {
namespace {

constexpr std::chrono::seconds kTick{1};
/// Sound begins as soon as the video, or nearly.
constexpr std::chrono::seconds kSoundPatience{5};
/// After a connection of this length, the back-off starts over.
constexpr std::int64_t kStableUs = 30'000'000;
/// The reason tells the time in steps: each change goes to every page.
constexpr std::int64_t kTellWaitS = 5;
/// Between two log lines with the status of the stream.
constexpr std::int64_t kLogStatusUs = 300'000'000;

bool is_without_stream(GstMessage* message) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const GErrorPtr error{raw};
  return g_error_matches(error.get(), GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);
}

TrackState track_state(CameraStream::State state) {
  switch (state) {
  case CameraStream::State::idle: return TrackState::idle;
  case CameraStream::State::live: return TrackState::live;
  case CameraStream::State::connecting:
  case CameraStream::State::retrying:
  case CameraStream::State::refused: break;
  }
  return TrackState::waiting;
}

} // namespace

const char* to_string(CameraStream::State state) {
  switch (state) {
  case CameraStream::State::idle: return "idle";
  case CameraStream::State::connecting: return "connecting";
  case CameraStream::State::live: return "live";
  case CameraStream::State::retrying: return "retrying";
  case CameraStream::State::refused: return "refused";
  }
  return "idle";
}

Result<std::shared_ptr<CameraStream>> CameraStream::create(const config::Camera& camera,
                                                           const config::Stream& stream,
                                                           SinkBins& bins, ConnectQueue& queue,
                                                           Observer& observer, Purpose purpose) {
  std::shared_ptr<CameraStream> camera_stream{
      new CameraStream(camera, stream, bins.pipeline(), queue, observer, purpose)};
  auto tracks = StreamTracks::create(camera, stream.id, bins, camera_stream, *camera_stream);
  if (!tracks) return tracks.error();
  camera_stream->tracks_ = std::move(*tracks);
  return camera_stream;
}

CameraStream::CameraStream(const config::Camera& camera, config::Stream stream, Pipeline& pipeline,
                           ConnectQueue& queue, Observer& observer, Purpose purpose)
    : camera_(camera), config_(std::move(stream)), pipeline_(pipeline), queue_(queue),
      observer_(observer), purpose_(purpose), state_since_us_(g_get_monotonic_time()),
      source_(config_) {}

CameraStream::~CameraStream() = default;

// ---- Wanted or not ----

void CameraStream::hold() {
  grace_.stop();
  if (++claims_ == 1 && state_ == State::idle && !stopped_) start();
}

std::unique_ptr<CameraStream::Claim> CameraStream::claim() {
  hold();
  return std::unique_ptr<Claim>{new Claim(shared_from_this())};
}

void CameraStream::Claim::watch() {
  if (!std::exchange(watches_, true)) ++camera_stream_->viewers_;
}

void CameraStream::release(bool watches) {
  if (watches) --viewers_;
  if (--claims_ > 0 || stopped_) return;
  grace_.once(config_.grace, [this] { go_idle(); });
}

void CameraStream::start() {
  backoff_.reset();
  tick_.every(kTick, [this] { on_tick(); });
  const std::int64_t left = not_before_us_ - g_get_monotonic_time();
  if (left > 0) {
    set_state(State::refused, reason_);
    return retry(std::chrono::milliseconds{left / 1000});
  }
  set_state(State::connecting, {"connecting"_reason, "connecting to the camera"});
  queue_up();
}

void CameraStream::disconnect() {
  health_.go_idle();
  retry_.stop();
  tick_.stop();
  overdue_.stop();
  ticket_.reset();
  drop_connection();
}

void CameraStream::go_idle() {
  disconnect();
  no_sound_ = {};
  // A viewer who returns soon is told again why the camera refused.
  set_state(State::idle, state_ == State::refused ? reason_ : Reason{});
}

void CameraStream::stop() {
  stopped_ = true;
  grace_.stop();
  disconnect();
  state_ = State::idle;
  tracks_->set_state(TrackState::idle, {});
}

// ---- Connecting ----

void CameraStream::queue_up() {
  ticket_ =
      queue_.enter([this] { connect(); },
                   [this](const Error& why) { fail({.why = static_cast<const Reason&>(why)}); });
}

void CameraStream::connect() {
  tracks_->begin();
  connected_since_us_ = g_get_monotonic_time();
  health_.begin(connected_since_us_);
  auto source = RtspConnection::create(
      camera_, config_, tracks_->sinks(),
      {.no_sound = no_sound_, .plan = keep_alive_.plan(), .avoid_direct = source_.avoids_direct()},
      weak_from_this());
  if (!source) {
    const bool refused = source.error().code == Errc::invalid; // The configuration must change.
    return fail({.why = static_cast<const Reason&>(source.error()), .refused = refused});
  }
  connection_ = std::move(*source);
  if (auto added = pipeline_.add(connection_->bin()); !added) {
    connection_.reset(); // It is not in the pipeline.
    fail({.why = static_cast<const Reason&>(added.error())});
  }
}

void CameraStream::drop_connection() {
  tracks_->end();
  if (!connection_) return;
  const auto bin = Ref<GstElement>::share(connection_->bin());
  connection_.reset(); // First: a connection that leaves the pipeline must not link anything.
  pipeline_.remove(bin.get(), "the connection to " + name());
}

void CameraStream::note_lost_session() {
  if (state_ != State::live || !connection_) return;
  const std::string change =
      keep_alive_.on_lost(state_age(), connection_->keep_alives(), connection_->session_timeout());
  if (!change.empty())
    log::info("camera", {{"camera", camera_.id}, {"stream", config_.id}}, change);
}

bool CameraStream::change_source(const ConnectError& failure, bool described) {
  const SourceChoice::Change change = source_.on_failure(failure, described);
  if (change == SourceChoice::Change::none) return false;
  const std::string now = source_.avoids_direct() ? "rtspsrc" : "rtspdirectsrc";
  log::info("camera", {{"camera", camera_.id}, {"stream", config_.id}},
            now + " reads this camera from now on: " + failure.why.message);
  if (change == SourceChoice::Change::later) return false;
  queue_up();
  return true;
}

void CameraStream::fail(const ConnectError& failure) {
  const bool described = connection_ && !connection_->described().empty();
  drop_connection();
  ticket_.reset();
  const std::int64_t now = g_get_monotonic_time();
  if (now - connected_since_us_ > kStableUs && state_ == State::live) {
    backoff_.reset();
    no_sound_ = {}; // The camera's refusal may have been temporary.
  }
  if (failure.sound) no_sound_ = failure.why;
  if (change_source(failure, described)) return;
  const std::chrono::milliseconds delay = failure.wait ? *failure.wait : backoff_.next();
  not_before_us_ = failure.refused ? now + delay.count() * 1000 : 0;
  retry(delay);
  report(failure.why, delay);
  const State state = failure.refused ? State::refused : State::retrying;
  // The next attempt is news even if the state and its reason stay the same.
  if (state == state_ && failure.why == reason_) return observer_.on_camera_stream_changed(*this);
  set_state(state, failure.why);
}

void CameraStream::report(const Reason& why, std::chrono::milliseconds delay) const {
  if (purpose_ == Purpose::testing) // A test now has its result and waits for no other attempt.
    return log::info("camera", {{"camera", camera_.id}}, why.message);
  log::warning(
      "camera",
      {{"camera", camera_.id}, {"stream", config_.id}, {"retry_ms", std::to_string(delay.count())}},
      why.message);
}

void CameraStream::retry(std::chrono::milliseconds wait) {
  retry_at_us_ = g_get_monotonic_time() + wait.count() * 1000;
  retry_.once(wait, [this] {
    ++reconnects_;
    queue_up();
  });
}

std::chrono::milliseconds CameraStream::retry_in() const {
  if (!retry_.running()) return std::chrono::milliseconds{0};
  return std::chrono::milliseconds{
      std::max<std::int64_t>(0, retry_at_us_ - g_get_monotonic_time()) / 1000};
}

void CameraStream::set_state(State state, const Reason& reason) {
  if (state == state_ && reason == reason_) return;
  if (state != state_) state_since_us_ = g_get_monotonic_time();
  const bool news = state != state_ && state == State::live;
  state_ = state;
  reason_ = reason;
  tracks_->set_state(track_state(state), reason);
  if (news)
    log::info("camera",
              {{"camera", camera_.id},
               {"stream", config_.id},
               {"streams", tracks_->names()},
               {"source", connection_ ? connection_->source() : ""}},
              "live");
  observer_.on_camera_stream_changed(*this);
}

std::chrono::milliseconds CameraStream::state_age() const {
  return std::chrono::milliseconds{(g_get_monotonic_time() - state_since_us_) / 1000};
}

// ---- Events of the connection ----

bool CameraStream::on_error(GstMessage* message) {
  if (!connection_ || !is_inside(GST_MESSAGE_SRC(message), connection_->bin())) return false;
  // rtspsrc may report that it found no stream before it is known here what was described.
  if (is_without_stream(message)) {
    on_connection_described(connection_->described());
    if (!connection_) return true;
  }
  if (const auto why = connection_->give_up_sound(message)) {
    if (why->empty()) return true;
    log::warning("camera", {{"camera", camera_.id}, {"stream", config_.id}}, why->message);
    on_connection_audio("", *why);
    return true;
  }
  const ConnectError failure = connection_->explain(message);
  if (!failure.refused) note_lost_session();
  fail(failure);
  return true;
}

void CameraStream::on_connection_end(const Reason& why) {
  if (!connection_) return;
  note_lost_session();
  fail({.why = why});
}

void CameraStream::on_connection_audio(const std::string& encoding, const Reason& note) {
  tracks_->describe_sound(encoding, note);
  observer_.on_camera_stream_changed(*this);
}

void CameraStream::on_connection_described(const std::vector<std::string>& video) {
  if (!connection_) return;
  // The connection reports its audio after this; without audio, it reports nothing.
  tracks_->describe_sound("", {});
  std::string wanted;
  for (const auto codec : camera_.codecs) {
    if (std::any_of(video.begin(), video.end(),
                    [codec](const std::string& sent) { return codec_of(sent) == codec; }))
      return;
    wanted += (wanted.empty() ? "" : ", ") + std::string{encoding_name(codec)};
  }
  fail(wrong_codec(video, wanted));
}

void CameraStream::on_video_format() {
  ticket_.reset();
  not_before_us_ = 0;
  if (state_ == State::live) return observer_.on_camera_stream_changed(*this);
  said_us_ = g_get_monotonic_time();
  health_.note_frame(said_us_);
  source_.on_live();
  set_state(State::live, {});
}

void CameraStream::on_tick() {
  if (!connection_) return;
  const std::int64_t now = g_get_monotonic_time();
  const Health::Elements elements{.tees = tracks_->video_tees(),
                                  .packet_counters = connection_->packet_counters(),
                                  .picture_counter = connection_->picture_counter()};
  const bool had_b_frames = health_.rates().b_frames;
  health_.poll(elements, now);
  const Reason problem = health_.problem(state_ == State::live, config_.health_timeout, now);
  if (!problem.empty()) {
    note_lost_session(); // Some cameras end a session by sending nothing more.
    return fail({.why = problem});
  }
  if (state_ != State::live && health_.key_frame_wait(now)) return wait_for_key_frame(now);
  // Finds a silent camera on time, not only at the next check.
  const auto patience = health_.patience(config_.health_timeout, now);
  if (state_ == State::live && patience < kTick) overdue_.once(patience, [this] { on_tick(); });
  look_for_sound();
  if (health_.rates().b_frames != had_b_frames) observer_.on_camera_stream_changed(*this);
  if (state_ == State::live && now - said_us_ > kLogStatusUs) log_status(now);
}

std::optional<std::chrono::milliseconds> CameraStream::key_frame_wait() const {
  if (!connection_ || state_ == State::live) return std::nullopt;
  return health_.key_frame_wait(g_get_monotonic_time());
}

void CameraStream::wait_for_key_frame(std::int64_t now_us) {
  ticket_.reset(); // The camera has answered: others may connect.
  if (const Reason why = health_.keyless(now_us); !why.empty()) {
    if (state_ != State::refused)
      log::warning("camera", {{"camera", camera_.id}, {"stream", config_.id}}, why.message);
    return set_state(State::refused, why);
  }
  const std::int64_t waited_s = health_.key_frame_wait(now_us)->count() / 1000;
  const std::int64_t told_s = waited_s - waited_s % kTellWaitS;
  const std::int64_t gop_ms = health_.rates().gop_ms;
  const Reason why = gop_ms > 0 ? Reason{"waiting_for_key_frame_every"_reason,
                                         "waiting for a key frame ({seconds} s; the camera sends "
                                         "one every {interval} s)",
                                         {{"seconds", told_s}, {"interval", (gop_ms + 500) / 1000}}}
                                : Reason{"waiting_for_key_frame"_reason,
                                         "waiting for a key frame ({seconds} s)",
                                         {{"seconds", told_s}}};
  if (told_s == 0 && why != reason_)
    log::info("camera", {{"camera", camera_.id}, {"stream", config_.id}}, why.message);
  // A stream that was lost is not preferred before it is live again.
  set_state(state_ == State::retrying ? State::retrying : State::connecting, why);
}

void CameraStream::look_for_sound() {
  if (state_ != State::live || state_age() < kSoundPatience || connection_->sound_came()) return;
  const std::string sound = tracks_->sound_encoding();
  if (sound.empty()) return;
  const Reason why{"sound_missing"_reason,
                   "the camera announces {codec} sound, but none has come that the server can read",
                   {{"codec", sound}}};
  log::warning("camera", {{"camera", camera_.id}, {"stream", config_.id}}, why.message);
  on_connection_audio("", why); // If sound comes later, the connection says so.
}

void CameraStream::log_status(std::int64_t now_us) {
  said_us_ = now_us;
  const Health::Rates& rates = health_.rates();
  const Health::Counters& counters = health_.counters();
  log::info("camera",
            {{"camera", camera_.id},
             {"stream", config_.id},
             {"kbit_s", std::to_string(rates.bitrate / 1000)},
             {"fps", std::to_string(static_cast<int>(rates.fps + 0.5))},
             {"gop", std::to_string(rates.gop_frames)},
             {"key_frame_ms", std::to_string(rates.last_key_frame_ms)},
             {"lost", std::to_string(counters.packets_lost)},
             {"jitter_ms", std::to_string(static_cast<int>(rates.jitter_ms + 0.5))},
             {"jumps", std::to_string(counters.timestamp_jumps)},
             {"reconnects", std::to_string(reconnects_)}},
            "status");
}

} // namespace fanlight::media
