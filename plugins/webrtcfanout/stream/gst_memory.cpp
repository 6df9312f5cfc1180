#include "webrtcfanout/stream/gst_memory.h"

namespace fanlight::fanout {
namespace {

/// Threads: any.
class HeldGstMemory : public HeldMemory {
 public:
  explicit HeldGstMemory(GstMemory* memory) : memory_(gst_memory_ref(memory)), mapped_(memory) {
    bytes = mapped_.bytes();
    cost = memory->maxsize;
  }

  GstMemory* memory() const { return memory_.get(); }

 private:
  struct Unref {
    void operator()(GstMemory* memory) const { gst_memory_unref(memory); }
  };
  const std::unique_ptr<GstMemory, Unref> memory_; ///< Must outlive the mapping.
  const MappedMemory mapped_;
};

} // namespace

std::shared_ptr<const HeldMemory> hold_around(GstMemory* part,
                                              const std::shared_ptr<const HeldMemory>& last) {
  GstMemory* const whole = part->parent != nullptr ? part->parent : part;
  if (last && static_cast<const HeldGstMemory&>(*last).memory() == whole) return last;
  if (!gst_memory_is_type(whole, GST_ALLOCATOR_SYSMEM)) return nullptr;
  auto held = std::make_shared<const HeldGstMemory>(whole);
  if (held->bytes.empty()) return nullptr;
  return held;
}

} // namespace fanlight::fanout
