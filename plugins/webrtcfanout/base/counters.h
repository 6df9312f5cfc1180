#pragma once

#include <atomic>
#include <cstdint>

namespace fanlight::fanout {

/// A number that one thread moves and all may read: plain loads and stores, no locked instruction.
template <typename T> class Gauge {
 public:
  void set(T value) { value_.store(value, std::memory_order_relaxed); }
  void add(T value) { set(get() + value); }
  T get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<T> value_{};
};

/// What happened to one viewer. Written by its worker.
struct SubscriberCounters {
  Gauge<std::uint64_t> packets_sent; ///< Media, without what was sent again.
  Gauge<std::uint64_t> bytes_sent;   ///< Of whole packets, all of them.
  Gauge<std::uint64_t> retransmitted_packets;
  Gauge<std::uint64_t> nack_count; ///< Packets asked for again.
  Gauge<std::uint64_t> pli_count;
  Gauge<std::uint64_t> fir_count;
  Gauge<std::uint64_t> groups_dropped;
  Gauge<std::uint64_t> replays; ///< Cached groups sent, at the start or on request.
  Gauge<std::int64_t> packets_lost;
  Gauge<double> fraction_lost;
  Gauge<double> rtt_ms;
  Gauge<double> jitter_ms;
  Gauge<std::uint64_t> estimate; ///< Bit/s; 0: not known.
};

/// What happened on one worker beside its viewers. Written by that worker.
struct WorkerCounters {
  Gauge<std::uint64_t> datagrams_received;
  Gauge<std::uint64_t> stray_datagrams; ///< From addresses that no viewer was checked at.
  Gauge<std::uint64_t> bad_stun;        ///< Malformed, or with a wrong integrity or user.
  Gauge<std::uint64_t> bad_rtcp;        ///< Malformed, replayed or not authentic.
  Gauge<std::uint64_t> sends;           ///< System calls.
  Gauge<std::uint64_t> messages;        ///< Runs of packets handed to the kernel.
  Gauge<std::uint64_t> unsent_messages; ///< That the kernel would not take.
  Gauge<std::uint64_t> refused_streams; ///< ICE-TCP connections that were of no use.
};

} // namespace fanlight::fanout
