#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <sys/socket.h>

#include "loop.h"

namespace fanlight::direct {

/// Makes a TCP connection to a host: finds its addresses on a thread of GLib's, and tries one after
/// the other.
///
/// Threads: the loop.
class Connector : public Loop::Reader, public std::enable_shared_from_this<Connector> {
 public:
  /// For one address.
  static constexpr std::int64_t kPatienceUs = 5'000'000;

  /// Gets the connected socket, or -1. Called once, not inside begin().
  using Done = std::function<void(int socket)>;

  Connector(Loop& loop, Done done) : loop_(loop), done_(std::move(done)) {}
  ~Connector() override;

  void begin(const std::string& host, int port);
  /// Every now and then: gives an address up that does not answer.
  void check(std::int64_t now_us);

 private:
  struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
  };
  static std::vector<Address> find(const std::string& host, int port, int flags);
  void try_next();
  void drop();
  void on_ready(std::uint32_t events) override;
  void end(int socket);

  Loop& loop_;
  Done done_;
  std::vector<Address> addresses_;
  std::size_t next_ = 0;
  int socket_ = -1; ///< That connects.
  std::int64_t since_us_ = 0;
};

} // namespace fanlight::direct
