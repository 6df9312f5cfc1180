#include "webrtcfanout/serve/control.h"

#include <algorithm>
#include <utility>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/base/thread.h"

namespace fanlight::fanout {
namespace {

constexpr std::chrono::milliseconds kTimerStep{50};
/// Handshakes yield to media if a core is overloaded.
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
  for (const auto& subscriber : registry_.subscribers()) drop(subscriber, true);
}

void Control::start() {
  thread_ = std::thread([this] {
    introduce_thread("fanout-control", kNice);
    run();
  });
}

void Control::wake() {
  // With the lock, or the wakeup may be lost between the check of the registry and the wait.
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

void Control::on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) {
  {
    std::lock_guard lock(lock_);
    if (waiting_datagrams_ >= kMaxWaiting || subscriber->waiting_datagrams >= kMaxWaitingOfOne) {
      ++dropped_datagrams_;
      return;
    }
    ++waiting_datagrams_;
    ++subscriber->waiting_datagrams;
    items_.push_back({subscriber, {datagram.begin(), datagram.end()}, {}});
  }
  work_.notify_one();
}

void Control::on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                       const std::string& message) {
  post([this, subscriber, state, message] {
    if (!registry_.has(subscriber)) return;
    if (state == Subscriber::State::failed || state == Subscriber::State::closed)
      return end(subscriber, state, message);
    subscriber->set_state(state);
    notify(*subscriber, state, message);
  });
}

void Control::remove(const std::shared_ptr<Subscriber>& subscriber) {
  post([this, subscriber] { drop(subscriber, true); });
}

std::uint64_t Control::dropped_datagrams() const {
  std::lock_guard lock(lock_);
  return dropped_datagrams_;
}

void Control::run() {
  std::unique_lock lock(lock_);
  while (!stopping_) {
    if (items_.empty()) {
      // Timers run only during handshakes, or while viewers are expected.
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
      if (item.subscriber) {
        --waiting_datagrams_;
        --item.subscriber->waiting_datagrams;
      }
      lock.unlock();
      if (item.subscriber)
        receive(item.subscriber, item.datagram);
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

void Control::receive(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) {
  if (!registry_.has(subscriber)) return;
  auto found = associations_.find(subscriber.get());
  if (found == associations_.end()) {
    std::string why;
    auto dtls = DtlsServer::create(
        subscriber->settings().certificate, subscriber->settings().fingerprint,
        [this, weak = std::weak_ptr{subscriber}](Bytes out) {
          if (const auto target = weak.lock())
            workers_.send(target, std::vector<std::uint8_t>(out.begin(), out.end()));
        },
        why);
    if (!dtls) return end(subscriber, Subscriber::State::failed, why);
    found = associations_
                .emplace(subscriber.get(), Association{.subscriber = subscriber,
                                                       .dtls = std::move(dtls),
                                                       .due = Clock::time_point::max(),
                                                       .begun = Clock::now()})
                .first;
    handshaking_.fetch_add(1, std::memory_order_relaxed);
  }
  if (found->second.dtls->receive(datagram) && is_lost(found->second))
    workers_.start_over(subscriber);
  follow(found->second);
}

/// At least one round trip passes between the viewer's first and last datagram. A viewer that asks
/// again sooner is far away and has a short timer (Firefox: 50 ms): the flight is still on its way.
bool Control::is_lost(const Association& association) {
  return Clock::now() - association.done > association.done - association.begun;
}

void Control::follow(Association& association) {
  DtlsServer& dtls = *association.dtls;
  const std::shared_ptr<Subscriber> subscriber = association.subscriber;
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
    subscriber->change_route([&](Subscriber::Route& route) {
      route.srtp_profile = name_of(dtls.sending_key().profile);
    });
    workers_.connect(subscriber, dtls.sending_key(), dtls.receiving_key());
    subscriber->set_state(Subscriber::State::connected);
    notify(*subscriber, Subscriber::State::connected, "");
    break;
  case DtlsServer::State::closed:
    end(subscriber, Subscriber::State::closed, "the viewer closed the connection");
    break;
  case DtlsServer::State::failed:
    end(subscriber, Subscriber::State::failed, "DTLS with the viewer failed: " + dtls.error());
    break;
  }
}

void Control::run_timers() {
  const Clock::time_point now = Clock::now();
  if (handshakes() == 0 || now < next_timers_) return;
  next_timers_ = now + kTimerStep;
  std::vector<Association*> due;
  for (auto& [subscriber, association] : associations_)
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
  for (const auto& subscriber : registry_.subscribers()) {
    const Subscriber::State state = subscriber->state();
    const bool joining =
        state == Subscriber::State::waiting || state == Subscriber::State::connecting;
    if (!joining || subscriber->settings().added_us > limit) continue;
    end(subscriber, Subscriber::State::failed,
        state == Subscriber::State::waiting
            ? "no ICE check of the viewer arrived within 30 s: does the viewer's "
              "network allow it to reach this port?"
            : "the DTLS handshake with the viewer took more than 30 s");
  }
}

void Control::end(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                  const std::string& message) {
  subscriber->set_state(state);
  drop(subscriber, state == Subscriber::State::failed);
  notify(*subscriber, state, message);
}

void Control::drop(const std::shared_ptr<Subscriber>& subscriber, bool goodbye) {
  registry_.remove(subscriber);
  const auto found = associations_.find(subscriber.get());
  if (found != associations_.end()) {
    if (!found->second.connected) handshaking_.fetch_sub(1, std::memory_order_relaxed);
    if (goodbye) found->second.dtls->close();
    associations_.erase(found);
  }
  workers_.forget(subscriber);
}

void Control::notify(const Subscriber& subscriber, Subscriber::State state,
                     const std::string& message) {
  if (const auto observer = subscriber.settings().observer.lock())
    observer->on_subscriber_state(subscriber, state, message);
}

} // namespace fanlight::fanout
