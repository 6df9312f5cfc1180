#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sdp/ice_fragment.h"

/// Whatever is sent: no crash, and what is accepted is written so that it reads the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using fanlight::sdp::IceFragment;
  const auto fragment = IceFragment::parse({reinterpret_cast<const char*>(data), size});
  if (!fragment) return 0;
  const std::string text = fragment->to_string();
  const auto again = IceFragment::parse(text);
  if (!again && text.size() <= IceFragment::kMaxSize) std::abort();
  if (again && again->to_string() != text) std::abort();
  return 0;
}
