#include <cstdint>
#include <cstdlib>
#include <string>

#include "rtsp/description.h"

/// Whatever a camera describes: no crash, and what was mended needs no mending.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fanlight::rtsp::excess_of;
  using fanlight::rtsp::mended;
  constexpr const char* kBase = "rtsp://192.0.2.1/live";
  const std::string sdp{reinterpret_cast<const char*>(data), size};
  if (excess_of(sdp) != fanlight::rtsp::Excess::none) return 0;
  const auto once = mended(sdp, kBase);
  const auto twice = mended(once.sdp, kBase);
  if (twice.sdp != once.sdp || twice.media != once.media) std::abort();
  return 0;
}
