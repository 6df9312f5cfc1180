#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "webrtcfanout/base/mailbox.h"
#include "webrtcfanout/stream/history.h"

namespace fanlight::fanout {

/// One payloaded stream of a camera, on its way from the streaming thread to the workers.
///
/// The streaming thread appends a frame, once, and goes on; each worker that has viewers of it
/// takes the new frames when it comes to it. A worker that is late finds what the history still
/// has. Threads: any.
class RtpStream {
 public:
  /// A worker's share: set by the streaming thread when there is something new.
  struct Reader {
    explicit Reader(Mailbox& mailbox) : worker(mailbox) {}
    Mailbox& worker; ///< Outlives it.
    std::atomic<bool> news{false};
  };

  RtpStream(std::string name, History::Bounds bounds) : name_(std::move(name)), history_(bounds) {}

  const std::string& name() const { return name_; }
  const History::Bounds& bounds() const { return history_.bounds(); }

  void append(FramePtr frame);
  /// What there is is of no use to viewers: the format changes. For workers that is news.
  void clear();

  std::shared_ptr<Reader> add_reader(Mailbox& worker);
  void remove_reader(const std::shared_ptr<Reader>& reader);
  /// All frames from `number` on that are still there. Returns how often it was cleared.
  std::uint64_t copy_from(std::uint64_t number, std::vector<FramePtr>& frames) const;

  /// A viewer misses a key frame; of many such wishes one a second is told to `ask`, on the thread
  /// that it comes from. Set before there are viewers.
  void on_key_wanted(std::function<void()> ask) { ask_for_key_ = std::move(ask); }
  void want_key();

  std::uint64_t cached_bytes() const;
  /// Bit/s, over the last seconds.
  std::uint64_t bit_rate() const { return bit_rate_.load(std::memory_order_relaxed); }
  /// The usual distance of two frames in ticks of the RTP clock; 0: not known yet.
  std::uint32_t interval() const { return interval_.load(std::memory_order_relaxed); }
  std::size_t readers() const;

 private:
  void notify_workers();
  void measure(const Frame& frame);
  void measure_interval(std::int32_t step);

  const std::string name_;
  std::function<void()> ask_for_key_;
  mutable std::mutex lock_; ///< Protects the next three.
  History history_;
  std::uint64_t clearings_ = 0;
  std::vector<std::shared_ptr<Reader>> readers_;
  std::atomic<std::uint64_t> bit_rate_{0};
  std::atomic<std::uint32_t> interval_{0};
  std::atomic<std::int64_t> asked_us_{0};

  // The streaming thread's own.
  std::int64_t window_start_us_ = 0;
  std::uint64_t window_bytes_ = 0;
  std::uint32_t last_timestamp_ = 0;
  bool any_ = false;
  int gaps_ = 0; ///< In a row.
};

} // namespace fanlight::fanout
