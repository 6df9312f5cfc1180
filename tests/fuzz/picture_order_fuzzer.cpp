#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "goptee/picture_order.h"

namespace {

using fanlight::PictureOrder;

void require(bool condition) {
  if (!condition) std::abort();
}

std::unique_ptr<PictureOrder> order_of(const char* name) {
  GstCaps* caps = gst_caps_new_simple(name, "stream-format", G_TYPE_STRING, "byte-stream",
                                      "alignment", G_TYPE_STRING, "au", nullptr);
  auto order = std::make_unique<PictureOrder>();
  order->set_caps(caps);
  gst_caps_unref(caps);
  return order;
}

void check(const char* name, const std::uint8_t* data, std::size_t size) {
  // As one stream of pictures, cut where the input says.
  const auto stream = order_of(name);
  for (std::size_t begin = 0; begin < size;) {
    const std::size_t length = std::min<std::size_t>(size - begin, 1 + data[begin] * 4);
    stream->read({data + begin, length});
    begin += length;
  }
  // As one picture: the first of its stream, and not before itself.
  const auto order = order_of(name);
  require(!order->read({data, size}).value_or(false));
  require(!order->read({data, size}).value_or(false));
}

} // namespace

/// Whatever comes: no crash, no read behind the end, and an answer that makes sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = (gst_init(nullptr, nullptr), true);
  require(ready);
  check("video/x-h264", data, size);
  check("video/x-h265", data, size);
  return 0;
}
