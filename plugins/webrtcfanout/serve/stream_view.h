#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "webrtcfanout/serve/connection.h"
#include "webrtcfanout/stream/rtp_stream.h"

namespace fanlight::fanout {

/// One worker's view of a stream: the recent frames, without a lock, and the worker's viewers of
/// the stream. Threads: the worker.
class StreamView {
 public:
  struct Member {
    Connection* connection;
    TrackSender* track;
  };

  StreamView(std::shared_ptr<RtpStream> stream, Mailbox& worker)
      : stream_(std::move(stream)), reader_(stream_->add_reader(worker)),
        history_(stream_->bounds()) {
    catch_up();
    next_ = history_.end();
  }
  ~StreamView() { stream_->remove_reader(reader_); }
  StreamView(const StreamView&) = delete;
  StreamView& operator=(const StreamView&) = delete;

  RtpStream& stream() { return *stream_; }
  const History& history() const { return history_; }
  bool has_news() const { return reader_->news.load(std::memory_order_relaxed); }

  /// Reads new frames, for distribute() to deliver.
  void catch_up() {
    reader_->news.store(false);
    const std::uint64_t clearings = stream_->copy_from(history_.end(), fresh_);
    if (std::exchange(clearings_, clearings) != clearings) history_.clear();
    for (FramePtr& frame : fresh_) history_.append(std::move(frame));
    fresh_.clear();
  }
  /// Whether some frames have not been delivered to all members.
  bool is_behind() const { return next_ < history_.end(); }
  /// Delivers due frames, frame by frame and member by member, by `deliver(const Member&, const
  /// Frame&)`, and subtracts them from `budget` (bytes), which limits it: the next call continues
  /// there.
  template <typename Deliver> void distribute(std::int64_t& budget, Deliver deliver) {
    while (is_behind() && budget > 0) {
      const Frame* const frame = history_.find(next_);
      if (frame == nullptr) { // The history has dropped it.
        next_ = history_.first();
        done_ = 0;
        continue;
      }
      const auto cost = static_cast<std::int64_t>(frame->payload_bytes()) + kMemberBytes;
      for (; done_ < members_.size() && budget > 0; ++done_) {
        deliver(members_[done_], *frame);
        budget -= cost;
      }
      if (done_ < members_.size()) return;
      done_ = 0;
      ++next_;
    }
  }

  const std::vector<Member>& members() const { return members_; }
  void join(Connection& connection, TrackSender& track) {
    members_.push_back({&connection, &track});
  }
  void leave(const Connection& connection) {
    for (std::size_t i = members_.size(); i-- > 0;)
      if (members_[i].connection == &connection) take_out(i);
  }

 private:
  /// The cost of a member besides the bytes sent to it, in equivalent bytes.
  static constexpr std::int64_t kMemberBytes = 512;

  /// Fills the gap so that members that have the current frame stay before those that do not.
  void take_out(std::size_t index) {
    if (index < done_) {
      --done_;
      members_[index] = members_[done_];
      index = done_;
    }
    members_[index] = members_.back();
    members_.pop_back();
  }

  const std::shared_ptr<RtpStream> stream_;
  const std::shared_ptr<RtpStream::Reader> reader_;
  History history_;
  std::uint64_t clearings_ = 0; ///< Of the stream, as last read.
  std::vector<FramePtr> fresh_;
  std::vector<Member> members_;
  std::uint64_t next_ = 0; ///< The frame being delivered.
  std::size_t done_ = 0;   ///< Members that have got it.
};

} // namespace fanlight::fanout
