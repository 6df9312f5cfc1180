#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "webrtcfanout/dtls/dtls.h"
#include "webrtcfanout/subscribers/registry.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

/// The thread for all work on viewers except media packets: DTLS, joining, leaving, and notifying
/// others. However many viewers join, media do not wait for handshakes.
///
/// Threads: its own; the public functions from any.
class Control {
 public:
  /// Requests to the workers; called on the control thread.
  struct Workers {
    virtual ~Workers() = default;
    virtual void send(const std::shared_ptr<Subscriber>& subscriber,
                      std::vector<std::uint8_t> datagram) = 0;
    virtual void connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
                         const SrtpKey& receiving) = 0;
    /// The viewer could not decrypt anything so far.
    virtual void start_over(const std::shared_ptr<Subscriber>& subscriber) = 0;
    virtual void forget(const std::shared_ptr<Subscriber>& subscriber) = 0;
  };
  /// The limit of queued datagrams; viewers send dropped ones again.
  static constexpr std::size_t kMaxWaiting = 8192;
  static constexpr std::size_t kMaxWaitingOfOne = 64; ///< A flight has a few.
  /// From the answer to the end of the handshake.
  static constexpr std::int64_t kJoinUs = 30'000'000;

  Control(Registry& registry, Workers& workers);
  ~Control();

  void start();
  bool is_own_thread() const { return thread_.get_id() == std::this_thread::get_id(); }
  /// Ends all remaining viewers' connections, then the thread.
  void stop();
  /// A viewer must be supervised.
  void wake();
  void post(std::function<void()> task);
  void on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  /// From a worker: failed and closed end the viewer.
  void on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                const std::string& message);
  /// Ends it with close_notify; does not call its observer.
  void remove(const std::shared_ptr<Subscriber>& subscriber);
  std::uint64_t dropped_datagrams() const;
  std::size_t handshakes() const { return handshaking_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Association {
    std::shared_ptr<Subscriber> subscriber;
    std::unique_ptr<DtlsServer> dtls;
    Clock::time_point due; ///< When its timer is due; max: no timer.
    bool connected = false;
    Clock::time_point begun{};
    Clock::time_point done{}; ///< When it was connected.
  };
  struct Item {
    std::shared_ptr<Subscriber> subscriber; ///< Of a datagram; null: a task.
    std::vector<std::uint8_t> datagram;
    std::function<void()> task;
  };
  void run();
  void receive(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  void follow(Association& association);
  /// Whether the last flight, which the viewer requests again, was lost and is not only delayed.
  static bool is_lost(const Association& association);
  void run_timers();
  void expire();
  void end(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
           const std::string& message);
  void drop(const std::shared_ptr<Subscriber>& subscriber, bool goodbye);
  static void notify(const Subscriber& subscriber, Subscriber::State state,
                     const std::string& message);

  Registry& registry_;
  Workers& workers_;
  std::thread thread_;

  mutable std::mutex lock_; ///< Protects down to stopping_.
  std::condition_variable work_;
  std::deque<Item> items_;
  std::size_t waiting_datagrams_ = 0;
  std::uint64_t dropped_datagrams_ = 0;
  bool stopping_ = false;

  // Only for this thread.
  std::unordered_map<const Subscriber*, Association> associations_;
  std::atomic<std::size_t> handshaking_{0};
  Clock::time_point next_timers_{};
  Clock::time_point next_expiry_{};
};

} // namespace fanlight::fanout
