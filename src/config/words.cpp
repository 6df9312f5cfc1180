#include "config/words.h"

#include "base/words.h"

namespace fanlight::config {

std::string to_word(RtspTransport transport) {
  switch (transport) {
  case RtspTransport::tcp: return "tcp";
  case RtspTransport::udp: return "udp";
  case RtspTransport::automatic: return "auto";
  case RtspTransport::multicast: return "multicast";
  case RtspTransport::http: return "http";
  }
  return "tcp";
}

std::string to_word(Pull pull) { return pull == Pull::always ? "always" : "on_demand"; }

std::string to_word(VideoCodec codec) { return codec == VideoCodec::h264 ? "h264" : "h265"; }

std::string to_word(std::optional<ViewerTransport> transport) {
  if (!transport) return "default";
  switch (*transport) {
  case ViewerTransport::automatic: return "auto";
  case ViewerTransport::webrtcbin: return "webrtcbin";
  case ViewerTransport::fanout: return "fanout";
  }
  return "default";
}

std::string to_word(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  return ms != 0 && ms % 1000 == 0 ? std::to_string(ms / 1000) + "s" : std::to_string(ms) + "ms";
}

std::string to_word(Access access) {
  switch (access) {
  case Access::private_networks: return "private";
  case Access::loopback: return "loopback";
  case Access::all: return "all";
  case Access::none: return "none";
  }
  return "private";
}

std::string to_word(log::Level level) {
  switch (level) {
  case log::Level::error: return "error";
  case log::Level::warning: return "warning";
  case log::Level::info: return "info";
  case log::Level::debug: return "debug";
  }
  return "info";
}

std::string to_word(log::Format format) {
  switch (format) {
  case log::Format::text: return "text";
  case log::Format::json: return "json";
  case log::Format::journald: return "journald";
  }
  return "text";
}

std::string to_word(const std::vector<std::string>& texts) { return join(texts); }

std::string to_word(bool on) { return on ? "true" : "false"; }

std::string to_word(std::uint32_t number) { return std::to_string(number); }

} // namespace fanlight::config
