#include "session/session_table.h"

#include <algorithm>
#include <array>

#include <sys/random.h>

#include "base/log.h"
#include "cameras/describe.h"
#include "config/diff.h"
#include "config/request.h"
#include "gst/undertaker.h"
#include "webrtc/fanout.h"
#include "webrtc/peer.h"

namespace fanlight::session {
namespace {

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
  std::unique_ptr<SessionTable> table{new SessionTable(config)};
  // GLib and GStreamer would end the process in the middle of its start.
  if (auto room = Reservation::take(server_room(config.webrtc.workers), {}, "the server itself");
      !room)
    return Error{Errc::unavailable, room.error().message};
  if (auto warm = table->warm_up(config.cameras); !warm) return warm.error();
  table->bound_webrtcbin(config.cameras);
  for (const config::Camera& settings : config.cameras) {
    auto channel = table->build(settings);
    if (!channel) return channel.error();
    table->channels_.push_back(std::move(*channel));
  }
  table->index_channels();
  return table;
}

SessionTable::SessionTable(const config::Config& config)
    : config_(config.webrtc), quota_(config.webrtc.max_viewers) {}

SessionTable::~SessionTable() {
  viewers_.clear();
  trials_.clear();
  for (Channel& channel : channels_) {
    channel.viewers.clear();
    channel.carrier.reset();
    channel.camera->stop();
  }
  if (port_) stop_in_background(std::move(port_), "the port of the fanout");
}

Result<Done> SessionTable::warm_up(const std::vector<config::Camera>& cameras) {
  using Transport = config::ViewerTransport;
  const auto any = [&](Transport unwanted) {
    return std::any_of(cameras.begin(), cameras.end(), [&](const config::Camera& camera) {
      return camera.webrtc_transport.value_or(config_.transport) != unwanted;
    });
  };
  if (any(Transport::fanout) && !std::exchange(warm_, true)) webrtc::Peer::warm_up();
  if (!any(Transport::webrtcbin) || port_) return Done{};
  auto port = webrtc::Fanout::open_port(config_);
  if (!port) return port.error();
  port_ = std::move(*port);
  return Done{};
}

void SessionTable::bound_webrtcbin(const std::vector<config::Camera>& cameras) {
  std::size_t streams = 0;
  for (const config::Camera& camera : cameras) streams += camera.streams.size();
  bound_ = bound_viewers(config_.max_webrtcbin_viewers, streams, read_bounds());
  if (warm_ && !bound_.warning.empty()) log::warning("session", {}, bound_.warning);
}

Result<SessionTable::Channel> SessionTable::build(const config::Camera& settings) {
  auto camera = media::Camera::create(settings, queue_, *this);
  if (!camera) return camera.error();
  auto carrier = std::make_shared<Carrier>(*camera, config_, bound_);
  return Channel{settings, std::move(*camera), std::move(carrier), {}, false};
}

void SessionTable::index_channels() {
  places_.clear();
  for (std::size_t i = 0; i < channels_.size(); ++i) places_[channels_[i].settings.id] = i;
}

SessionTable::Viewers SessionTable::viewers_of(const Channel& channel) {
  Viewers viewers;
  for (Viewer* viewer : channel.viewers) viewers.push_back(viewer->weak_from_this());
  return viewers;
}

void SessionTable::for_each(Viewers viewers, std::function<void(Viewer&)> call) {
  const std::size_t count = viewers.size();
  spread(count, [viewers = std::move(viewers), call = std::move(call)](std::size_t i) {
    if (const auto viewer = viewers[i].lock()) call(*viewer);
  });
}

void SessionTable::end(Channel& channel, const CloseReason& reason) {
  for_each(viewers_of(channel), [reason](Viewer& viewer) { viewer.close(reason); });
  channel.carrier.reset();
  channel.camera->stop(); // Its viewers hold it until they have gone.
}

Result<Done> SessionTable::apply(const config::Config& wanted) {
  if (draining_) return Error{Errc::unavailable, "the server is shutting down"};
  if (auto warm = warm_up(wanted.cameras); !warm) return warm.error();
  std::map<std::string, Channel> fresh;
  for (const config::Camera& settings : wanted.cameras) {
    const Channel* old = find_channel(settings.id);
    if (old != nullptr && config::same_media(old->settings, settings)) continue;
    auto channel = build(settings);
    if (!channel) return channel.error();
    fresh.emplace(settings.id, std::move(*channel));
  }

  // From here on nothing fails.
  const bool same = std::equal(
      channels_.begin(), channels_.end(), wanted.cameras.begin(), wanted.cameras.end(),
      [](const Channel& is, const config::Camera& settings) { return is.settings == settings; });
  config_.max_viewers = wanted.webrtc.max_viewers;
  quota_.resize(config_.max_viewers);
  std::map<std::string, Channel> before;
  for (Channel& channel : channels_) before.emplace(channel.settings.id, std::move(channel));
  channels_.clear();
  for (const config::Camera& settings : wanted.cameras) {
    auto& from = fresh.contains(settings.id) ? fresh : before;
    channels_.push_back(std::move(from.extract(settings.id).mapped()));
    channels_.back().settings = settings;
  }
  index_channels();
  for (auto& [id, channel] : before) {
    const bool changed = find_channel(id) != nullptr;
    end(channel, changed ? CloseReason{"camera_changed", "the settings of the camera have changed"}
                         : CloseReason{"camera_removed", "the camera was removed"});
  }
  if (started_) start();
  if (same) return Done{};
  const auto observers = observers_;
  for (CameraObserver* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      observer->on_cameras_replaced();
  return Done{};
}

Result<Done> SessionTable::test(const config::Camera& camera, Tested done) {
  if (draining_) return Error{Errc::unavailable, "the server is shutting down"};
  for (const Channel& channel : channels_)
    for (const auto& intake : channel.camera->intakes())
      if (intake->state() == media::Intake::State::live &&
          config::same_connection(intake->config(), camera.streams.front())) {
        post([found = findings_of(*intake), done = std::move(done)] { done(found); });
        return Done{};
      }
  const std::uint64_t id = next_trial_++;
  auto trial = Trial::begin(camera, queue_, [this, id, done = std::move(done)](const auto& found) {
    post([this, alive = std::weak_ptr{alive_}, id] {
      if (!alive.expired()) trials_.erase(id);
    });
    done(found);
  });
  if (!trial) return trial.error();
  trials_.emplace(id, std::move(*trial));
  return Done{};
}

void SessionTable::start() {
  started_ = true;
  for (Channel& channel : channels_)
    if (!std::exchange(channel.started, true)) channel.camera->start();
}

void SessionTable::drain(const CloseReason& reason) {
  draining_ = true;
  trials_.clear();
  Viewers viewers;
  for (const auto& [id, viewer] : viewers_) viewers.push_back(viewer);
  for_each(std::move(viewers), [reason](Viewer& viewer) { viewer.close(reason); });
  for (const Channel& channel : channels_) channel.camera->stop();
}

const SessionTable::Channel* SessionTable::find_channel(const std::string& camera) const {
  const auto place = places_.find(camera);
  return place == places_.end() ? nullptr : &channels_[place->second];
}

SessionTable::Channel* SessionTable::find_channel(const std::string& camera) {
  return const_cast<Channel*>(std::as_const(*this).find_channel(camera));
}

CameraInfo SessionTable::describe(const Channel& channel) {
  const media::Camera& camera = *channel.camera;
  CameraInfo info{.id = channel.settings.id,
                  .name = channel.settings.name,
                  .best = session::describe(camera.best()),
                  .streams = {},
                  .viewers = static_cast<std::uint32_t>(channel.viewers.size())};
  if (info.name.empty()) info.name = info.id;
  for (const auto& intake : camera.intakes()) info.streams.push_back(session::describe(*intake));
  return info;
}

std::vector<std::string> SessionTable::camera_ids() const {
  std::vector<std::string> ids;
  for (const Channel& channel : channels_) ids.push_back(channel.settings.id);
  return ids;
}

std::optional<CameraInfo> SessionTable::camera(const std::string& id) const {
  const Channel* channel = find_channel(id);
  if (channel == nullptr) return std::nullopt;
  return describe(*channel);
}

Result<Session*> SessionTable::open(const std::string& camera_id, const std::string& text,
                                    const OpenOptions& options, Session::Observer& observer) {
  Channel* channel = find_channel(camera_id);
  if (channel == nullptr) return Error{Errc::not_found, "there is no camera \"" + camera_id + "\""};
  if (draining_) return Error{Errc::unavailable, "the server is shutting down"};
  const std::uint32_t limit = channel->settings.max_viewers;
  if (limit != 0 && channel->viewers.size() >= limit)
    return Error{Errc::busy, "camera " + camera_id + " has its " + std::to_string(limit) +
                                 " viewers (max_viewers)"};
  if (viewers_.size() >= config_.max_viewers)
    return Error{Errc::busy, "the server has its " + std::to_string(config_.max_viewers) +
                                 " viewers (webrtc.max_viewers)"};
  if (auto room = quota_.check(options.remote_address, text.size()); !room) return room.error();
  auto offer = webrtc::Offer::parse(text);
  if (!offer) return offer.error();

  auto viewer = std::make_shared<Viewer>(new_id(), channel->camera, std::move(*offer), text.size(),
                                         options, channel->carrier, observer, *this);
  if (auto begun = viewer->begin(); !begun) return begun.error(); // Whoever asked says so.
  log::info("session",
            {{"camera", camera_id}, {"session", viewer->id()}, {"client", options.remote_address}},
            "opened by " + options.signalling);
  viewers_[viewer->id()] = viewer;
  quota_.add(viewer->id(), options.remote_address, text.size(),
             [viewer = viewer.get()] { return viewer->state() == State::waiting; });
  channel->viewers.insert(viewer.get());
  tell(*channel);
  return static_cast<Session*>(viewer.get());
}

Session* SessionTable::find(const std::string& id) {
  const auto found = viewers_.find(id);
  return found == viewers_.end() ? nullptr : found->second.get();
}

std::vector<Info> SessionTable::sessions(const std::string& after, std::size_t most) const {
  std::vector<Info> infos;
  for (auto at = viewers_.upper_bound(after); at != viewers_.end() && infos.size() < most; ++at)
    infos.push_back(at->second->info());
  return infos;
}

void SessionTable::refresh_stats(const std::string& after, std::size_t most,
                                 std::function<void()> done) {
  Viewers viewers;
  for (auto at = viewers_.upper_bound(after); at != viewers_.end() && viewers.size() < most; ++at)
    viewers.push_back(at->second);
  refresh(std::move(viewers), std::move(done));
}

void SessionTable::refresh_stats(const std::string& id, std::function<void()> done) {
  Viewers viewers;
  if (const auto found = viewers_.find(id); found != viewers_.end())
    viewers.push_back(found->second);
  refresh(std::move(viewers), std::move(done));
}

void SessionTable::refresh(Viewers viewers, std::function<void()> done) {
  struct Round {
    std::size_t open = 1; // One for the asking itself.
    std::function<void()> done;
    Timer limit;
    void finish() {
      limit.stop();
      if (done) std::exchange(done, nullptr)();
    }
  };
  const auto round = std::make_shared<Round>();
  round->done = std::move(done);
  round->limit.once(kStatsLimit, [round] { round->finish(); });
  const auto one_less = [round] {
    if (--round->open == 0) post([round] { round->finish(); });
  };
  const std::size_t count = viewers.size();
  spread(
      count,
      [round, one_less, viewers = std::move(viewers)](std::size_t i) {
        const auto viewer = viewers[i].lock();
        if (!viewer) return;
        ++round->open;
        viewer->refresh_stats(one_less);
      },
      one_less);
}

void SessionTable::draw_pipeline(const std::string& id, Drawn done) {
  const Channel* channel = find_channel(id);
  if (channel != nullptr) return channel->camera->draw(std::move(done));
  post([id, done = std::move(done)] {
    done(Error{Errc::not_found, "there is no camera \"" + id + "\""});
  });
}

void SessionTable::add_observer(CameraObserver& observer) { observers_.push_back(&observer); }

void SessionTable::remove_observer(CameraObserver& observer) {
  observers_.erase(std::remove(observers_.begin(), observers_.end(), &observer), observers_.end());
}

void SessionTable::tell(const Channel& channel) {
  if (observers_.empty()) return;
  const CameraInfo info = describe(channel);
  const auto observers = observers_;
  for (CameraObserver* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      observer->on_camera_changed(info);
}

void SessionTable::on_camera_changed(media::Camera& camera) {
  const Channel* channel = find_channel(camera.config().id);
  // Still being built, or on its way out.
  if (channel == nullptr || channel->camera.get() != &camera) return;
  for_each(viewers_of(*channel), [](Viewer& viewer) { viewer.on_camera_changed(); });
  tell(*channel);
}

void SessionTable::on_viewer_ended(Viewer& viewer) {
  Channel* channel = find_channel(viewer.camera_id());
  if (channel != nullptr) channel->viewers.erase(&viewer);
  quota_.remove(viewer.id());
  viewers_.erase(viewer.id());
  if (channel != nullptr) tell(*channel);
}

} // namespace fanlight::session
