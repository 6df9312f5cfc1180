#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "webrtcfanout/net/framing.h"

namespace {

using namespace fanlight::fanout;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Read {
  std::vector<std::vector<std::uint8_t>> frames;
  bool broken = false;
  bool operator==(const Read&) const = default;
};

/// The frames of the stream where it comes in pieces, which grow from `piece` on.
Read read(Bytes stream, std::size_t piece) {
  FrameReader reader;
  Read result;
  while (!stream.empty() && !reader.broken()) {
    const MutableBytes space = reader.space();
    require(!space.empty());
    const std::size_t count = std::min({piece++, space.size(), stream.size()});
    std::copy_n(stream.begin(), count, space.begin());
    reader.fill(count);
    stream = stream.subspan(count);
    while (const auto frame = reader.next()) {
      require(!frame->empty() && frame->size() <= FrameReader::kMaxFrame);
      result.frames.emplace_back(frame->begin(), frame->end());
    }
  }
  result.broken = reader.broken();
  return result;
}

} // namespace

/// Whatever comes: no crash, and the same frames however the stream is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stream(data, size);
  const Read whole = read(stream, size + 1);
  require(read(stream, 1) == whole);
  require(read(stream, 1 + size / 7) == whole);
  return 0;
}
