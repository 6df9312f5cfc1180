#include "webrtcfanout/serve/control.h"

#include <algorithm>
#include <utility>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/base/thread.h"

namespace fanlight::fanout {
namespace {

constexpr std::chrono::milliseconds kTimerStep{50};
/// Handshakes yield to pictures where a core is short.
constexpr int kNice = 2;

const char* name_of(SrtpProfile profile) {
  return profile == SrtpProfile::aead_aes_128_gcm ? "AEAD_AES_128_GCM" : "AES128_CM_SHA1_80";
}

} // namespace

Control::Control(Registry& registry, Workers& workers) : registry_(registry), workers_(workers) {}

Control::~Control() { stop(); }

void Control::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(lock_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
  for (const auto& viewer : registry_.viewers()) drop(viewer, true);
}

void Control::start() {
  thread_ = std::thread([this] {
    introduce_thread("fanout-control", kNice);
    run();
  });
}

void Control::wake() {
  // Under the lock, or it may fall between the look at the registry and the wait.
  std::lock_guard lock(lock_);
  work_.notify_one();
}

void Control::post(std::function<void()> task) {
  {
    std::lock_guard lock(lock_);
    items_.push_back({nullptr, {}, std::move(task)});
  }
  work_.notify_one();
}

void Control::on_dtls(const std::shared_ptr<Viewer>& viewer, Bytes datagram) {
  {
    std::lock_guard lock(lock_);
    if (waiting_datagrams_ >= kMaxWaiting || viewer->waiting_datagrams >= kMaxWaitingOfOne) {
      ++dropped_datagrams_;
      return;
    }
    ++waiting_datagrams_;
    ++viewer->waiting_datagrams;
    items_.push_back({viewer, {datagram.begin(), datagram.end()}, {}});
  }
  work_.notify_one();
}

void Control::on_state(const std::shared_ptr<Viewer>& viewer, Viewer::State state,
                       const std::string& message) {
  post([this, viewer, state, message] {
    if (!registry_.has(viewer)) return;
    if (state == Viewer::State::failed || state == Viewer::State::closed)
      return end(viewer, state, message);
    viewer->set_state(state);
    tell(*viewer, state, message);
  });
}

void Control::remove(const std::shared_ptr<Viewer>& viewer) {
  post([this, viewer] { drop(viewer, true); });
}

std::uint64_t Control::dropped_datagrams() const {
  std::lock_guard lock(lock_);
  return dropped_datagrams_;
}

void Control::run() {
  std::unique_lock lock(lock_);
  while (!stopping_) {
    if (items_.empty()) {
      // Timers are there only while handshakes are under way, or viewers still to come.
      if (handshakes() > 0)
        work_.wait_for(lock, kTimerStep);
      else if (registry_.size() > 0)
        work_.wait_for(lock, std::chrono::seconds{1});
      else
        work_.wait(lock);
    }
    if (!items_.empty() && !stopping_) {
      Item item = std::move(items_.front());
      items_.pop_front();
      if (item.viewer) {
        --waiting_datagrams_;
        --item.viewer->waiting_datagrams;
      }
      lock.unlock();
      if (item.viewer)
        receive(item.viewer, item.datagram);
      else
        item.task();
    } else {
      lock.unlock();
    }
    run_timers();
    expire();
    lock.lock();
  }
}

void Control::receive(const std::shared_ptr<Viewer>& viewer, Bytes datagram) {
  if (!registry_.has(viewer)) return;
  auto found = associations_.find(viewer.get());
  if (found == associations_.end()) {
    std::string why;
    auto dtls = DtlsServer::create(
        viewer->settings().certificate, viewer->settings().fingerprint,
        [this, weak = std::weak_ptr{viewer}](Bytes out) {
          if (const auto target = weak.lock())
            workers_.send(target, std::vector<std::uint8_t>(out.begin(), out.end()));
        },
        why);
    if (!dtls) return end(viewer, Viewer::State::failed, why);
    found = associations_
                .emplace(viewer.get(), Association{.viewer = viewer,
                                                   .dtls = std::move(dtls),
                                                   .due = Clock::time_point::max(),
                                                   .begun = Clock::now()})
                .first;
    handshaking_.fetch_add(1, std::memory_order_relaxed);
  }
  if (found->second.dtls->receive(datagram) && is_lost(found->second)) workers_.start_over(viewer);
  follow(found->second);
}

/// From the viewer's first datagram to its last a round trip passed at least. One that asks again
/// sooner is far away and has a short timer (Firefox: 50 ms): it will have what it was sent.
bool Control::is_lost(const Association& association) {
  return Clock::now() - association.done > association.done - association.begun;
}

void Control::follow(Association& association) {
  DtlsServer& dtls = *association.dtls;
  const std::shared_ptr<Viewer> viewer = association.viewer;
  switch (dtls.state()) {
  case DtlsServer::State::handshaking: {
    const auto left = dtls.timeout();
    association.due = left ? Clock::now() + *left : Clock::time_point::max();
    break;
  }
  case DtlsServer::State::connected:
    association.due = Clock::time_point::max();
    if (std::exchange(association.connected, true)) return;
    association.done = Clock::now();
    handshaking_.fetch_sub(1, std::memory_order_relaxed);
    viewer->change_route(
        [&](Viewer::Route& route) { route.srtp_profile = name_of(dtls.sending_key().profile); });
    workers_.connect(viewer, dtls.sending_key(), dtls.receiving_key());
    viewer->set_state(Viewer::State::connected);
    tell(*viewer, Viewer::State::connected, "");
    break;
  case DtlsServer::State::closed:
    end(viewer, Viewer::State::closed, "the viewer closed the connection");
    break;
  case DtlsServer::State::failed:
    end(viewer, Viewer::State::failed, "DTLS with the viewer failed: " + dtls.error());
    break;
  }
}

void Control::run_timers() {
  const Clock::time_point now = Clock::now();
  if (handshakes() == 0 || now < next_timers_) return;
  next_timers_ = now + kTimerStep;
  std::vector<Association*> due;
  for (auto& [viewer, association] : associations_)
    if (association.due <= now) due.push_back(&association);
  for (Association* const association : due) {
    association->dtls->on_timeout();
    follow(*association);
  }
}

void Control::expire() {
  const Clock::time_point now = Clock::now();
  if (now < next_expiry_) return;
  next_expiry_ = now + std::chrono::seconds{1};
  const std::int64_t limit = monotonic_us() - kJoinUs;
  for (const auto& viewer : registry_.viewers()) {
    const Viewer::State state = viewer->state();
    const bool joining = state == Viewer::State::waiting || state == Viewer::State::connecting;
    if (!joining || viewer->settings().added_us > limit) continue;
    end(viewer, Viewer::State::failed,
        state == Viewer::State::waiting ? "no ICE check of the viewer came within 30 s: does its "
                                          "network let it reach this port?"
                                        : "the DTLS handshake with the viewer took more than 30 s");
  }
}

void Control::end(const std::shared_ptr<Viewer>& viewer, Viewer::State state,
                  const std::string& message) {
  viewer->set_state(state);
  drop(viewer, state == Viewer::State::failed);
  tell(*viewer, state, message);
}

void Control::drop(const std::shared_ptr<Viewer>& viewer, bool goodbye) {
  registry_.remove(viewer);
  const auto found = associations_.find(viewer.get());
  if (found != associations_.end()) {
    if (!found->second.connected) handshaking_.fetch_sub(1, std::memory_order_relaxed);
    if (goodbye) found->second.dtls->close();
    associations_.erase(found);
  }
  workers_.forget(viewer);
}

void Control::tell(const Viewer& viewer, Viewer::State state, const std::string& message) {
  if (const auto observer = viewer.settings().observer.lock())
    observer->on_viewer_state(viewer, state, message);
}

} // namespace fanlight::fanout
