#pragma once

#include <deque>
#include <optional>

#include <gst/gst.h>

#include "mini_ref.h"

namespace fanlight {

/// Sorts the packets of an ordered connection by their sequence numbers, because some cameras send
/// them in another order, and reports gaps.
///
/// It waits for a few packets at most, never for a time: on such a connection, a packet that does
/// not come soon does not come at all. Threads: none of its own.
class PacketOrder {
 public:
  /// How many packets may overtake another one.
  static constexpr gint kPatience = 4;
  /// Numbers that are further ahead than this belong to a new sequence.
  static constexpr gint kLargestGap = 3000;
  /// Numbers that go back by at most this are duplicates, unless so many come in a row.
  static constexpr gint kLargestStep = 100;
  static constexpr guint kRun = 5;

  struct Turn {
    BufferRef packet;
    bool after_gap = false;
  };
  void take(guint16 number, BufferRef packet);
  /// The next packet in order; none: it has not arrived yet.
  std::optional<Turn> next();
  /// The next packet is the first one.
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
  bool gap_ = false;  // Before the next packet.
  bool anew_ = false; // The last held packet begins a new sequence of numbers.
  guint16 old_ = 0;   // The last number that seemed a duplicate.
  guint run_ = 0;     // How many of them came in a row.
  guint64 lost_ = 0;
  guint64 repeated_ = 0;
};

} // namespace fanlight
