#include "session/session_table.h"

#include <array>

#include <sys/random.h>

#include "base/log.h"
#include "cameras/refusals.h"
#include "session/camera_transports.h"
#include "session/viewer_round.h"

namespace fanlight::session {
namespace {

using cameras::CameraRegistry;

/// 128 bits from the kernel, in hexadecimal: who knows the id controls the session.
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

SessionTable::SessionTable(CameraRegistry& cameras, const Transports& transports)
    : cameras_(cameras), transports_(transports), max_viewers_(transports.config().max_viewers),
      quota_(max_viewers_), observation_(cameras.observe(*this)) {}

SessionTable::~SessionTable() = default;

void SessionTable::set_max_viewers(std::uint32_t max_viewers) {
  max_viewers_ = max_viewers;
  quota_.resize(max_viewers);
}

void SessionTable::drain(const CloseReason& reason) {
  draining_ = true;
  Viewers viewers;
  for (const auto& [id, seat] : viewers_) viewers.push_back(seat.viewer);
  for_each(std::move(viewers), [reason](ViewerSession& viewer) { viewer.close(reason); });
}

Result<Done> SessionTable::check_limits(const CameraRegistry::Entry& camera) const {
  const std::uint32_t limit = camera.settings.max_viewers;
  if (limit != 0 && camera.viewers >= limit)
    return Error{Errc::busy,
                 Reason{"camera_full"_reason,
                        "camera {camera} has reached its limit of {limit} viewers (max_viewers)",
                        {{"camera", camera.settings.id}, {"limit", limit}}}};
  if (viewers_.size() >= max_viewers_)
    return Error{Errc::busy,
                 Reason{"server_full"_reason,
                        "the server has reached its limit of {limit} viewers (webrtc.max_viewers)",
                        {{"limit", max_viewers_}}}};
  return Done{};
}

Result<Session*> SessionTable::open(const std::string& camera_id, const std::string& text,
                                    const OpenOptions& options, Session::Observer& observer) {
  const CameraRegistry::Entry* found = cameras_.find(camera_id);
  if (found == nullptr) return cameras::no_camera(camera_id);
  if (draining_) return cameras::shutting_down();
  if (auto room = check_limits(*found); !room) return room.error();
  if (auto room = quota_.check(options.remote_address, text.size()); !room) return room.error();
  auto offer = sdp::Offer::parse(text);
  if (!offer) return offer.error();

  Audience& audience = audience_of(found->camera);
  auto viewer =
      std::make_shared<ViewerSession>(new_id(), audience.camera, std::move(*offer), text.size(),
                                      options, audience.transports, observer, *this);
  if (auto begun = viewer->begin(); !begun) return begun.error(); // The caller reports the error.
  log::info("session",
            {{"camera", camera_id}, {"session", viewer->id()}, {"client", options.remote_address}},
            "opened by " + options.signalling);
  quota_.add(viewer->id(), options.remote_address, text.size(),
             [viewer = viewer.get()] { return viewer->state() == State::waiting; });
  audience.viewers.insert(viewer.get());
  viewers_[viewer->id()] = {viewer, found->camera.get(), cameras_.count_viewer(*found->camera)};
  return static_cast<Session*>(viewer.get());
}

Session* SessionTable::find(const std::string& id) {
  const auto found = viewers_.find(id);
  return found == viewers_.end() ? nullptr : found->second.viewer.get();
}

std::vector<Info> SessionTable::sessions(const std::string& after, std::size_t most) const {
  std::vector<Info> infos;
  for (auto at = viewers_.upper_bound(after); at != viewers_.end() && infos.size() < most; ++at)
    infos.push_back(at->second.viewer->info());
  return infos;
}

void SessionTable::refresh_stats(const std::string& after, std::size_t most,
                                 std::function<void()> done) {
  Viewers viewers;
  for (auto at = viewers_.upper_bound(after); at != viewers_.end() && viewers.size() < most; ++at)
    viewers.push_back(at->second.viewer);
  session::refresh_stats(std::move(viewers), std::move(done));
}

void SessionTable::refresh_stats(const std::string& id, std::function<void()> done) {
  Viewers viewers;
  if (const auto found = viewers_.find(id); found != viewers_.end())
    viewers.push_back(found->second.viewer);
  session::refresh_stats(std::move(viewers), std::move(done));
}

SessionTable::Audience& SessionTable::audience_of(const std::shared_ptr<media::Camera>& camera) {
  Audience& audience = audiences_[camera.get()];
  if (audience.camera) return audience;
  audience.camera = std::make_shared<MediaCamera>(camera);
  audience.transports =
      std::make_shared<CameraTransports>(audience.camera, transports_.wanted_for(camera->config()),
                                         transports_.config(), transports_.bound());
  return audience;
}

SessionTable::Viewers SessionTable::viewers_of(const media::Camera& camera) const {
  Viewers viewers;
  if (const auto audience = audiences_.find(&camera); audience != audiences_.end())
    for (ViewerSession* viewer : audience->second.viewers)
      viewers.push_back(viewer->weak_from_this());
  return viewers;
}

void SessionTable::on_camera_removed(media::Camera& camera, CameraRegistry::Removal why) {
  const bool replaced = why == CameraRegistry::Removal::replaced;
  const CloseReason reason =
      replaced ? CloseReason{"camera_changed",
                             {"settings_changed"_reason, "the camera's settings were changed"}}
               : CloseReason{"camera_removed", {"camera_removed"_reason, "the camera was removed"}};
  for_each(viewers_of(camera), [reason](ViewerSession& viewer) { viewer.close(reason); });
  audiences_.erase(&camera); // Viewers that are still ending hold their transports.
}

void SessionTable::on_camera_changed(const CameraRegistry::Entry& entry,
                                     CameraRegistry::Change change) {
  if (change != CameraRegistry::Change::media) return;
  for_each(viewers_of(*entry.camera), [](ViewerSession& viewer) { viewer.on_camera_changed(); });
}

void SessionTable::on_viewer_ended(ViewerSession& viewer) {
  const auto seat = viewers_.extract(viewer.id()); // Destroyed last: its end notifies others.
  if (const auto found = audiences_.find(seat.mapped().camera); found != audiences_.end())
    found->second.viewers.erase(&viewer);
  quota_.remove(viewer.id());
}

} // namespace fanlight::session
