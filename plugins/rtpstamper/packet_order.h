#pragma once

#include <deque>
#include <optional>

#include <gst/gst.h>

#include "mini_ref.h"

namespace fanlight {

/// Puts the packets of a connection that keeps their order into the order of their sequence
/// numbers, as some cameras send them in another, and says where some are missing.
///
/// It waits for a few packets at most, never for a time: on such a connection what does not come at
/// once does not come at all. Threads: none of its own.
class PacketOrder {
 public:
  /// So many packets may overtake another.
  static constexpr gint kPatience = 4;
  /// Numbers that go on further from each other have nothing to do with each other.
  static constexpr gint kLargestGap = 3000;
  /// Numbers that go back by no more have been seen; so many of them in a row have not.
  static constexpr gint kLargestStep = 100;
  static constexpr guint kRun = 5;

  struct Turn {
    BufferRef packet;
    bool after_gap = false;
  };
  void take(guint16 number, BufferRef packet);
  /// The packet whose turn it is; none: it is still to come.
  std::optional<Turn> next();
  /// The next one is the first.
  void forget();

  guint64 lost() const { return lost_; }
  guint64 repeated() const { return repeated_; }

 private:
  struct Held {
    guint16 number;
    BufferRef packet;
  };
  bool is_repeated(guint16 number);
  void hold(guint16 number, BufferRef packet);

  std::deque<Held> held_; // By number, after expected_.
  std::optional<guint16> expected_;
  bool gap_ = false;  // Before what comes next.
  bool anew_ = false; // The last one held begins a new row of numbers.
  guint16 old_ = 0;   // The last number that had been seen,
  guint run_ = 0;     // and how many of them came in a row.
  guint64 lost_ = 0;
  guint64 repeated_ = 0;
};

} // namespace fanlight
