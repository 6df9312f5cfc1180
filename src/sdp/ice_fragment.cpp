#include "sdp/ice_fragment.h"

#include <algorithm>
#include <cstddef>

namespace fanlight::sdp {

namespace {

constexpr const char* kEnd = "\r\n";
constexpr std::size_t kMaxCandidateSize = 1024;
constexpr std::size_t kMaxMidSize = 255;

Error invalid(std::size_t line, const std::string& what) {
  return {Errc::invalid,
          "reading the trickle fragment: line " + std::to_string(line) + ": " + what};
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

/// RFC 8839, section 5.4. '-', '_' and '=' are not ICE characters, but some players use them.
bool is_ice_text(std::string_view text, std::size_t min) {
  return text.size() >= min && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
         });
}

/// "FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS PORT typ TYPE ..." (RFC 8839, section 5.1).
bool is_candidate(std::string_view text) {
  constexpr std::size_t kLeast = 8;
  if (text.size() > kMaxCandidateSize) return false;
  std::size_t words = 0;
  while (!(text = trim(text)).empty()) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    if (!is_visible(text.substr(0, end))) return false;
    if (++words == 7 && text.substr(0, end) != "typ") return false;
    text.remove_prefix(end);
  }
  return words >= kLeast;
}

class Reader {
 public:
  Result<IceFragment> read(std::string_view text) {
    if (text.size() > IceFragment::kMaxSize) {
      return Error{Errc::invalid, "reading the trickle fragment: more than " +
                                      std::to_string(IceFragment::kMaxSize) + " bytes"};
    }
    while (!text.empty()) {
      const auto end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      line = trim(line);
      if (line.empty()) continue;
      if (line.size() < 2 || line[1] != '=') return invalid(line_, "it is not x=value");
      if (line[0] == 'm') begin_media();
      if (line[0] != 'a') continue;
      if (auto done = read_attribute(trim(line.substr(2))); !done) return done.error();
    }
    return std::move(fragment_);
  }

 private:
  void begin_media() {
    ++media_;
    has_mid_ = false;
    mid_.clear();
    first_of_media_ = fragment_.candidates.size();
  }

  Result<Done> read_attribute(std::string_view attribute) {
    const auto colon = std::min(attribute.find(':'), attribute.size());
    const std::string_view key = trim(attribute.substr(0, colon));
    const std::string_view value = trim(attribute.substr(std::min(colon + 1, attribute.size())));
    if (key == "ice-ufrag") {
      if (!is_ice_text(value, 4)) return invalid(line_, "ice-ufrag is not 4 to 256 ICE characters");
      if (fragment_.ufrag.empty()) fragment_.ufrag = value;
    } else if (key == "ice-pwd") {
      if (!is_ice_text(value, 22)) return invalid(line_, "ice-pwd is not 22 to 256 ICE characters");
      if (fragment_.pwd.empty()) fragment_.pwd = value;
    } else if (key == "mid") {
      return read_mid(value);
    } else if (key == "candidate") {
      return read_candidate(value);
    } else if (key == "end-of-candidates") {
      fragment_.end_of_candidates = true;
    }
    return Done{};
  }

  Result<Done> read_mid(std::string_view value) {
    if (value.empty() || value.size() > kMaxMidSize || !is_visible(value)) {
      return invalid(line_, "a=mid is not a token");
    }
    // A second mid without an m-line in between: some players omit the pseudo m-line.
    if (has_mid_ || media_ == 0) begin_media();
    has_mid_ = true;
    mid_ = value;
    for (std::size_t i = first_of_media_; i < fragment_.candidates.size(); ++i) {
      fragment_.candidates[i].mid = mid_;
    }
    return Done{};
  }

  Result<Done> read_candidate(std::string_view value) {
    if (value.empty()) { // Browsers report the end of candidates to scripts like this.
      fragment_.end_of_candidates = true;
      return Done{};
    }
    if (!is_candidate(value)) {
      return invalid(line_, "a=candidate is not 'FOUNDATION COMPONENT TRANSPORT PRIORITY ADDRESS "
                            "PORT typ TYPE'");
    }
    if (fragment_.candidates.size() == IceFragment::kMaxCandidates) {
      return invalid(line_,
                     "more than " + std::to_string(IceFragment::kMaxCandidates) + " candidates");
    }
    fragment_.candidates.push_back(
        {mid_, media_ == 0 ? 0 : media_ - 1, "candidate:" + std::string(value)});
    return Done{};
  }

  IceFragment fragment_;
  std::size_t line_ = 0;
  unsigned media_ = 0; // How many media have begun.
  bool has_mid_ = false;
  std::string mid_;
  std::size_t first_of_media_ = 0; // Index of the first candidate of the current media.
};

} // namespace

Result<IceFragment> IceFragment::parse(std::string_view text) { return Reader().read(text); }

std::string IceFragment::to_string() const {
  std::string text;
  if (!ufrag.empty()) text += "a=ice-ufrag:" + ufrag + kEnd;
  if (!pwd.empty()) text += "a=ice-pwd:" + pwd + kEnd;
  if (candidates.empty() && end_of_candidates) text += std::string("a=end-of-candidates") + kEnd;
  std::vector<std::string> mids;
  for (const auto& candidate : candidates) {
    if (std::find(mids.begin(), mids.end(), candidate.mid) == mids.end()) {
      mids.push_back(candidate.mid);
    }
  }
  for (const auto& mid : mids) {
    // RFC 8840, section 9: a pseudo m-line, whatever the media is.
    text += std::string("m=audio 9 RTP/AVP 0") + kEnd;
    if (!mid.empty()) text += "a=mid:" + mid + kEnd;
    for (const auto& candidate : candidates) {
      if (candidate.mid == mid) text += "a=" + candidate.candidate + kEnd;
    }
    if (end_of_candidates) text += std::string("a=end-of-candidates") + kEnd;
  }
  return text;
}

} // namespace fanlight::sdp
