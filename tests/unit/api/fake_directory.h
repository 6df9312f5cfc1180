#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/main_loop.h"
#include "cameras/camera_directory.h"
#include "sdp/ice_sdp.h"
#include "session/session.h"

namespace fanlight::test {

class FakeDirectory;

/// A session that does what the test says, in a later turn as the real ones do.
class FakeSession : public session::Session {
 public:
  FakeSession(FakeDirectory& directory, std::string id, std::string camera,
              const std::string& offer, session::Directory::OpenOptions given, Observer& observer)
      : offers{offer}, options(std::move(given)), observer_(&observer), directory_(directory),
        id_(std::move(id)), camera_(std::move(camera)) {
    if (auto parsed = sdp::Offer::parse(offer)) offer_ = std::move(*parsed);
  }

  const std::string& id() const override { return id_; }
  const std::string& camera_id() const override { return camera_; }
  void add_candidate(const session::Candidate& candidate) override {
    candidates.push_back(candidate);
  }
  Result<Done> restart(const std::string& offer) override {
    if (restart_error) return *restart_error;
    offers.push_back(offer);
    if (answer_restarts) answer(restart_answer);
    return Done{};
  }
  Result<Done> restart(const sdp::IceFragment& fragment) override {
    if (restart_error) return *restart_error;
    fragments.push_back(fragment);
    offer_ = sdp::restarted(std::move(offer_), fragment);
    if (answer_restarts) answer(restart_answer);
    return Done{};
  }
  const sdp::Offer& offer() const override { return offer_; }
  void close(session::CloseReason reason) override;
  Result<Done> select(const session::StreamPreference& preference) override {
    if (preference.stream == "none") return Error{Errc::not_found, "there is no stream none"};
    preferences.push_back(preference);
    return Done{};
  }
  void forget_observer() override { observer_ = nullptr; }
  session::Info info() const override {
    session::Info info;
    info.id = id_;
    info.camera = camera_;
    info.signalling = options.signalling;
    info.remote_address = options.remote_address;
    info.state = session::State::connected;
    info.transport = "fanout";
    info.video_codec = "H264";
    info.audio_codec = "OPUS";
    info.codec_reason.message = "the only common one";
    info.stream = "main";
    info.stream_reason.message = "the only stream";
    info.packets_sent = packets_sent;
    return info;
  }

  /// The observer hears an answer in a later turn.
  void answer(const std::string& sdp);
  void notify(const std::function<void(Observer&)>& news);

  std::vector<std::string> offers;
  std::vector<sdp::IceFragment> fragments; ///< Of restarts.
  std::vector<session::StreamPreference> preferences;
  std::vector<session::Candidate> candidates;
  std::vector<session::CloseReason> closed;
  std::optional<Error> restart_error;
  bool answer_restarts = true;
  std::string restart_answer;
  std::uint64_t packets_sent = 0;
  const session::Directory::OpenOptions options;

