#include "session/session_table.h"

#include <algorithm>
#include <array>

#include <sys/random.h>

#include "base/log.h"
#include "base/url.h"
#include "webrtc/peer.h"

namespace fanlight::session {
namespace {

/// Between the connection attempts of two cameras at start.
constexpr std::chrono::milliseconds kStagger{20};
constexpr std::chrono::milliseconds kStatsLimit{300};

/// 128 bits from the kernel, in hexadecimal: whoever holds it holds the session.
std::string new_id() {
  std::array<unsigned char, 16> bytes{};
  while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  std::string id;
  for (const unsigned char byte : bytes) {
    id += "0123456789abcdef"[byte >> 4];
    id += "0123456789abcdef"[byte & 15];
  }
  return id;
}

} // namespace

Result<std::unique_ptr<SessionTable>> SessionTable::create(const config::Config& config) {
  webrtc::Peer::warm_up();
  std::unique_ptr<SessionTable> table{new SessionTable(config)};
  for (const config::Camera& settings : config.cameras) {
    auto camera = media::Camera::create(settings, *table);
    if (!camera) return camera.error();
    table->cameras_.push_back(std::move(*camera));
  }
  return table;
}

SessionTable::SessionTable(const config::Config& config) : config_(config.webrtc) {}

SessionTable::~SessionTable() {
  starts_.clear();
  viewers_.clear();
  for (const auto& camera : cameras_) camera->stop();
}

void SessionTable::start() {
  auto delay = std::chrono::milliseconds{0};
  for (const auto& camera : cameras_) {
    starts_.push_back(std::make_unique<Timer>());
    starts_.back()->once(delay, [camera] { camera->start(); });
    delay += kStagger;
  }
}

void SessionTable::drain(const CloseReason& reason) {
  draining_ = true;
  starts_.clear();
  for (const auto& [id, viewer] : viewers_) viewer->close(reason);
  for (const auto& camera : cameras_) camera->stop();
}

const std::shared_ptr<media::Camera>* SessionTable::find_camera(const std::string& id) const {
  const auto found = std::find_if(cameras_.begin(), cameras_.end(),
                                  [&id](const auto& camera) { return camera->config().id == id; });
  return found == cameras_.end() ? nullptr : &*found;
}

std::uint32_t SessionTable::viewers_of(const media::Camera& camera) const {
  return static_cast<std::uint32_t>(
      std::count_if(viewers_.begin(), viewers_.end(), [&camera](const auto& entry) {
        return entry.second->camera_id() == camera.config().id &&
               entry.second->state() != State::closed;
      }));
}

CameraInfo SessionTable::describe(const media::Camera& camera) const {
  const media::Camera::Counters& counters = camera.counters();
  CameraInfo info{.id = camera.config().id,
                  .name = camera.config().name,
                  .url = strip_credentials(camera.config().url),
                  .state = media::to_string(camera.state()),
                  .reason = camera.reason(),
                  .state_age_ms = camera.state_age().count(),
                  .video_codec = {},
                  .audio_codec = {},
                  .audio_note = camera.audio_note(),
                  .fps = counters.fps,
                  .bitrate = counters.bitrate,
                  .packets = counters.access_units,
                  .bytes = counters.bytes,
                  .reconnects = counters.reconnects,
                  .viewers = viewers_of(camera),
                  .cached_bytes = counters.cached_bytes};
  if (info.name.empty()) info.name = info.id;
  for (const media::Stream& stream : camera.video()) {
    info.video_codec += (info.video_codec.empty() ? "" : "+") + stream.format.encoding;
    if (info.width == 0) {
      info.width = stream.width;
      info.height = stream.height;
    }
  }
  if (const auto sound = camera.audio()) info.audio_codec = sound->format.encoding;
  return info;
}

std::vector<CameraInfo> SessionTable::cameras() const {
  std::vector<CameraInfo> infos;
  for (const auto& camera : cameras_) infos.push_back(describe(*camera));
  return infos;
}

std::optional<CameraInfo> SessionTable::camera(const std::string& id) const {
  const auto* camera = find_camera(id);
  if (camera == nullptr) return std::nullopt;
  return describe(**camera);
}

Result<Session*> SessionTable::open(const std::string& camera_id, const std::string& text,
                                    const OpenOptions& options, Session::Observer& observer) {
  const auto* camera = find_camera(camera_id);
  if (camera == nullptr) return Error{Errc::not_found, "there is no camera \"" + camera_id + "\""};
  if (draining_) return Error{Errc::unavailable, "the server is shutting down"};
  const std::uint32_t limit = (*camera)->config().max_viewers;
  if (limit != 0 && viewers_of(**camera) >= limit)
    return Error{Errc::busy, "camera " + camera_id + " has its " + std::to_string(limit) +
                                 " viewers (max_viewers)"};
  if (viewers_.size() >= config_.max_viewers)
    return Error{Errc::busy, "the server has its " + std::to_string(config_.max_viewers) +
                                 " viewers (webrtc.max_viewers)"};
  if ((*camera)->state() == media::Camera::State::refused)
    return Error{Errc::unavailable, "camera " + camera_id + ": " + (*camera)->reason()};
  auto offer = webrtc::Offer::parse(text);
  if (!offer) return offer.error();

  const std::uint64_t bitrate = (*camera)->counters().bitrate;
  const auto make_peer = [this,
                          bitrate](const std::string& id, const std::string& client_address,
                                   std::weak_ptr<webrtc::PeerConnection::Observer> peer_observer)
      -> Result<std::shared_ptr<webrtc::PeerConnection>> {
    auto peer =
        webrtc::Peer::create(id, {config_, client_address}, bitrate, std::move(peer_observer));
    if (!peer) return peer.error();
    return std::shared_ptr<webrtc::PeerConnection>{std::move(*peer)};
  };
  auto viewer = std::make_shared<Viewer>(new_id(), *camera, std::move(*offer), options, make_peer,
                                         observer, *this);
  if (auto begun = viewer->begin(); !begun) {
    log::info("session", {{"camera", camera_id}, {"client", options.remote_address}},
              "refused: " + begun.error().message);
    return begun.error();
  }
  log::info("session",
            {{"camera", camera_id}, {"session", viewer->id()}, {"client", options.remote_address}},
            "opened by " + options.signalling);
  viewers_[viewer->id()] = viewer;
  tell(**camera);
  return static_cast<Session*>(viewer.get());
}

Session* SessionTable::find(const std::string& id) {
  const auto found = viewers_.find(id);
  return found == viewers_.end() ? nullptr : found->second.get();
}

std::vector<Info> SessionTable::sessions() const {
  std::vector<Info> infos;
  for (const auto& [id, viewer] : viewers_) infos.push_back(viewer->info());
  return infos;
}

void SessionTable::refresh_stats(std::function<void()> done) {
  struct Round {
    std::size_t open = 1; // One for this function itself.
    std::function<void()> done;
    Timer limit;
    void finish() {
      limit.stop();
      if (done) std::exchange(done, nullptr)();
    }
  };
  auto round = std::make_shared<Round>();
  round->done = std::move(done);
  round->limit.once(kStatsLimit, [round = round.get()] { round->finish(); });
  const auto one_less = [round] {
    if (--round->open == 0) post([round] { round->finish(); });
  };
  for (const auto& [id, viewer] : viewers_) {
    ++round->open;
    viewer->refresh_stats(one_less);
  }
  one_less();
}

Result<std::string> SessionTable::pipeline_dot(const std::string& id) const {
  const auto* camera = find_camera(id);
  if (camera == nullptr) return Error{Errc::not_found, "there is no camera \"" + id + "\""};
  return (*camera)->dot();
}

void SessionTable::add_observer(CameraObserver& observer) { observers_.push_back(&observer); }

void SessionTable::remove_observer(CameraObserver& observer) {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), &observer), observers_.end());
}

void SessionTable::tell(const media::Camera& camera) {
  if (observers_.empty()) return;
  const CameraInfo info = describe(camera);
  const auto observers = observers_;
  for (CameraObserver* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      observer->on_camera_changed(info);
}

void SessionTable::on_camera_changed(media::Camera& camera) {
  for (const auto& [id, viewer] : viewers_)
    if (viewer->camera_id() == camera.config().id) viewer->on_camera_changed();
  tell(camera);
}

void SessionTable::on_viewer_ended(Viewer& viewer) {
  const auto* camera = find_camera(viewer.camera_id());
  viewers_.erase(viewer.id());
  if (camera != nullptr) tell(**camera);
}

} // namespace fanlight::session
