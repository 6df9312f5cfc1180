#include "http/json_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include <glib.h>

namespace fanlight::http::json {
namespace {

/// Scans a text once by the grammar of RFC 8259. Each step returns false after an error.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {}

  std::optional<SyntaxError> run() {
    if (encoding() && document()) return {};
    return error_;
  }

 private:
  /// An object or a list that is not closed yet.
  struct Open {
    char close = '}';
    std::size_t first_key = 0; ///< Index of its first name in keys_.
  };

  bool fail(const char* why) { return fail(why, at_); }
  bool fail(const char* why, std::size_t byte) {
    error_ = {byte, why};
    return false;
  }
  /// 0 at the end; the text contains no NUL.
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool encoding() {
    if (text_.size() > Bounds::kBytes) return fail("the text is too large", Bounds::kBytes);
    const char* end = nullptr;
    if (g_utf8_validate_len(text_.data(), text_.size(), &end)) return true;
    return fail("the text is not UTF-8, or contains NUL",
                static_cast<std::size_t>(end - text_.data()));
  }

  bool document() {
    do {
      space();
      if (!value()) return false;
      if (!ends()) return false;
    } while (depth_ > 0);
    space();
    return at_ == text_.size() || fail("unexpected text after the value");
  }

  /// A complete value, or the beginning of an object or a list up to its first value.
  bool value() {
    entered_ = false;
    if (++values_ > Bounds::kValues) return fail("there are too many values");
    switch (peek()) {
    case '{': return enter('}');
    case '[': return enter(']');
    case '"': return string(nullptr);
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: break;
    }
    if (peek() == '-' || g_ascii_isdigit(peek())) return number();
    return fail("expected a value");
  }

  bool enter(char close) {
    if (depth_ == Bounds::kDepth) return fail("objects and lists are nested too deeply");
    ++at_;
    open_[depth_++] = {close, keys_.size()};
    space();
    if (peek() == close) return true; // ends() takes it.
    entered_ = true;
    return close == ']' || key();
  }

  /// After a value: closes the objects and lists that end here, and moves to the next value.
  bool ends() {
    if (entered_) return true;
    while (depth_ > 0) {
      space();
      const Open& open = open_[depth_ - 1];
      if (take(open.close)) {
        keys_.resize(open.first_key);
        --depth_;
      } else if (take(',')) {
        space();
        return open.close == ']' || key();
      } else {
        return fail(open.close == '}' ? "expected a comma or }" : "expected a comma or ]");
      }
    }
    return true;
  }

  /// The name of a member and its colon.
  bool key() {
    const std::size_t begin = at_;
    if (peek() != '"') return fail("expected the name of a member, in double quotes");
    std::string name;
    if (!string(&name)) return false;
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(open_[depth_ - 1].first_key);
    if (std::find(first, keys_.end(), name) != keys_.end())
      return fail("the object has two members of this name", begin);
    if (keys_.end() - first == Bounds::kMembers) return fail("the object has too many members");
    keys_.push_back(std::move(name));
    space();
    if (!take(':')) return fail("expected a colon");
    return true;
  }

  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return fail("expected a value");
    at_ += expected.size();
    return true;
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (g_ascii_isdigit(peek())) ++at_;
    return at_ - begin;
  }

  bool number() {
    const std::size_t begin = at_;
    bool whole = true;
    take('-');
    if (!take('0') && digits() == 0) return fail("expected a digit");
    if (g_ascii_isdigit(peek())) return fail("a number must not begin with 0");
    if (take('.')) {
      whole = false;
      if (digits() == 0) return fail("expected a digit");
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      if (digits() == 0) return fail("expected a digit");
    }
    const std::string_view number = text_.substr(begin, at_ - begin);
    if (number.size() > Bounds::kNumber) return fail("the number is too long", begin);
    std::int64_t integer = 0;
    const bool fits =
        whole ? std::from_chars(number.data(), number.data() + number.size(), integer).ec ==
                    std::errc{}
              : std::isfinite(g_ascii_strtod(std::string{number}.c_str(), nullptr));
    return fits || fail("the number is too large", begin);
  }

  /// `decoded`, if set, gets the text without quotes and escapes, up to a limited length.
  bool string(std::string* decoded) {
    const std::size_t begin = at_++;
    while (peek() != '"') {
      if (at_ == text_.size()) return fail("the string that begins here has no end", begin);
      if (static_cast<unsigned char>(peek()) < ' ')
        return fail("a control character in a string must be escaped");
      const std::size_t from = at_;
      std::uint32_t character = 0;
      if (peek() == '\\') {
        if (!escape(character)) return false;
      } else {
        ++at_;
      }
      if (decoded == nullptr) continue;
      if (decoded->size() >= Bounds::kKey) return fail("the name of a member is too long", begin);
      if (character == 0)
        *decoded += text_[from];
      else
        append(*decoded, character);
    }
    ++at_;
    return true;
  }

  static void append(std::string& text, std::uint32_t character) {
    std::array<char, 6> utf8{};
    const int size = g_unichar_to_utf8(character, utf8.data());
    text.append(utf8.data(), static_cast<std::size_t>(size));
  }

  bool escape(std::uint32_t& character) {
    const std::size_t begin = at_++;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
    if (const auto found = kNames.find(peek()); at_ < text_.size() && found != kNames.npos) {
      character = static_cast<unsigned char>(kMeaning[found]);
      ++at_;
      return true;
    }
    if (!hexadecimal(character)) return fail("this escape is unknown", begin);
    if (character == 0) return fail("NUL is not allowed", begin);
    constexpr std::uint32_t kHigh = 0xd800;
    constexpr std::uint32_t kLow = 0xdc00;
    constexpr std::uint32_t kEnd = 0xe000;
    if (character < kHigh || character >= kEnd) return true;
    std::uint32_t low = 0;
    if (character >= kLow || !take('\\') || !hexadecimal(low) || low < kLow || low >= kEnd)
      return fail("this surrogate has no pair", begin);
    character = 0x10000 + ((character - kHigh) << 10U) + (low - kLow);
    return true;
  }

  /// Four hexadecimal digits after `u`.
  bool hexadecimal(std::uint32_t& character) {
    constexpr std::size_t kDigits = 4;
    if (!take('u')) return false;
    for (std::size_t i = 0; i < kDigits; ++i, ++at_) {
      if (!g_ascii_isxdigit(peek())) return false;
      character = character * 16 + static_cast<std::uint32_t>(g_ascii_xdigit_value(peek()));
    }
    return true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::array<Open, Bounds::kDepth> open_;
  std::size_t depth_ = 0;
  bool entered_ = false; ///< The last value begins an object or a list that is not empty.
  std::size_t values_ = 0;
  std::vector<std::string> keys_; ///< Of all open objects.
  SyntaxError error_;
};

} // namespace

std::optional<SyntaxError> check(std::string_view text) { return Scan{text}.run(); }

} // namespace fanlight::http::json
