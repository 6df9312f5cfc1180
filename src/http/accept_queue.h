#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

/// Owns a socket's descriptor until a GSocket is made for it.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  int release();

 private:
  int fd_;
};

/// Accepted connections that wait to be admitted, one of each address in turn.
///
/// The kernel has one queue for all: a connection that arrives after two hundred of another address
/// would wait until all of these are admitted, which costs much more than to accept them. Threads:
/// main only.
class AcceptQueue {
 public:
  struct Waiting {
    Descriptor socket;
    Owned<GSocketAddress> remote;
    std::string network; ///< network_of() the remote address.
  };

  /// Holds `most` connections; if there are more, the address with the most loses its last one.
  explicit AcceptQueue(std::size_t most) : most_(most) {}

  void push(Waiting waiting);
  std::optional<Waiting> pop();
  std::size_t size() const { return size_; }

 private:
  const std::size_t most_;
  std::size_t size_ = 0;
  std::unordered_map<std::string, std::deque<Waiting>> by_network_;
  std::deque<std::string>
      turns_; ///< Networks with waiting connections, in the order of their turns.
};

} // namespace fanlight::http
