#include "rtsp/login.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <glib.h>

namespace fanlight::rtsp {
namespace {

/// Frees `text`.
std::string take_string(char* text) {
  std::string out{text};
  g_free(text);
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(g_ascii_tolower(c)); });
  return text;
}

bool is_token_char(char c) {
  return g_ascii_isalnum(c) != 0 ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string::npos;
}

/// Reads a header from left to right.
class Scanner {
 public:
  explicit Scanner(const std::string& text) : text_(text) {}
  bool end() const { return at_ >= text_.size(); }
  char peek() const { return end() ? '\0' : text_[at_]; }
  void skip(const char* what) { at_ = std::min(text_.find_first_not_of(what, at_), text_.size()); }
  std::string token() {
    const std::size_t begin = at_;
    while (!end() && is_token_char(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  /// A token, a quoted string without its quotes and escapes, or what cameras write instead.
  std::string value() {
    std::string out;
    if (peek() != '"') {
      const std::size_t stop = std::min(text_.find_first_of(", \t", at_), text_.size());
      out = text_.substr(at_, stop - at_);
      at_ = stop;
      return out;
    }
    for (++at_; !end() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    ++at_;
    return out;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

std::string hash(GChecksumType type, const std::string& text) {
  return take_string(
      g_compute_checksum_for_string(type, text.data(), static_cast<gssize>(text.size())));
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string parameter(const Challenge& challenge, const std::string& name) {
  const auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string{} : found->second;
}

/// Whether `qop` contains "auth". Without `qop`, RFC 2069 applies.
bool offers_auth(const std::string& qop) {
  Scanner scanner{qop};
  while (!scanner.end()) {
    scanner.skip(", \t");
    const std::string one = scanner.token();
    if (lower(one) == "auth") return true;
    if (one.empty()) break;
  }
  return false;
}

/// The greater the better; 0: we cannot answer it.
int strength(const Challenge& challenge) {
  if (challenge.scheme == "basic") return 1;
  if (challenge.scheme != "digest" || parameter(challenge, "nonce").empty()) return 0;
  const std::string qop = parameter(challenge, "qop");
  if (!qop.empty() && !offers_auth(qop)) return 0;
  const std::string algorithm = lower(parameter(challenge, "algorithm"));
  if (algorithm.empty() || algorithm == "md5" || algorithm == "md5-sess") return 2;
  if (algorithm == "sha-256" || algorithm == "sha-256-sess") return 3;
  return 0;
}

} // namespace

std::vector<Challenge> parse_challenges(const std::string& header) {
  std::vector<Challenge> challenges;
  Scanner scanner{header};
  while (!scanner.end()) {
    scanner.skip(" \t,");
    std::string word = scanner.token();
    if (word.empty()) break;
    scanner.skip(" \t");
    if (!scanner.take('=')) {
      challenges.push_back({lower(word), {}});
      continue;
    }
    scanner.skip(" \t");
    std::string value = scanner.value();
    if (!challenges.empty())
      challenges.back().parameters.emplace(lower(std::move(word)), std::move(value));
  }
  return challenges;
}

Login::Login(std::string username, std::string password, std::string client_nonce)
    : username_(std::move(username)), password_(std::move(password)),
      fixed_client_nonce_(std::move(client_nonce)) {}

Login::Verdict Login::on_challenges(const std::vector<Challenge>& challenges) {
  const auto best = std::max_element(
      challenges.begin(), challenges.end(),
      [](const Challenge& a, const Challenge& b) { return strength(a) < strength(b); });
  if (best == challenges.end() || strength(*best) == 0) return Verdict::unsupported;
  if (username_.empty()) return Verdict::missing;
  // In a session, another nonce or a stale one only means that the old one has expired (RFC 7616,
  // section 3.3). A camera that calls every nonce stale does not get a third answer.
  const bool new_nonce = parameter(*best, "nonce") != parameter(challenge_, "nonce");
  const bool stale = lower(parameter(*best, "stale")) == "true" || accepted_;
  const bool again = best->scheme == "digest" && new_nonce && stale && tries_ < 2;
  if (tries_ > 0 && !again) return Verdict::refused;
  challenge_ = *best;
  ++tries_;
  accepted_ = false;
  count_ = 0;
  client_nonce_ =
      fixed_client_nonce_.empty() ? take_string(g_uuid_string_random()) : fixed_client_nonce_;
  return Verdict::answered;
}

void Login::accept() {
  if (challenge_.scheme.empty()) return;
  accepted_ = true;
  // The camera accepted the password: from now on it can only object to the nonce, once at a time.
  tries_ = 1;
}

void Login::move() {
  challenge_ = {};
  tries_ = 0;
  accepted_ = false;
}

std::string Login::authorization(const std::string& method, const std::string& uri) {
  if (challenge_.scheme.empty()) return {};
  if (challenge_.scheme == "digest") return digest(method, uri);
  const std::string both = username_ + ":" + password_;
  return "Basic " +
         take_string(g_base64_encode(reinterpret_cast<const guchar*>(both.data()), both.size()));
}

std::string Login::digest(const std::string& method, const std::string& uri) {
  const std::string algorithm = parameter(challenge_, "algorithm");
  const std::string name = lower(algorithm);
  const GChecksumType type = name.starts_with("sha-256") ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5;
  const std::string realm = parameter(challenge_, "realm");
  const std::string nonce = parameter(challenge_, "nonce");
  const bool with_count = !parameter(challenge_, "qop").empty();
  const bool session = name.ends_with("-sess");
  char count[9];
  std::snprintf(count, sizeof count, "%08x", ++count_);

  std::string secret = hash(type, username_ + ":" + realm + ":" + password_);
  if (session) secret = hash(type, secret + ":" + nonce + ":" + client_nonce_);
  const std::string counted = with_count ? std::string{count} + ":" + client_nonce_ + ":auth:" : "";
  const std::string response =
      hash(type, secret + ":" + nonce + ":" + counted + hash(type, method + ":" + uri));

  std::string header = "Digest username=" + quoted(username_) + ", realm=" + quoted(realm) +
                       ", nonce=" + quoted(nonce) + ", uri=" + quoted(uri) + ", response=\"" +
                       response + "\"";
  if (!algorithm.empty()) header += ", algorithm=" + algorithm;
  if (const std::string opaque = parameter(challenge_, "opaque"); !opaque.empty())
    header += ", opaque=" + quoted(opaque);
  if (with_count) header += ", qop=auth, nc=" + std::string{count};
  if (with_count || session) header += ", cnonce=" + quoted(client_nonce_);
  return header;
}

} // namespace fanlight::rtsp
