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

/// Sets level and format, and directs GStreamer's debug log to the same writer. Call it first
/// before any threads exist, later only from main.
void configure(Level level, Format format);

/// Where in the code a line is written. Each place has its own rate limit, because strangers can
/// cause some lines (log_limit.h).
struct Place {
  std::string_view file;
  unsigned line;
  static constexpr Place here(const char* file = __builtin_FILE(),
                              unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

/// One line per event. Any thread. `category` is the part of the program: "camera", "session",
/// "http", "config", "app". Long texts are cut (log_line.h). Lines that come too often from one
/// place are counted, and one line every ten seconds reports the number.
void write(Level level, std::string_view category, Fields fields, std::string_view message,
           Place place);
/// Reports the lines left out until now. Any thread.
void sum_up();

inline void error(std::string_view category, Fields fields, std::string_view message,
                  Place place = Place::here()) {
  write(Level::error, category, fields, message, place);
}
inline void warning(std::string_view category, Fields fields, std::string_view message,
                    Place place = Place::here()) {
  write(Level::warning, category, fields, message, place);
}
inline void info(std::string_view category, Fields fields, std::string_view message,
                 Place place = Place::here()) {
  write(Level::info, category, fields, message, place);
}
inline void debug(std::string_view category, Fields fields, std::string_view message,
                  Place place = Place::here()) {
  write(Level::debug, category, fields, message, place);
}

} // namespace fanlight::log
