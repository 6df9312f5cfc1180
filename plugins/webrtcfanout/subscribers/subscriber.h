#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "webrtcfanout/base/counters.h"
#include "webrtcfanout/dtls/dtls.h"
#include "webrtcfanout/sdp/answer.h"
#include "webrtcfanout/stream/rtp_stream.h"

namespace fanlight::fanout {

/// One receive-only viewer: the part that all threads may access.
///
/// Lifetime: shared; it is served as long as it is in the Registry.
class Subscriber {
 public:
  enum class State { waiting, connecting, connected, disconnected, failed, closed };

  /// Called on the control thread, one call at a time.
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_subscriber_state(const Subscriber& subscriber, State state,
                                     const std::string& message) = 0;
  };

  /// One answered media.
  struct Media {
    AnsweredMedia answered;
    std::string mid;
    bool video = false;
    std::shared_ptr<RtpStream> stream; ///< The first one; see Subscriber::stream().
  };

  struct Settings {
    std::string id;
    std::string fingerprint; ///< Of the viewer's certificate, from its offer.
    std::string cname;
    std::shared_ptr<const Certificate> certificate; ///< Ours, as in the answer.
    std::vector<Media> media;
    std::weak_ptr<Observer> observer;
    std::int64_t added_us = 0;
  };

  explicit Subscriber(Settings settings);

  const std::string& id() const { return settings_.id; }
  const Settings& settings() const { return settings_; }

  /// The worker that serves it; none before its first check.
  static constexpr int kNoWorker = -1;
  int worker() const { return worker_.load(std::memory_order_acquire); }
  /// Assigns it to `worker` unless it has one; returns the assigned one.
  int assign(int worker) {
    int none = kNoWorker;
    return worker_.compare_exchange_strong(none, worker) ? worker : none;
  }

  /// The stream for that media of settings(): another stream of the same codec may be chosen at any
  /// time.
  std::shared_ptr<RtpStream> stream(std::size_t media) const {
    std::lock_guard lock(lock_);
    return streams_[media];
  }
  void choose(std::size_t media, std::shared_ptr<RtpStream> stream) {
    std::lock_guard lock(lock_);
    streams_[media] = std::move(stream);
  }
  bool gets(const RtpStream& stream) const;

  State state() const { return state_.load(std::memory_order_relaxed); }
  void set_state(State state) { state_.store(state, std::memory_order_relaxed); }

  SubscriberCounters counters;
  std::size_t waiting_datagrams = 0; ///< In the queue of Control, protected by its lock.

  /// The path to the viewer, for people.
  struct Route {
    std::string address;
    std::string candidate;    ///< "udp" or "tcp".
    std::string srtp_profile; ///< As registered with IANA, without SRTP_.
  };
  Route route() const {
    std::lock_guard lock(lock_);
    return route_;
  }
  template <typename Change> void change_route(Change change) {
    std::lock_guard lock(lock_);
    change(route_);
  }

 private:
  const Settings settings_;
  std::atomic<int> worker_{kNoWorker};
  std::atomic<State> state_{State::waiting};
  mutable std::mutex lock_; ///< Protects the two below.
  Route route_;
  std::vector<std::shared_ptr<RtpStream>> streams_; ///< One per media of the settings.
};

const char* to_string(Subscriber::State state);

} // namespace fanlight::fanout
