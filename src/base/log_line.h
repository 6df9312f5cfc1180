#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"

/// Formats an event: pure functions, any thread. They replace credentials in URLs, escape control
/// characters and cut long texts, so that whatever cameras and viewers send stays one line of
/// bounded length.
namespace fanlight::log {

/// How many bytes of a field's value and of a message are written; for the rest, only the number
/// is.
struct Caps {
  std::size_t field;
  std::size_t message;
};
constexpr Caps kShort{256, 1024};
/// For errors and lines about the configuration, which strangers cannot cause and an operator needs
/// completely, and for the output of GST_DEBUG.
constexpr Caps kLong{4096, 16384};

struct Event {
  std::chrono::system_clock::time_point time;
  Level level;
  std::string_view category;
  std::span<const Field> fields;
  std::string_view message;
  Caps caps = kShort;
};

const char* to_string(Level level);

/// Local time, ISO 8601 with milliseconds and zone: 2026-01-31T23:59:59.123+01:00.
std::string iso_time(std::chrono::system_clock::time_point time);

/// `session camera=front session=ab12 message` without time and level, which the journal
/// keeps itself. Values with spaces or quotes are quoted.
std::string plain_line(const Event& event);
/// Time, level and plain_line().
std::string text_line(const Event& event);
/// One JSON object: time, level, category, the fields, message. A field named like one of those
/// gets a trailing underscore.
std::string json_line(const Event& event);

/// Upper case, [A-Z0-9_] only, as the journal requires for field names: FANLIGHT_CAMERA.
std::string journal_name(std::string_view key);

/// At most `max` bytes of a text, in whole characters, without credentials, and how many bytes were
/// left out. Cuts before it strips credentials, so that the work is bounded.
std::string bounded(std::string_view text, std::size_t max);

/// A field's value or a message, bounded and without control characters, not quoted.
std::string plain_value(std::string_view value, std::size_t max);

/// Printable, valid UTF-8 of one line: control characters as \n, \t, \x1b; broken UTF-8 byte by
/// byte as \xff.
std::string escaped(std::string_view text);

} // namespace fanlight::log
