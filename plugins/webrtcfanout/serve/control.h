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

/// The thread for everything of a viewer that is not a packet of media: DTLS, joining, leaving, and
/// telling others of it. However many join, nobody's pictures wait for their handshakes.
///
/// Threads: its own; the public functions from any.
class Control {
 public:
  /// What it has the workers do; called on the control thread.
  struct Workers {
    virtual ~Workers() = default;
    virtual void send(const std::shared_ptr<Subscriber>& subscriber,
                      std::vector<std::uint8_t> datagram) = 0;
    virtual void connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
                         const SrtpKey& receiving) = 0;
    /// It could not decrypt what it was sent so far.
    virtual void start_over(const std::shared_ptr<Subscriber>& subscriber) = 0;
    virtual void forget(const std::shared_ptr<Subscriber>& subscriber) = 0;
  };
  /// Datagrams that wait; more are left to the viewers to send again.
  static constexpr std::size_t kMaxWaiting = 8192;
  static constexpr std::size_t kMaxWaitingOfOne = 64; ///< A flight has a few.
  /// From the answer to the end of the handshake.
  static constexpr std::int64_t kJoinUs = 30'000'000;

  Control(Registry& registry, Workers& workers);
  ~Control();

  void start();
  bool is_own_thread() const { return thread_.get_id() == std::this_thread::get_id(); }
  /// Says goodbye to all viewers that are left, and ends.
  void stop();
  /// There is a viewer to watch over.
  void wake();
  void post(std::function<void()> task);
  void on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  /// From a worker: failed and closed end the viewer.
  void on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                const std::string& message);
  /// Ends it with a goodbye (close_notify); its observer hears nothing more.
  void remove(const std::shared_ptr<Subscriber>& subscriber);
  std::uint64_t dropped_datagrams() const;
  std::size_t handshakes() const { return handshaking_.load(std::memory_order_relaxed); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Association {
    std::shared_ptr<Subscriber> subscriber;
    std::unique_ptr<DtlsServer> dtls;
    Clock::time_point due; ///< Of its timer; max: none.
    bool connected = false;
    Clock::time_point begun{};
    Clock::time_point done{}; ///< Once connected.
  };
  struct Item {
    std::shared_ptr<Subscriber> subscriber; ///< Of a datagram; null: a task.
    std::vector<std::uint8_t> datagram;
    std::function<void()> task;
  };
  void run();
  void receive(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram);
  void follow(Association& association);
  /// Whether the last flight, which the viewer asks for again, was lost and not only under way.
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

  // The thread's own.
  std::unordered_map<const Subscriber*, Association> associations_;
  std::atomic<std::size_t> handshaking_{0};
  Clock::time_point next_timers_{};
  Clock::time_point next_expiry_{};
};

} // namespace fanlight::fanout
