#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "webrtcfanout/net/sockets.h"
#include "webrtcfanout/serve/control.h"
#include "webrtcfanout/serve/worker.h"
#include "webrtcfanout/subscribers/registry.h"

namespace fanlight::fanout {

/// One port and everything that serves viewers on it; shared by all elements of the process with
/// equal settings.
///
/// Threads: any. Lifetime: as long as an element holds it; its end closes all viewers' connections.
class Transport : private Worker::Observer, private Control::Workers {
 public:
  struct Settings {
    std::uint16_t port = 0; ///< 0: a free one.
    bool tcp = true;
    unsigned workers = 0; ///< 0: one per core.
    auto operator<=>(const Settings&) const = default;
  };
  /// The transport with these settings, or a new one. Null, with the reason in `why`, on failure.
  static std::shared_ptr<Transport> acquire(const Settings& settings, std::string& why);
  ~Transport() override;

  std::uint16_t port() const { return sockets_.port; }
  bool has_tcp() const { return settings_.tcp; }

  /// The certificate for new viewers: replaced every half day; connected viewers keep theirs. Null,
  /// with the reason in `why`, on failure.
  std::shared_ptr<const Certificate> certificate(std::string& why);
  /// Replaces the default of half a day.
  void set_certificate_life(std::chrono::microseconds life);

  /// Admits a viewer whose offer has the ICE credentials `theirs`; returns ours for it.
  IceCredentials admit(const std::shared_ptr<Subscriber>& subscriber,
                       std::vector<IceCredentials> theirs = {});
  /// New credentials for a viewer (ICE restart); none if the viewer is gone.
  std::optional<IceCredentials> readmit(const std::shared_ptr<Subscriber>& subscriber,
                                        std::vector<IceCredentials> theirs = {});
  /// Applies a change of Subscriber::stream().
  void follow_choice(const std::shared_ptr<Subscriber>& subscriber);
  /// Ends it with close_notify; does not call its observer.
  void remove(const std::shared_ptr<Subscriber>& subscriber) { control_.remove(subscriber); }
  /// Ends it and tells its observer the reason.
  void end(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
           const std::string& why) {
    control_.on_state(subscriber, state, why);
  }
  /// Runs `task` on the thread that calls observers.
  void on_control(std::function<void()> task) { control_.post(std::move(task)); }

  struct Totals {
    std::uint64_t datagrams_received = 0;
    std::uint64_t stray_datagrams = 0;
    std::uint64_t bad_stun = 0;
    std::uint64_t bad_rtcp = 0;
    std::uint64_t refused_streams = 0;
    std::uint64_t dropped_dtls = 0;
    std::uint64_t sends = 0;
    std::uint64_t messages = 0;
    std::uint64_t unsent_messages = 0;
    std::size_t workers = 0;
    std::size_t handshakes = 0;
    std::size_t tcp_connections = 0;
  };
  Totals totals() const;

 private:
  explicit Transport(const Settings& settings);
  bool open(std::string& why);
  bool is_own_thread() const;
  static void retire(Transport* transport); ///< When it is no longer held; any thread.

  void on_dtls(const std::shared_ptr<Subscriber>& subscriber, Bytes datagram) override;
  void on_state(const std::shared_ptr<Subscriber>& subscriber, Subscriber::State state,
                const std::string& message) override;
  void forward(int worker, std::function<void(Worker&)> task) override;
  void send(const std::shared_ptr<Subscriber>& subscriber,
            std::vector<std::uint8_t> datagram) override;
  void connect(const std::shared_ptr<Subscriber>& subscriber, const SrtpKey& sending,
               const SrtpKey& receiving) override;
  void start_over(const std::shared_ptr<Subscriber>& subscriber) override;
  void forget(const std::shared_ptr<Subscriber>& subscriber) override;

  const Settings settings_;
  Registry registry_;
  Sockets sockets_;
  TcpPlaces places_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Control control_;
  std::mutex lock_; ///< Protects the rest.
  std::shared_ptr<const Certificate> certificate_;
  std::int64_t certified_us_ = 0;
  std::int64_t certificate_life_us_ = 12LL * 3600 * 1'000'000;
};

} // namespace fanlight::fanout
