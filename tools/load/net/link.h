#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "load/net/address.h"
#include "load/net/loop.h"
#include "load/net/wire.h"

namespace fanlight::load {

/// When a datagram came: as the loop saw it, and as the kernel noted it, CLOCK_REALTIME in ns.
struct Arrival {
  Time seen;
  std::int64_t noted = 0; ///< 0: not noted.
};

/// The wire between a viewer and the server.
class Link {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// `datagram` may be written to. May close the link.
    virtual void on_datagram(std::span<std::uint8_t> datagram, const Address& source,
                             const Arrival& arrival) = 0;
    virtual void on_link_end() = 0; ///< The other side has closed it, or is not there.
  };
  struct Options {
    bool gro = true;                  ///< Datagrams that were sent as one are read as one.
    int receive_buffer = 2048 * 1024; ///< Bytes; the kernel doubles it for what it needs itself.
  };

  virtual ~Link() = default;
  /// What others reach it at.
  virtual const Address& local() const = 0;
  /// From now on with nobody else.
  virtual void connect(const Address& remote) = 0;
  /// From now on much comes, and those that still join have their turn before it.
  virtual void join_crowd() = 0;
  virtual void send(Bytes datagram, const Address& to) = 0;
  virtual void close() = 0;
  virtual bool open() const = 0;
  /// Datagrams that the kernel had no room for, as the loop was too slow.
  virtual std::uint64_t overflowed() const = 0;
};

/// A socket of UDP on a free port, which is told to others as one of `host`; nothing and errno when
/// there is none.
std::unique_ptr<Link> open_udp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer);
/// The active side of ICE-TCP (RFC 6544), framed (RFC 4571): connects with whom it first sends to.
std::unique_ptr<Link> open_tcp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer);

} // namespace fanlight::load
