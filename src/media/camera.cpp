#include "media/camera.h"

#include <algorithm>

#include "base/log.h"
#include "base/url.h"
#include "gst/elements.h"

namespace fanlight::media {
namespace {

constexpr std::chrono::seconds kTick{1};
/// A camera that keeps the connection and sends nothing is as good as gone.
constexpr std::int64_t kSilenceUs = 5'000'000;
/// Nothing at all within this time of an attempt: rtspsrc has its own limits, this one is behind
/// them.
constexpr std::int64_t kConnectUs = 15'000'000;
/// A connection that lived this long starts the back-off anew.
constexpr std::int64_t kStableUs = 30'000'000;
/// Cameras lock accounts that fail too often; a missing path may only be a camera that is still
/// booting.
constexpr std::chrono::minutes kLoginRetry{5};
constexpr std::chrono::seconds kRefusedRetry{30};

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

/// What rtspsrc means, in the words of somebody who set the camera up.
std::string explain(const GError& error, const std::string& detail, const std::string& where) {
  if (error.domain != GST_RESOURCE_ERROR) return detail;
  switch (error.code) {
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
    return "the camera refuses the login: check user and password in its url";
  case GST_RESOURCE_ERROR_NOT_FOUND:
    return "the camera has no such stream: check the path in its url";
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
    return "cannot connect to " + where + ": is the camera on, and its address right?";
  default: return detail;
  }
}

/// "192.0.2.10:554" of an RTSP URL.
std::string host_of(const std::string& url) {
  GError* raw = nullptr;
  const Owned<GUri, g_uri_unref> uri{g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, &raw)};
  const GErrorPtr error{raw};
  if (!uri || g_uri_get_host(uri.get()) == nullptr) return "the camera";
  const int port = g_uri_get_port(uri.get());
  return std::string{g_uri_get_host(uri.get())} + ":" + std::to_string(port < 0 ? 554 : port);
}

struct Counted {
  guint64 buffers = 0;
  guint64 bytes = 0;
  guint64 cached_bytes = 0;
};

Counted read_counters(GstElement* tee) {
  Counted counted;
  GstStructure* raw = nullptr;
  g_object_get(tee, "stats", &raw, nullptr);
  StructurePtr stats{raw};
  if (!stats) return counted;
  gst_structure_get_uint64(stats.get(), "received-buffers", &counted.buffers);
  gst_structure_get_uint64(stats.get(), "received-bytes", &counted.bytes);
  gst_structure_get_uint64(stats.get(), "cached-bytes", &counted.cached_bytes);
  return counted;
}

} // namespace

const char* to_string(Camera::State state) {
  switch (state) {
  case Camera::State::idle: return "idle";
  case Camera::State::connecting: return "connecting";
  case Camera::State::live: return "live";
  case Camera::State::retrying: return "retrying";
  case Camera::State::refused: return "refused";
  }
  return "idle";
}

Result<std::shared_ptr<Camera>> Camera::create(config::Camera config, Observer& observer) {
  std::shared_ptr<Camera> camera{new Camera(std::move(config), observer)};
  std::vector<std::string> names{"audio", "OPUS"};
  for (const auto codec : camera->config_.codecs) names.push_back(encoding_name(codec));
  for (const std::string& name : names)
    if (auto added = camera->add_tee(name); !added) return added.error();
  return camera;
}

Camera::Camera(config::Camera config, Observer& observer)
    : config_(std::move(config)), observer_(observer),
      pipeline_(std::make_unique<Pipeline>("camera-" + config_.id,
                                           [this](GstMessage* message) { on_message(message); })),
      state_since_us_(g_get_monotonic_time()) {}

Camera::~Camera() = default;

Result<Done> Camera::add_tee(const std::string& name) {
  auto tee = make_element("goptee", "tee-" + name);
  if (!tee) return tee.error();
  if (auto added = pipeline_->add(tee->get()); !added) return added.error();
  auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(tee->get(), "sink"));
  connections_.push_back(connect_on_main<Camera>(
      sink.get(), "notify::caps", weak_from_this(),
      std::function<void(Camera&)>([name](Camera& camera) { camera.on_caps(name); })));
  tees_[name] = std::move(*tee);
  return Done{};
}

void Camera::start() {
  if (state_ != State::idle) return;
  pipeline_->start();
  backoff_.reset();
  set_state(State::connecting, "connecting to the camera");
  connect();
  tick_.every(kTick, [this] { on_tick(); });
}

