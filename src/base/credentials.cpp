#include "base/credentials.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include <glib.h>

namespace fanlight {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kStars = "***";
/// The quote of a property in a drawing of a pipeline: user-pw=\"x\".
constexpr std::string_view kQuote = "\\\"";

bool is_space(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_scheme_char(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}
bool is_base64(char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '/' || c == '='; }

/// A text that counts how often its characters are read, to bound the work in tests.
class Text {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  std::size_t size() const { return text_.size(); }
  std::size_t looks() const { return looks_; }
  char operator[](std::size_t at) {
    ++looks_;
    return text_[at];
  }
  /// Whether `lower` is at this place, in upper or lower case.
  bool says(std::size_t at, std::string_view lower) {
    if (size() - at < lower.size()) return false;
    for (const char c : lower)
      if (std::tolower(static_cast<unsigned char>((*this)[at++])) != c) return false;
    return true;
  }
  /// The first place from `from` on that satisfies `is`, or `to`.
  template <typename Is> std::size_t find_if(std::size_t from, std::size_t to, Is is) {
    while (from < to && !is((*this)[from])) ++from;
    return from;
  }
  std::size_t find(char wanted, std::size_t from, std::size_t to) {
    const std::size_t at = std::min(text_.substr(0, to).find(wanted, from), to);
    looks_ += at - from;
    return at;
  }
  std::size_t find_any(std::string_view wanted, std::size_t from, std::size_t to) {
    return find_if(from, to, [wanted](char c) { return wanted.find(c) != npos; });
  }
  /// The last place of `wanted` between `from` and `to`, or npos.
  std::size_t find_last(char wanted, std::size_t from, std::size_t to) {
    while (to > from)
      if ((*this)[--to] == wanted) return to;
    return npos;
  }
  std::string_view piece(std::size_t from, std::size_t to) {
    looks_ += to - from;
    return text_.substr(from, to - from);
  }

 private:
  const std::string_view text_;
  std::size_t looks_ = 0;
};

/// Finds the next place of something. If every question starts further on than the one before, each
/// character is read only once, however many questions there are.
class Next {
 public:
  template <typename Find> std::size_t from(std::size_t from, Find find) {
    if (!known_ || *known_ < from) known_ = find(from);
    return *known_;
  }

 private:
  std::optional<std::size_t> known_;
};

/// Hides the credentials of URLs, from left to right. Looks behind a URL only through `Next`.
class Urls {
 public:
  Urls(std::string_view text, Behind behind) : text_(text), behind_(behind) {
    out_.reserve(text.size());
  }

  Stripped strip() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t near = before_colon(at);
      out_ += text_.piece(at, near);
      at = near;
      if (at == text_.size()) break;
      const std::size_t begin = after_scheme(at);
      if (begin == npos) {
        out_ += text_[at++];
        continue;
      }
      out_ += text_.piece(at, begin);
      const std::size_t end = end_of(begin);
      strip_url(begin, end);
      at = end;
    }
    return {std::move(out_), text_.looks()};
  }

 private:
  /// The first place from `at` on where a scheme can begin; skips texts without a colon quickly.
  std::size_t before_colon(std::size_t at) {
    constexpr std::size_t kLongest = 5; // Of the known schemes.
    const std::size_t colon =
        colon_.from(at, [this](auto from) { return text_.find(':', from, text_.size()); });
    return colon == text_.size() ? colon : std::max(at, colon - std::min(colon, kLongest));
  }

  /// Length of a scheme and its colon, or 0. Only schemes for media or signalling are known.
  std::size_t known_scheme(std::size_t at) {
    for (const std::string_view scheme : {"rtsp:", "rtsps:", "http:", "https:", "ws:", "wss:",
                                          "turn:", "turns:", "stun:", "stuns:"})
      if (text_.says(at, scheme)) return scheme.size();
    return 0;
  }

  /// Where the user, password or host of a URL begins if its scheme ends at `at`, else npos. Every
  /// scheme with slashes counts. Known schemes count without slashes too: STUN and TURN have none
  /// (RFC 7064, RFC 7065), and in a mistyped URL they may be missing.
  std::size_t after_scheme(std::size_t at) {
    if (text_.says(at, "://")) return at + 3;
    if (at > 0 && is_scheme_char(text_[at - 1])) return npos;
    const std::size_t scheme = known_scheme(at);
    return scheme == 0 || text_.says(at + scheme, "//") ? npos : at + scheme;
  }

  /// Where the next URL starts. Only known schemes count, so that a password such as "a://b" does
  /// not split its own URL.
  std::size_t next_url(std::size_t from) {
    return next_url_.from(from, [this](std::size_t at) {
      for (; at < text_.size(); ++at) {
        if (is_scheme_char(text_[at - 1])) continue;
        const std::size_t scheme = known_scheme(at);
        if (scheme != 0 && text_.says(at + scheme, "//")) break;
      }
      return at;
    });
  }

  /// Where a URL ends whose user, password or host begins at `begin`: at the first white space that
  /// is not in its password.
  std::size_t end_of(std::size_t begin) {
    const std::size_t limit = next_url(begin);
    const std::size_t end = text_.find_if(begin, limit, is_space);
    if (text_.find('@', begin, end) < end || !cut_in_password(begin, end)) return end;
    const std::size_t line = std::min(
        limit, new_line_.from(end, [&](auto at) { return text_.find('\n', at, text_.size()); }));
    const std::size_t sign =
        sign_.from(end, [&](auto at) { return text_.find('@', at, text_.size()); });
    if (sign < line) return text_.find_if(sign, limit, is_space);
    return behind_ == Behind::more && line == text_.size() ? line : end;
  }

