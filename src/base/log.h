#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace fanlight::log {

/// error = an operator must act, warning = degraded and self-healing, info = life of a camera or a
/// session, debug = decisions.
enum class Level { error, warning, info, debug };
enum class Format { text, json, journald };

/// A key and its value beside the message, e.g. {"camera", "front"}.
struct Field {
  std::string_view key;
  std::string value;
};
using Fields = std::initializer_list<Field>;

/// Sets level and format, and sends GStreamer's own debug log through the same writer. The first
/// call comes before threads exist; others may follow, from main.
void configure(Level level, Format format);

/// One line an event. Any thread. `category` is the part of the program: "camera", "session",
/// "http", "config", "app".
void write(Level level, std::string_view category, Fields fields, std::string_view message);

inline void error(std::string_view category, Fields fields, std::string_view message) {
  write(Level::error, category, fields, message);
}
inline void warning(std::string_view category, Fields fields, std::string_view message) {
  write(Level::warning, category, fields, message);
}
inline void info(std::string_view category, Fields fields, std::string_view message) {
  write(Level::info, category, fields, message);
}
inline void debug(std::string_view category, Fields fields, std::string_view message) {
  write(Level::debug, category, fields, message);
}

} // namespace fanlight::log