void Camera::stop() {
  retry_.stop();
  tick_.stop();
  drop_source();
  set_state(State::idle, "");
}

void Camera::connect() {
  streams_stale_ = true;
  connected_since_us_ = last_data_us_ = g_get_monotonic_time();
  Source::Sinks sinks;
  for (const auto& [name, tee] : tees_)
    if (name != "OPUS")
      sinks[name] = Ref<GstPad>::adopt(gst_element_get_static_pad(tee.get(), "sink"));
  auto source = Source::create(config_, std::move(sinks), weak_from_this());
  if (!source) return retry(State::retrying, source.error().message);
  source_ = std::move(*source);
  if (auto added = pipeline_->add(source_->bin()); !added) {
    source_.reset(); // It is no part of the pipeline.
    retry(State::retrying, added.error().message);
  }
}

void Camera::drop_source() {
  if (!source_) return;
  pipeline_->remove(source_->bin(), "the connection to camera " + config_.id);
  source_.reset();
}

void Camera::retry(State state, const std::string& why,
                   std::optional<std::chrono::milliseconds> wait) {
  drop_source();
  if (g_get_monotonic_time() - connected_since_us_ > kStableUs && state_ == State::live)
    backoff_.reset();
  const std::chrono::milliseconds delay = wait ? *wait : backoff_.next();
  retry_.once(delay, [this] {
    ++counters_.reconnects;
    connect();
  });
  log::warning("camera", {{"camera", config_.id}, {"retry_ms", std::to_string(delay.count())}},
               why);
  set_state(state, why);
}

void Camera::set_state(State state, const std::string& reason) {
  if (state == state_ && reason == reason_) return;
  if (state != state_) state_since_us_ = g_get_monotonic_time();
  const bool news = state != state_ && state == State::live;
  state_ = state;
  reason_ = reason;
  if (news) {
    std::string streams;
    for (const auto& [tee, stream] : streams_)
      streams += (streams.empty() ? "" : " + ") + stream.format.encoding;
    if (!audio_encoding_.empty()) streams += " + " + audio_encoding_;
    log::info("camera", {{"camera", config_.id}, {"streams", streams}}, "live");
  }
  observer_.on_camera_changed(*this);
}

std::chrono::milliseconds Camera::state_age() const {
  return std::chrono::milliseconds{(g_get_monotonic_time() - state_since_us_) / 1000};
}

std::vector<Stream> Camera::video() const {
  std::vector<Stream> streams;
  for (const auto codec : config_.codecs)
    if (const auto found = streams_.find(encoding_name(codec)); found != streams_.end())
      streams.push_back(found->second);
  return streams;
}

bool Camera::sends(const std::string& encoding) const {
  return streams_.contains(encoding); // There are tees for the configured codecs only.
}

std::optional<Stream> Camera::audio() const { return sound_of(audio_encoding_); }

void Camera::on_message(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return;
  GstObject* origin = GST_MESSAGE_SRC(message);
  for (Branch* branch : branches_)
    if (is_inside(origin, branch->bin_.get()))
      return branch->observer_.on_branch_failed(describe(message));
  if (transcoder_ && transcoder_->contains(origin)) {
    // Sound is the lesser part: the listeners keep their pictures.
    audio_note_ = "the camera's sound cannot be decoded: " + describe(message);
    log::warning("camera", {{"camera", config_.id}}, audio_note_);
    transcoder_.reset();
    return observer_.on_camera_changed(*this);
  }
  if (source_ && is_inside(origin, source_->bin())) return on_source_failed(message);
  log::error("camera", {{"camera", config_.id}}, describe(message));
}

