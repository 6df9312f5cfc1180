#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fanlight::fanout {

/// A file of tests/data/offers.
inline std::string browser_offer(const std::string& name) {
  std::ifstream file(std::filesystem::path(TEST_DATA) / "offers" / name, std::ios::binary);
  if (!file) throw std::runtime_error("no offer " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The smallest offer that is taken, a video alone; with \n as line ends.
inline const std::string kSmallOffer =
    "v=0\n"
    "o=- 42 7 IN IP4 127.0.0.1\n"
    "s=-\n"
    "t=0 0\n"
    "a=group:BUNDLE 0\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\n"
    "c=IN IP4 0.0.0.0\n"
    "a=mid:0\n"
    "a=ice-ufrag:abcd\n"
    "a=ice-pwd:0123456789abcdefghijkl\n"
    "a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\n"
    "a=setup:actpass\n"
    "a=recvonly\n"
    "a=rtcp-mux\n"
    "a=rtpmap:96 H264/90000\n"
    "a=rtpmap:97 rtx/90000\n"
    "a=fmtp:97 apt=96\n";

/// `text` with its first `from` made `to`.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("nothing to replace");
  return text.replace(at, from.size(), to);
}

/// `text` with a line behind `line`.
inline std::string behind(const std::string& text, const std::string& line,
                          const std::string& added) {
  return with(text, line + "\n", line + "\n" + added + "\n");
}

inline std::string without(const std::string& text, const std::string& line) {
  return with(text, line + "\n", "");
}

} // namespace fanlight::fanout
