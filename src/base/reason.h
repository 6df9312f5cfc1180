#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fanlight {

/// A text that the source has as a literal.
class Literal {
 public:
  consteval Literal(const char* text) : text_(text) {}
  constexpr const char* text() const { return text_; }

 private:
  const char* text_;
};

/// The code of a sentence; only "name"_reason makes one.
class ReasonCode {
 public:
  constexpr const char* text() const { return text_; }

 private:
  friend consteval ReasonCode operator""_reason(const char* text, std::size_t);
  consteval explicit ReasonCode(const char* text) : text_(text) {}

  const char* text_;
};
consteval ReasonCode operator""_reason(const char* text, std::size_t) { return ReasonCode{text}; }

/// Why something is as it is, for people: a sentence in English, and what a page needs to say the
/// same in the language of its reader: the code of the sentence, and the values in it by name.
///
///     Reason{"no_key_frame"_reason, "no key frame for {seconds} s", {{"seconds", 61}}}
///
/// Nothing else in the server lists the sentences. The languages of the page have them under their
/// codes (web/i18n/reasons.*.json). A test finds every _reason in the source, and fails if a
/// language does not have it (tests/web/reasons.test.js).
struct Reason {
  struct Value {
    Value(Literal of_name, std::string text) : name(of_name.text()), value(std::move(text)) {}
    Value(Literal of_name, std::integral auto number)
        : name(of_name.text()), value(static_cast<std::int64_t>(number)) {}
    Value(Literal of_name, std::vector<Reason> reasons)
        : name(of_name.text()), value(std::move(reasons)) {}
    bool operator==(const Value&) const = default;

    std::string name;
    std::variant<std::string, std::int64_t, std::vector<Reason>> value; ///< Reasons: "a, b, c".
  };

  Reason() = default; ///< Empty: there is no reason.
  /// `sentence` has the values as {name}.
  Reason(ReasonCode code, Literal sentence, std::vector<Value> values_by_name = {});
  bool empty() const { return message.empty(); }
  bool operator==(const Reason&) const = default;

  std::string message;       ///< The sentence with its values.
  std::string id;            ///< Its code; empty: the sentence is only in English.
  std::vector<Value> values; ///< In the order in which the sentence was given them.
};

} // namespace fanlight
