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

/// One payloaded stream of a camera, passed from the streaming thread to the workers.
///
/// The streaming thread appends each frame once. Each worker that has viewers of the stream reads
/// the new frames in its own time. A worker that is late finds what the history still has. Threads:
/// any.
class RtpStream {
 public:
  /// A worker's registration: the streaming thread marks it when there is something new.
  struct Reader {
    explicit Reader(Mailbox& mailbox) : worker(mailbox) {}
    Mailbox& worker; ///< Outlives the reader.
    std::atomic<bool> news{false};
  };

  RtpStream(std::string name, History::Bounds bounds) : name_(std::move(name)), history_(bounds) {}

  const std::string& name() const { return name_; }
  const History::Bounds& bounds() const { return history_.bounds(); }

  void append(FramePtr frame);
  /// Drops all frames because the format is changing, and wakes the workers.
  void clear();

  std::shared_ptr<Reader> add_reader(Mailbox& worker);
  void remove_reader(const std::shared_ptr<Reader>& reader);
  /// Copies all frames from `number` on. Returns how often the stream was cleared.
  std::uint64_t copy_from(std::uint64_t number, std::vector<FramePtr>& frames) const;

  /// `ask` is called when viewers miss a key frame, at most once a second, on the thread that
  /// reports it. Set it before there are viewers.
  void on_key_wanted(std::function<void()> ask) { ask_for_key_ = std::move(ask); }
  void want_key();

  std::uint64_t cached_bytes() const;
  /// Bit/s, averaged over the last seconds.
  std::uint64_t bit_rate() const { return bit_rate_.load(std::memory_order_relaxed); }
  /// The usual distance of two frames in ticks of the RTP clock; 0: unknown.
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

  // Only for the streaming thread.
  std::int64_t window_start_us_ = 0;
  std::uint64_t window_bytes_ = 0;
  std::uint32_t last_timestamp_ = 0;
  bool any_ = false;
  int gaps_ = 0; ///< Consecutive ones.
};

} // namespace fanlight::fanout
