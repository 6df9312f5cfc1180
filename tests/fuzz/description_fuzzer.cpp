#include <cstdint>
#include <cstdlib>

#include "media/description.h"

/// Whatever a camera describes: no crash, and what was mended needs no mending.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fanlight::media::mended;
  constexpr const char* kBase = "rtsp://192.0.2.1/live";
  const auto once = mended({reinterpret_cast<const char*>(data), size}, kBase);
  const auto twice = mended(once.sdp, kBase);
  if (twice.sdp != once.sdp || twice.media != once.media) std::abort();
  return 0;
}