  /// True for "user:secret" instead of "host:554": the password contains white space.
  bool cut_in_password(std::size_t begin, std::size_t end) {
    const std::size_t colon = text_.find(':', begin, end);
    if (colon == end || text_[begin] == '[') return false;
    const std::size_t stop = text_.find_any("/?#,;)'\"", begin, end);
    const std::size_t port_end = stop < colon ? end : stop;
    return text_.find_if(colon + 1, port_end, [](char c) { return !is_digit(c); }) < port_end;
  }

  /// True if a host and port without user and password can only be an address: [IPv6] or IPv4, with
  /// or without a port.
  bool is_address(std::size_t begin, std::size_t end) {
    if (begin < end && text_[begin] == '[') return text_.find(']', begin, end) < end;
    int dots = 0;
    const std::size_t stop = text_.find_if(begin, end, [&dots](char c) {
      dots += c == '.' ? 1 : 0;
      return !is_digit(c) && c != '.' && c != ':';
    });
    return stop == end && dots == 3;
  }

  /// Where the '@' is that ends user and password, or npos. People write passwords unescaped, with
  /// '@', '/', '?' and '#' in them, so the last '@' ends them. If a colon may start a port or a
  /// password, it counts as a password: it is better to hide a part of a harmless URL than to show
  /// a secret.
  std::size_t sign_of(std::size_t begin, std::size_t end) {
    const std::size_t last = text_.find_last('@', begin, end);
    if (last == npos) return npos;
    const std::size_t authority = text_.find_any("/?#", begin, end);
    if (text_.find('@', begin, authority) < authority) return last;
    return is_address(begin, authority) || text_.find(':', begin, end) > last ? npos : last;
  }

  void strip_url(std::size_t begin, std::size_t end) {
    // If the URL was cut, the end of its password is unknown.
    if (behind_ == Behind::more && end == text_.size()) {
      out_ += kStars;
      return;
    }
    const std::size_t sign = sign_of(begin, end);
    if (sign != npos) out_ += kStars;
    hide_parameters(sign != npos ? sign : begin, end);
  }

  /// Hides the values of parameters by which cameras take their password: ?password=x, &pwd=x, and
  /// /user=admin_password=x_channel=1.
  void hide_parameters(std::size_t at, std::size_t end) {
    constexpr std::array<std::string_view, 8> kNames{
        "password=", "passwd=", "passwort=", "pass=", "pwd=", "pw=", "token=", "secret="};
    while (at < end) {
      const auto* name = std::find_if(kNames.begin(), kNames.end(), [&](std::string_view wanted) {
        return wanted.size() <= end - at && text_.says(at, wanted);
      });
      if (name == kNames.end()) {
        out_ += text_[at++];
        continue;
      }
      out_ += text_.piece(at, at + name->size());
      at += name->size();
      at = quote_at(at, end) ? hide_quoted(at, end) : hide_value(at, end);
    }
  }

  bool quote_at(std::size_t at, std::size_t end) {
    return end - at >= kQuote.size() && text_.says(at, kQuote);
  }

  /// Returns the position of the closing quote.
  std::size_t hide_quoted(std::size_t at, std::size_t end) {
    const std::size_t begin = at += kQuote.size();
    while (at < end && !quote_at(at, end)) ++at;
    out_ += kQuote;
    if (at > begin || at == end) out_ += kStars;
    return at;
  }

  /// Returns where the value ends.
  std::size_t hide_value(std::size_t at, std::size_t end) {
    const std::size_t begin = at;
    for (; at < end; ++at) {
      const char c = text_[at];
      if (std::string_view("&;/?#\"'<>").find(c) != npos) break;
      // In a drawing the next property follows in a line of its own.
      if (c == '\\' && end - at > 1 && (text_[at + 1] == 'n' || text_[at + 1] == '"')) break;
      if (c != '_') continue;
      // "_channel=" begins the next parameter where the parameters are joined by underscores.
      const std::size_t word = text_.find_if(at + 1, end, [](char d) { return !is_alpha(d); });
      if (word > at + 1 && word < end && text_[word] == '=') break;
    }
    if (at > begin) out_ += kStars;
    return at;
  }

  Text text_;
  const Behind behind_;
  Next colon_;
  Next next_url_;
  Next new_line_;
  Next sign_;
  std::string out_;
};

/// Whether it is user and password in base64 (RFC 7617).
bool is_login(std::string_view base64) {
  gsize size = 0;
  guchar* plain = g_base64_decode(std::string(base64).c_str(), &size);
  const bool login = std::find(plain, plain + size, ':') != plain + size;
  g_free(plain);
  return login;
}

/// Hides what an HTTP or RTSP header says by "Basic".
Stripped strip_basic(std::string_view plain, Behind behind) {
  constexpr std::string_view kBasic = "basic ";
  Text text(plain);
  std::string out;
  out.reserve(plain.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = text.find(' ', at, text.size());
    const std::size_t begin = std::min(space + 1, text.size());
    out += text.piece(at, begin);
    if (begin - at < kBasic.size() || !text.says(begin - kBasic.size(), kBasic)) {
      at = begin;
      continue;
    }
    at = text.find_if(begin, text.size(), [](char c) { return !is_base64(c); });
    const std::string_view said = text.piece(begin, at);
    const bool cut = behind == Behind::more && at == text.size() && !said.empty();
    if (cut || is_login(said))
      out += kStars;
    else
      at = begin; // It may itself end in "basic ".
  }
  return {std::move(out), text.looks()};
}

} // namespace

Stripped strip_counted(std::string_view text, Behind behind) {
  const Stripped urls = Urls(text, behind).strip();
  Stripped all = strip_basic(urls.text, behind);
  all.looks += urls.looks;
  return all;
}

std::string strip_credentials(std::string_view text, Behind behind) {
  return strip_counted(text, behind).text;
}

} // namespace fanlight
