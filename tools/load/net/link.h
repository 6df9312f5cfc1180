#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "load/net/address.h"
#include "load/net/loop.h"
#include "load/net/wire.h"

namespace fanlight::load {

/// The arrival of a datagram: as seen by the loop, and as noted by the kernel (CLOCK_REALTIME, ns).
struct Arrival {
  Time seen;
  std::int64_t noted = 0; ///< 0: not noted.
};

/// The network connection between a viewer and the server.
class Link {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// The link may be closed in this call, and `datagram` may be modified.
    virtual void on_datagram(std::span<std::uint8_t> datagram, const Address& source,
                             const Arrival& arrival) = 0;
    /// The other side has closed the connection, or does not exist.
    virtual void on_link_end() = 0;
  };
  struct Options {
    bool gro = true;                  ///< Read coalesced datagrams at once.
    int receive_buffer = 2048 * 1024; ///< Bytes; the kernel doubles the value for its own data.
  };

  virtual ~Link() = default;
  /// The address at which others reach it.
  virtual const Address& local() const = 0;
  /// Accepts only this peer from now on.
  virtual void connect(const Address& remote) = 0;
  /// Much data will arrive from now on: lets viewers that still join go first.
  virtual void join_crowd() = 0;
  virtual void send(Bytes datagram, const Address& to) = 0;
  virtual void close() = 0;
  virtual bool open() const = 0;
  /// Datagrams that the kernel dropped because the loop was too slow.
  virtual std::uint64_t overflowed() const = 0;
};

/// A UDP socket on a free port, announced with the address of `host`; null with errno on failure.
std::unique_ptr<Link> open_udp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer);
/// The active side of ICE-TCP (RFC 6544) with framing (RFC 4571): connects to the first
/// destination.
std::unique_ptr<Link> open_tcp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer);

} // namespace fanlight::load