void Camera::on_source_failed(GstMessage* message) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const GErrorPtr error{raw};
  const std::string why = explain(*error, describe(message), host_of(config_.url));
  if (g_error_matches(error.get(), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    return retry(State::refused, why, kLoginRetry);
  if (g_error_matches(error.get(), GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND))
    return retry(State::refused, why, kRefusedRetry);
  retry(State::retrying, why);
}

void Camera::on_source_end() {
  if (source_) retry(State::retrying, "the camera closed the connection");
}

void Camera::on_source_audio(const std::string& encoding, const std::string& note) {
  audio_encoding_ = encoding;
  audio_note_ = note;
  if (is_aac(encoding)) audio_note_ = "AAC from the camera, Opus to viewers";
  observer_.on_camera_changed(*this);
}

void Camera::on_source_described(const std::vector<std::string>& video) {
  if (!source_) return;
  // What is said of its sound comes after this; of none, nothing.
  audio_encoding_.clear();
  audio_note_.clear();
  std::string wanted;
  for (const auto codec : config_.codecs) {
    if (std::find(video.begin(), video.end(), encoding_name(codec)) != video.end()) return;
    wanted += (wanted.empty() ? "" : ", ") + encoding_name(codec);
  }
  std::string sent;
  for (const std::string& encoding : video) sent += (sent.empty() ? "" : ", ") + encoding;
  retry(State::refused,
        "the camera sends " + (sent.empty() ? "no video" : sent) +
            ", and its viewers may be given " + wanted +
            ": change the camera's codec or its codecs key",
        kRefusedRetry);
}

void Camera::on_caps(const std::string& tee) {
  auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(tees_[tee].get(), "sink"));
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(sink.get()));
  auto stream = stream_of(caps.get());
  if (!source_ || !stream) return;
  if (std::exchange(streams_stale_, false)) streams_.clear();
  streams_[tee] = std::move(*stream);
  if (state_ == State::live) return observer_.on_camera_changed(*this);
  set_state(State::live, "");
}

void Camera::on_tick() {
  if (!source_) return;
  const std::int64_t now = g_get_monotonic_time();
  Counted total;
  for (const auto codec : config_.codecs) {
    const Counted counted = read_counters(tees_[encoding_name(codec)].get());
    total.buffers += counted.buffers;
    total.bytes += counted.bytes;
    total.cached_bytes += counted.cached_bytes;
  }
  const double elapsed = seconds(now - std::exchange(last_tick_us_, now));
  const auto pictures = static_cast<double>(total.buffers - counters_.access_units);
  const auto bits = static_cast<double>(total.bytes - counters_.bytes) * 8;
  // Smoothed over about three seconds: a long group of pictures puts most of its bits in one of
  // them.
  const double share = counters_.access_units == 0 ? 1 : 0.3;
  if (elapsed > 0 && elapsed < 60) {
    counters_.fps += share * (pictures / elapsed - counters_.fps);
    counters_.bitrate = static_cast<std::uint64_t>(
        static_cast<double>(counters_.bitrate) * (1 - share) + share * bits / elapsed);
  }
  if (pictures > 0) last_data_us_ = now;
  counters_.access_units = total.buffers;
  counters_.bytes = total.bytes;
  counters_.cached_bytes = total.cached_bytes;

  const std::int64_t limit = state_ == State::live ? kSilenceUs : kConnectUs;
  if (now - last_data_us_ > limit)
    retry(State::retrying, state_ == State::live
                               ? "the camera keeps the connection but sends no pictures"
                               : "the camera answers, but no picture came within 15 s");
}

Result<Camera::Tee> Camera::tee_for(const std::string& encoding) {
  const bool is_video = tees_.count(encoding) != 0 && encoding != "OPUS";
  if (is_video) return Tee{tees_[encoding]};
  const auto sound = audio();
  if (!sound || sound->format.encoding != encoding)
    return Error{Errc::not_found, "camera " + config_.id + " sends no " + encoding};
  if (!is_aac(audio_encoding_)) return Tee{tees_["audio"]};
  if (!transcoder_) {
    auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(tees_["OPUS"].get(), "sink"));
    auto created = Transcoder::create(*pipeline_, tees_["audio"].get(), sink.get());
    if (!created) return created.error();
    transcoder_ = std::move(*created);
  }
  ++listeners_;
  return Tee{tees_["OPUS"], true};
}

void Camera::release_transcoder() {
  if (--listeners_ == 0) transcoder_.reset();
}

Result<std::unique_ptr<Branch>> Camera::add_branch(Ref<GstElement> bin,
                                                   Branch::Observer& observer) {
  if (auto added = pipeline_->add(bin.get()); !added) return added.error();
  std::unique_ptr<Branch> branch{new Branch(*this, std::move(bin), observer)};
  branches_.push_back(branch.get());
  return branch;
}

void Camera::end_branch(Branch& branch) {
  branches_.erase(std::find(branches_.begin(), branches_.end(), &branch));
  pipeline_->remove(branch.bin_.get(),
                    std::string{GST_OBJECT_NAME(branch.bin_.get())} + " of camera " + config_.id);
}

} // namespace fanlight::media
