#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "connection.h"
#include "stream.h"

namespace fanlight::fanout {

/// A stream as one worker sees it: its recent frames, without a lock, and the worker's viewers of
/// it. Threads: the worker.
class StreamView {
 public:
  struct Member {
    Connection* connection;
    Track* track;
  };

  StreamView(std::shared_ptr<Stream> stream, Mailbox& worker)
      : stream_(std::move(stream)), subscription_(stream_->subscribe(worker)),
        history_(stream_->bounds()) {
    catch_up([](const Frame&) {});
  }
  ~StreamView() { stream_->unsubscribe(subscription_); }
  StreamView(const StreamView&) = delete;
  StreamView& operator=(const StreamView&) = delete;

  Stream& stream() { return *stream_; }
  const History& history() const { return history_; }
  bool has_news() const { return subscription_->news.load(std::memory_order_relaxed); }

  /// Takes the new frames, `on_frame(const Frame&)` for each.
  template <typename OnFrame> void catch_up(OnFrame on_frame) {
    subscription_->news.store(false);
    fresh_.clear();
    const std::uint64_t clearings = stream_->copy_from(history_.end(), fresh_);
    if (std::exchange(clearings_, clearings) != clearings) history_.clear();
    for (FramePtr& frame : fresh_) {
      const Frame& added = *frame;
      history_.append(std::move(frame));
      on_frame(added);
    }
    fresh_.clear();
  }

  const std::vector<Member>& members() const { return members_; }
  void join(Connection& connection, Track& track) { members_.push_back({&connection, &track}); }
  void leave(const Connection& connection) {
    std::erase_if(members_, [&](const Member& member) { return member.connection == &connection; });
  }

 private:
  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<Stream::Subscription> subscription_;
  History history_;
  std::uint64_t clearings_ = 0; ///< Of the stream, when it was last looked at.
  std::vector<FramePtr> fresh_;
  std::vector<Member> members_;
};

} // namespace fanlight::fanout
