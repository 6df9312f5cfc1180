#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

/// A socket that nobody has made an object of yet; closed with this.
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

/// Connections that have been accepted and wait until they are looked at, one of each address in
/// its turn.
///
/// The kernel's own queue is one for all: whoever comes after two hundred connections of one
/// address waits until all of these have been looked at, which costs much more than to accept them.
/// Threads: main only.
class AcceptQueue {
 public:
  struct Waiting {
    Descriptor socket;
    Owned<GSocketAddress> remote;
    std::string network; ///< network_of() the remote address.
  };

  /// Holds `most` connections; of more, the address that has most loses its last.
  explicit AcceptQueue(std::size_t most) : most_(most) {}

  void push(Waiting waiting);
  std::optional<Waiting> pop();
  std::size_t size() const { return size_; }

 private:
  const std::size_t most_;
  std::size_t size_ = 0;
  std::unordered_map<std::string, std::deque<Waiting>> by_network_;
  std::deque<std::string> turns_; ///< Networks that have one waiting, in the order of their turns.
};

} // namespace fanlight::http
