#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "goptee/picture_order.h"

namespace {

using fanlight::goptee::PictureOrder;

void require(bool condition) {
  if (!condition) std::abort();
}

std::unique_ptr<PictureOrder> order_of(PictureOrder::Codec codec) {
  auto order = std::make_unique<PictureOrder>();
  order->set_codec(codec);
  return order;
}

void check(PictureOrder::Codec codec, const std::uint8_t* data, std::size_t size) {
  // As one stream of pictures, cut where the input says.
  const auto stream = order_of(codec);
  for (std::size_t begin = 0; begin < size;) {
    const std::size_t length = std::min<std::size_t>(size - begin, 1 + data[begin] * 4);
    stream->read({data + begin, length});
    begin += length;
  }
  // As one picture: the first of its stream, and not before itself.
  const auto order = order_of(codec);
  require(!order->read({data, size}).value_or(false));
  require(!order->read({data, size}).value_or(false));
}

} // namespace

/// Whatever comes: no crash, no read behind the end, and an answer that makes sense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(PictureOrder::Codec::h264, data, size);
  check(PictureOrder::Codec::h265, data, size);
  return 0;
}