 private:
  Observer* observer_;
  sdp::Offer offer_; ///< The first one; without media if it could not be read.
  FakeDirectory& directory_;
  const std::string id_;
  const std::string camera_;
};

/// Cameras and sessions as a test wants them.
class FakeDirectory : public cameras::CameraDirectory, public session::Directory {
 public:
  std::vector<std::string> camera_ids() const override {
    std::vector<std::string> ids;
    for (const auto& camera : all_cameras) ids.push_back(camera.id);
    return ids;
  }
  std::optional<cameras::CameraInfo> camera(const std::string& id) const override {
    ++described;
    for (const auto& camera : all_cameras)
      if (camera.id == id) return camera;
    return {};
  }
  Result<session::Session*> open(const std::string& camera, const std::string& offer,
                                 const OpenOptions& options,
                                 session::Session::Observer& observer) override {
    if (open_error) return *open_error;
    if (!this->camera(camera)) return Error{Errc::not_found, "there is no camera '" + camera + "'"};
    auto session = std::make_shared<FakeSession>(*this, "session-" + std::to_string(++opened),
                                                 camera, offer, options, observer);
    session->restart_answer = restart_answer;
    live.push_back(session);
    if (!answer.empty()) session->answer(answer);
    return session.get();
  }
  session::Session* find(const std::string& id) override {
    for (const auto& session : live)
      if (session->id() == id) return session.get();
    return nullptr;
  }
  std::size_t session_count() const override { return live.size(); }
  std::vector<session::Info> sessions(const std::string& after, std::size_t most) const override {
    std::map<std::string, session::Info> behind;
    for (const auto& session : live)
      if (session->id() > after) behind.emplace(session->id(), session->info());
    std::vector<session::Info> infos;
    for (auto& [id, info] : behind)
      if (infos.size() < most) infos.push_back(std::move(info));
    asked.push_back(infos.size());
    return infos;
  }
  void refresh_stats(const std::string& after, std::size_t most,
                     std::function<void()> done) override {
    refreshed_pages.emplace_back(after, most);
    refresh(std::move(done));
  }
  void refresh_stats(const std::string& id, std::function<void()> done) override {
    refreshed.push_back(id);
    refresh(std::move(done));
  }
  void draw_pipeline(const std::string& camera, Drawn done) override {
    ++drawings;
    if (hold_drawings) return waiting_drawings.push_back(std::move(done));
    post([this, known = this->camera(camera).has_value(), done = std::move(done)] {
      if (known) return done(std::make_shared<const std::string>(dot));
      done(Error{Errc::not_found, "there is no such camera"});
    });
  }
  Result<Done> probe(const config::Camera& camera, cameras::Probed done) override {
    probed.push_back(camera);
    pending.push_back(std::move(done));
    return Done{};
  }
  void add_observer(cameras::CameraObserver& observer) override { observers.push_back(&observer); }
  void remove_observer(cameras::CameraObserver& observer) override {
    std::erase(observers, &observer);
  }

  void change(const cameras::CameraInfo& info) {
    for (auto& camera : all_cameras)
      if (camera.id == info.id) camera = info;
    for (auto* observer : observers) observer->on_camera_changed(info);
  }
  void replace(std::vector<cameras::CameraInfo> cameras) {
    all_cameras = std::move(cameras);
    for (auto* observer : observers) observer->on_cameras_replaced();
  }
  std::shared_ptr<FakeSession> last() const { return live.empty() ? nullptr : live.back(); }
  void end(FakeSession& session, const session::CloseReason& reason);

  std::vector<cameras::CameraInfo> all_cameras;
  std::optional<Error> open_error;
  std::string answer = "v=0\r\na=ice-ufrag:srv1\r\n"; ///< Empty: no answer by itself.
  std::string restart_answer;
  std::string dot = "digraph { a -> b }";
  int opened = 0;
  int refreshes = 0;
  int drawings = 0;
  bool hold_drawings = false; ///< They are never finished by themselves.
  std::vector<Drawn> waiting_drawings;
  mutable std::size_t described = 0;      ///< How often a camera was.
  mutable std::vector<std::size_t> asked; ///< Sessions that were told of, call by call.
  std::vector<config::Camera> probed;
  std::vector<cameras::Probed> pending; ///< Probes that are not finished.
  std::vector<std::pair<std::string, std::size_t>> refreshed_pages;
  std::vector<std::string> refreshed; ///< Sessions that were asked for alone.
  std::vector<std::shared_ptr<FakeSession>> live;
  std::vector<cameras::CameraObserver*> observers;

 private:
  void refresh(std::function<void()> done) {
    ++refreshes;
    post([this, done = std::move(done)] {
      for (const auto& session : live) session->packets_sent = 7;
      done();
    });
  }
};

inline void FakeSession::notify(const std::function<void(Observer&)>& news) {
  if (observer_ != nullptr) news(*observer_);
}

inline void FakeSession::answer(const std::string& sdp) {
  post([this, sdp, directory = &directory_, id = id_] {
    if (directory->find(id) == this)
      notify([&](Observer& observer) { observer.on_answer(*this, sdp); });
  });
}

inline void FakeSession::close(session::CloseReason reason) {
  closed.push_back(reason);
  post([this, reason, directory = &directory_, id = id_] {
    if (directory->find(id) == this) directory->end(*this, reason);
  });
}

inline void FakeDirectory::end(FakeSession& session, const session::CloseReason& reason) {
  const auto found = std::find_if(live.begin(), live.end(),
                                  [&](const auto& held) { return held.get() == &session; });
  const auto kept = *found;
  live.erase(found);
  kept->notify([&](session::Session::Observer& observer) { observer.on_closed(*kept, reason); });
}

} // namespace fanlight::test
