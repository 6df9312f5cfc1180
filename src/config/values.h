#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/reason.h"
#include "config/config.h"

/// Converts the text of one value. Each function returns nothing, or what is wrong and what to
/// write, to follow the value: `"5" has no unit; ...`.
namespace fanlight::config {

Reason read_any(const std::string& text, std::string& out);    ///< One line, may be empty.
Reason read_listen(const std::string& text, std::string& out); ///< host:port.
Reason read_host(const std::string& text, std::string& out);   ///< Name or name:port.
Reason read_origin(const std::string& text, std::string& out); ///< https://host:port, or *.
Reason read_id(const std::string& text, std::string& out);
Reason read_rtsp_url(const std::string& text, std::string& out);
Reason read_ice_url(const std::string& text, std::string& out);
Reason read_address(const std::string& text, std::string& out); ///< IPv4 or IPv6, no name.
Reason read_bool(const std::string& text, bool& out);
Reason read_stream_id(const std::string& text, std::string& out);
Reason read_duration(const std::string& text, std::chrono::milliseconds lowest,
                     std::chrono::milliseconds highest, std::chrono::milliseconds& out);
Reason read_fingerprint(const std::string& text, std::string& out); ///< SHA-256, AA:BB:…
Reason read_file(const std::string& text, std::string& out);        ///< One that can be read.
/// The first line of a file, without its end.
Reason read_first_line(const std::string& path, std::string& out);
Reason read_ports(const std::string& text, std::pair<std::uint16_t, std::uint16_t>& out);
Reason read_number(const std::string& text, std::uint32_t lowest, std::uint32_t highest,
                   std::uint32_t& out);

/// The word nearest to a mistyped one, or empty if none is near.
std::string nearest(const std::string& mistyped, const std::vector<std::string>& words);

/// No word of a choice; `near` is empty, or the one that was meant.
Reason not_a_choice(const std::string& words, const std::string& near);

/// The words of a choice and what they mean, in the order in which diagnostics name them.
template <typename T> using Words = std::span<const std::pair<const char*, T>>;
/// Those of `T`; config/schema.cpp has them.
template <typename T> Words<T> words();

/// What has words: an enum, or an optional one.
template <typename T> inline constexpr bool kIsChoice = std::is_enum_v<T>;
template <typename T> inline constexpr bool kIsChoice<std::optional<T>> = kIsChoice<T>;

/// One of a few words.
template <typename T> Reason read_word(const std::string& text, T& out) {
  std::vector<std::string> names;
  std::string all;
  for (const auto& [name, value] : words<T>()) {
    if (text == name) {
      out = value;
      return {};
    }
    names.emplace_back(name);
    all += (all.empty() ? "" : ", ") + names.back();
  }
  return not_a_choice(all, nearest(text, names));
}

template <typename T> std::string to_word(const T& choice) {
  for (const auto& [name, value] : words<T>())
    if (value == choice) return name;
  return words<T>().front().first;
}

/// A whole number within bounds.
template <std::uint32_t Lowest, std::uint32_t Highest, typename T = std::uint32_t>
Reason read_number(const std::string& text, T& out) {
  std::uint32_t number = out;
  Reason wrong = read_number(text, Lowest, Highest, number);
  out = static_cast<T>(number);
  return wrong;
}

/// A duration within bounds, in ms.
template <int Lowest, int Highest>
Reason read_duration(const std::string& text, std::chrono::milliseconds& out) {
  using std::chrono::milliseconds;
  return read_duration(text, milliseconds{Lowest}, milliseconds{Highest}, out);
}

} // namespace fanlight::config
