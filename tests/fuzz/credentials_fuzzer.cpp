#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/credentials.h"

namespace {

using namespace fanlight;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Strips, within the work that a text of that length may be.
std::string strip(std::string_view text, Behind behind = Behind::nothing) {
  const Stripped stripped = strip_counted(text, behind);
  require(stripped.looks <= 40 * text.size());
  require(stripped.text.size() <= 2 * text.size() + 3);
  return stripped.text;
}

} // namespace

/// Whatever text: no crash, bounded work, and no password of a URL or header in a line of its own,
/// whatever stands around it and wherever the text is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  strip(text);
  strip(strip(text));
  strip(text, Behind::more);

  constexpr std::string_view kSecret = "S3cr-3T";
  constexpr std::string_view kHeader = "Authorization: Basic QTpTM2NyLTNU"; // A:S3cr-3T
  const std::string url = "rtsp://admin:" + std::string(kSecret) + "@192.0.2.1/live";
  const std::string front(text.substr(0, size / 2));
  const std::string back(text.substr(size / 2));
  const std::string around = front + "\n" + url + "\n" + std::string(kHeader) + "\n" + back;
  if (text.find("S3") != std::string_view::npos || text.find("TM2") != std::string_view::npos)
    return 0;
  const std::string stripped = strip(around);
  require(stripped.find(kSecret) == std::string::npos);
  require(stripped.find("TM2") == std::string::npos);
  const std::size_t cut = size == 0 ? around.size() : data[0] * around.size() / 255;
  require(strip(std::string_view(around).substr(0, cut), Behind::more).find("S3") ==
          std::string::npos);
  return 0;
}
