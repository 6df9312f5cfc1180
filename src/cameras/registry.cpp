#include "cameras/registry.h"

#include <algorithm>
#include <utility>

#include "base/main_loop.h"
#include "cameras/refusals.h"
#include "config/diff.h"
#include "config/request.h"

namespace fanlight::cameras {

Result<std::unique_ptr<CameraRegistry>>
CameraRegistry::create(const std::vector<config::Camera>& cameras) {
  std::unique_ptr<CameraRegistry> registry{new CameraRegistry};
  if (auto applied = registry->apply(cameras); !applied) return applied.error();
  return registry;
}

CameraRegistry::~CameraRegistry() {
  probes_.clear();
  for (const Entry& entry : entries_) entry.camera->stop();
}

Result<CameraRegistry::Entry> CameraRegistry::build(const config::Camera& settings) {
  auto camera = media::Camera::create(settings, queue_, *this);
  if (!camera) return camera.error();
  return Entry{.settings = settings, .camera = std::move(*camera)};
}

Result<Done> CameraRegistry::apply(const std::vector<config::Camera>& wanted) {
  auto prepared = prepare(wanted);
  if (prepared) commit();
  return prepared;
}

Result<Done> CameraRegistry::prepare(const config::Config& wanted, const config::Diff&) {
  return prepare(wanted.cameras);
}

Result<Done> CameraRegistry::prepare(const std::vector<config::Camera>& wanted) {
  if (draining_) return shutting_down();
  std::map<std::string, Entry> fresh;
  for (const config::Camera& settings : wanted) {
    const Entry* old = find(settings.id);
    if (old != nullptr && config::same_media(old->settings, settings)) continue;
    auto entry = build(settings);
    if (!entry) return entry.error();
    fresh.emplace(settings.id, std::move(*entry));
  }
  prepared_ = Prepared{wanted, std::move(fresh)};
  return Done{};
}

void CameraRegistry::commit() {
  auto [wanted, fresh] = std::move(*std::exchange(prepared_, std::nullopt));
  std::vector<std::string> added;
  for (const auto& [id, entry] : fresh) added.push_back(id);
  const bool same = std::equal(
      entries_.begin(), entries_.end(), wanted.begin(), wanted.end(),
      [](const Entry& is, const config::Camera& settings) { return is.settings == settings; });
  for (const auto& [id, entry] : replace(wanted, std::move(fresh))) {
    const Removal why = find(id) != nullptr ? Removal::replaced : Removal::removed;
    notify([&entry = entry, why](Observer& observer) {
      observer.on_camera_removed(*entry.camera, why);
    });
    entry.camera->stop(); // Its viewers keep it until they end.
  }
  for (const std::string& id : added)
    notify([this, &id](Observer& observer) { observer.on_camera_added(*find(id)); });
  if (started_) start();
  if (!same) notify([](Observer& observer) { observer.on_cameras_reordered(); });
}

std::map<std::string, CameraRegistry::Entry>
CameraRegistry::replace(const std::vector<config::Camera>& wanted,
                        std::map<std::string, Entry> fresh) {
  std::map<std::string, Entry> before;
  for (Entry& entry : entries_) before.emplace(entry.settings.id, std::move(entry));
  entries_.clear();
  places_.clear();
  for (const config::Camera& settings : wanted) {
    auto& from = fresh.contains(settings.id) ? fresh : before;
    places_[settings.id] = entries_.size();
    entries_.push_back(std::move(from.extract(settings.id).mapped()));
    entries_.back().settings = settings;
  }
  return before;
}

void CameraRegistry::start() {
  started_ = true;
  for (Entry& entry : entries_)
    if (!std::exchange(entry.started, true)) entry.camera->start();
}

void CameraRegistry::drain() {
  draining_ = true;
  probes_.clear();
  for (const Entry& entry : entries_) entry.camera->stop();
}

const CameraRegistry::Entry* CameraRegistry::find(const std::string& id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &entries_[place->second];
}

/// Null: it is still being built, or was removed.
CameraRegistry::Entry* CameraRegistry::find_built(const media::Camera& camera) {
  const auto place = places_.find(camera.config().id);
  if (place == places_.end()) return nullptr;
  Entry& entry = entries_[place->second];
  return entry.camera.get() == &camera ? &entry : nullptr;
}

template <typename Call> void CameraRegistry::notify(Call call) {
  const auto observers = observers_;
  for (Observer* observer : observers)
    if (std::find(observers_.begin(), observers_.end(), observer) != observers_.end())
      call(*observer);
}

Token CameraRegistry::observe(Observer& observer) {
  observers_.push_back(&observer);
  return Token{[this, &observer] { std::erase(observers_, &observer); }};
}

Token CameraRegistry::count_viewer(const media::Camera& camera) {
  const auto announce = [this](const Entry& entry) {
    notify([&entry](Observer& observer) { observer.on_camera_changed(entry, Change::viewers); });
  };
  Entry* const entry = find_built(camera);
  if (entry == nullptr) return {};
  ++entry->viewers;
  announce(*entry);
  return Token{[this, announce, counted = entry->camera] {
    Entry* const left = find_built(*counted);
    if (left == nullptr) return;
    --left->viewers;
    announce(*left);
  }};
}

void CameraRegistry::on_camera_changed(media::Camera& camera) {
  if (const Entry* entry = find_built(camera))
    notify([entry](Observer& observer) { observer.on_camera_changed(*entry, Change::media); });
}

Result<Done> CameraRegistry::probe(const config::Camera& camera, Probed done) {
  if (draining_) return shutting_down();
  for (const Entry& entry : entries_)
    for (const auto& camera_stream : entry.camera->camera_streams())
      if (camera_stream->state() == media::CameraStream::State::live &&
          config::same_connection(camera_stream->config(), camera.streams.front())) {
        post([found = result_of(*camera_stream), done = std::move(done)] { done(found); });
        return Done{};
      }
  const std::uint64_t id = next_probe_++;
  auto probe = StreamProbe::begin(camera, queue_,
                                  [this, id, done = std::move(done)](const ProbeResult& found) {
                                    post([this, alive = std::weak_ptr{alive_}, id] {
                                      if (!alive.expired()) probes_.erase(id);
                                    });
                                    done(found);
                                  });
  if (!probe) return probe.error();
  probes_.emplace(id, std::move(*probe));
  return Done{};
}

} // namespace fanlight::cameras
