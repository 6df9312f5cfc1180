#include <cstdint>
#include <cstdlib>

#include "rtsp/login.h"

/// Whatever a camera asks for: no crash, no second answer to the same, and nothing said unasked.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fanlight::rtsp;
  const auto challenges = parse_challenges({reinterpret_cast<const char*>(data), size});
  Login login{"user", "secret"};
  const bool answered = login.on_challenges(challenges) == Login::Verdict::answered;
  const std::string said = login.authorization("DESCRIBE", "rtsp://192.0.2.1/live");
  if (answered == said.empty() || said.find("secret") != std::string::npos) std::abort();
  if (answered && login.on_challenges(challenges) == Login::Verdict::answered) std::abort();
  return 0;
}
