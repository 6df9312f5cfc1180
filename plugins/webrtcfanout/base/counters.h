#pragma once

#include <atomic>
#include <cstdint>

namespace fanlight::fanout {

/// A number that one thread changes and all may read: plain loads and stores, no locked
/// instructions.
template <typename T> class Gauge {
 public:
  void set(T value) { value_.store(value, std::memory_order_relaxed); }
  void add(T value) { set(get() + value); }
  T get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<T> value_{};
};

/// Counters of one viewer. Written by its worker.
struct SubscriberCounters {
  Gauge<std::uint64_t> packets_sent; ///< Media, without retransmissions.
  Gauge<std::uint64_t> bytes_sent;   ///< Of complete packets, all kinds.
  Gauge<std::uint64_t> retransmitted_packets;
  Gauge<std::uint64_t> nack_count; ///< Packets requested again.
  Gauge<std::uint64_t> pli_count;
  Gauge<std::uint64_t> fir_count;
  Gauge<std::uint64_t> groups_dropped;
  Gauge<std::uint64_t> replays; ///< Cached groups sent, at the start or on request.
  Gauge<std::int64_t> packets_lost;
  Gauge<double> fraction_lost;
  Gauge<double> rtt_ms;
  Gauge<double> jitter_ms;
  Gauge<std::uint64_t> estimate; ///< Bit/s; 0: unknown.
};

/// Counters of one worker, besides those of its viewers. Written by that worker.
struct WorkerCounters {
  Gauge<std::uint64_t> datagrams_received;
  Gauge<std::uint64_t> stray_datagrams; ///< From addresses without a checked viewer.
  Gauge<std::uint64_t> bad_stun;        ///< Malformed, or with a wrong integrity or user.
  Gauge<std::uint64_t> bad_rtcp;        ///< Malformed, replayed or not authentic.
  Gauge<std::uint64_t> sends;           ///< System calls.
  Gauge<std::uint64_t> messages;        ///< Runs of packets handed to the kernel.
  Gauge<std::uint64_t> unsent_messages; ///< Not accepted by the kernel.
  Gauge<std::uint64_t> refused_streams; ///< Rejected ICE-TCP connections.
};

} // namespace fanlight::fanout
