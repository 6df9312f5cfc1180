#pragma once

#include <memory>

#include <gst/gst.h>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// Memory of a buffer, mapped for reading during the life of this object.
class MappedMemory {
 public:
  explicit MappedMemory(GstMemory* memory)
      : memory_(gst_memory_map(memory, &map_, GST_MAP_READ) ? memory : nullptr) {}
  ~MappedMemory() {
    if (memory_ != nullptr) gst_memory_unmap(memory_, &map_);
  }
  MappedMemory(const MappedMemory&) = delete;
  MappedMemory& operator=(const MappedMemory&) = delete;

  explicit operator bool() const { return memory_ != nullptr; }
  Bytes bytes() const { return memory_ == nullptr ? Bytes{} : Bytes{map_.data, map_.size}; }

 private:
  GstMapInfo map_ = GST_MAP_INFO_INIT;
  GstMemory* const memory_;
};

/// Holds the memory from which `part` was cut, once for all of its parts: returns `last` if it is
/// the same memory. Null if it is not plain memory.
std::shared_ptr<const HeldMemory> hold_around(GstMemory* part,
                                              const std::shared_ptr<const HeldMemory>& last);

} // namespace fanlight::fanout
