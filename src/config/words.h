#pragma once

#include <string>

#include "config/config.h"

/// Values in the words of the configuration, for whoever shows or writes them.
namespace fanlight::config {

std::string to_word(RtspTransport transport);
std::string to_word(Pull pull);
std::string to_word(VideoCodec codec);
std::string to_word(std::optional<ViewerTransport> transport); ///< None: "default".
std::string to_word(std::chrono::milliseconds duration);       ///< "100ms", "5s".
std::string to_word(Access access);
std::string to_word(log::Level level);
std::string to_word(log::Format format);
std::string to_word(const std::vector<std::string>& texts); ///< "a, b".
std::string to_word(bool on);
std::string to_word(std::uint32_t number);
inline const std::string& to_word(const std::string& text) { return text; }

} // namespace fanlight::config
