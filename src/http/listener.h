#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gio/gio.h>

#include "base/main_loop.h"
#include "base/result.h"
#include "http/accept_queue.h"
#include "http/crowd.h"
#include "http/limits.h"
#include "http/owned.h"

namespace fanlight::http {

class TlsCertificate;

/// Where a Server listens, and for whom.
struct Listening {
  std::string address;               ///< host:port.
  const char* key = "server.listen"; ///< Of the configuration, for errors.
  /// Outlives the server; null: the server speaks HTTP without TLS.
  const TlsCertificate* certificate = nullptr;
  /// Ranges of the addresses of proxies that may speak for others (see client_of()). Called for
  /// each request.
  std::function<std::vector<std::string>()> trusted_proxies = {};
  /// For how many days browsers are to use HTTPS only, after an answer over HTTPS; 0: not told.
  std::function<std::uint32_t()> hsts_days = {};
};

/// The listening socket: accepts connections while the Crowd has room, and goes on after accept()
/// fails.
///
/// libsoup's own listener stops for ever when accept() fails once, as it does without free
/// descriptors, and does not expose connections or their age. Therefore we accept and pass the
/// streams to libsoup. Threads: main only.
class Listener {
 public:
  using Accepted =
      std::function<void(GIOStream* stream, GSocketAddress* local, GSocketAddress* remote)>;

  /// Binds the address of `listening` (see parse_listen). Errc::invalid, or Errc::unavailable: the
  /// message names the address and what to do.
  static Result<std::unique_ptr<Listener>> create(const Listening& listening, const Limits& limits,
                                                  Accepted accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const;
  const std::string& address() const { return address_; } ///< As bound, with the actual port.
  std::size_t connections() const { return crowd_.size(); }

 private:
  Listener(Owned<GSocket> socket, const Listening& listening, const Limits& limits,
           Accepted accepted);
  void watch();
  void accept();
  bool accept_one();
  void admit_some();
  void admit(AcceptQueue::Waiting waiting);
  void pause_accepting(const char* error);

  // Given.
  const TlsCertificate* const certificate_;
  const Limits& limits_;
  const Accepted accepted_;
  // Owned.
  const Owned<GSocket> socket_;
  const std::string address_;
  guint source_ = 0;
  Timer pause_;
  AcceptQueue queue_;
  Timer go_on_;              ///< Runs while the queue is not empty.
  gint64 told_at_ = 0;       ///< When a failure of accept() was last logged, monotonic µs.
  std::size_t failures_ = 0; ///< Failures since then.
  Crowd crowd_;
};

} // namespace fanlight::http
