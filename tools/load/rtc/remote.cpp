#include "load/rtc/remote.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace fanlight::load {
namespace {

std::optional<std::string_view> after(std::string_view line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return {};
  return line.substr(prefix.size());
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

template <typename Number> std::optional<Number> number(std::string_view text) {
  Number value{};
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc{}) return {};
  return value;
}

bool same_word(std::string_view one, std::string_view other) {
  return std::equal(
      one.begin(), one.end(), other.begin(), other.end(),
      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// foundation component transport priority address port "typ" type ... (RFC 8839, section 5.1).
std::optional<Remote::Candidate> read_candidate(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() < 8 || words[1] != "1") return {};
  Remote::Candidate candidate;
  candidate.tcp = same_word(words[2], "tcp");
  if (!candidate.tcp && !same_word(words[2], "udp")) return {};
  if (candidate.tcp) {
    const auto kind = std::find(words.begin() + 8, words.end(), "tcptype");
    if (kind == words.end() || kind + 1 == words.end() || *(kind + 1) != "passive") return {};
  }
  const auto port = number<std::uint16_t>(words[5]);
  const auto address = Address::parse(std::string(words[4]), port.value_or(0));
  if (!address || !port) return {};
  candidate.address = *address;
  candidate.priority = number<std::uint32_t>(words[3]).value_or(0);
  return candidate;
}

/// Reads SDP line by line; ignores the attributes of rejected media.
class Reader {
 public:
  void line(std::string_view text) {
    if (const auto media = after(text, "m=")) return on_media(*media);
    if (skip_) return;
    if (text == "a=inactive" || text == "a=recvonly") forget_media();
    if (text == "a=ice-lite") remote.ice_lite = true;
    if (const auto value = after(text, "a=ice-ufrag:")) keep_first(remote.ice.ufrag, *value);
    if (const auto value = after(text, "a=ice-pwd:")) keep_first(remote.ice.password, *value);
    if (const auto value = after(text, "a=fingerprint:");
        value && value->size() > 8 && same_word(value->substr(0, 8), "sha-256 "))
      keep_first(remote.fingerprint, *value);
    if (const auto value = after(text, "a=setup:")) remote.dtls_active = *value == "active";
    if (const auto value = after(text, "a=candidate:"))
      if (const auto candidate = read_candidate(*value)) add(*candidate);
    if (const auto value = after(text, "a=rtpmap:")) on_format(*value);
    if (kind_ != "video") return;
    if (const auto value = after(text, "a=rtcp-fb:"); value && value->ends_with(" nack"))
      remote.nack = true;
    if (const auto value = after(text, "a=ssrc:"); value && remote.ssrc == 0)
      remote.ssrc = number<std::uint32_t>(*value).value_or(0);
    // RTX of the second SSRC repairs the first one.
    if (const auto value = after(text, "a=ssrc-group:FID "))
      remote.ssrc = number<std::uint32_t>(*value).value_or(0);
  }

  Remote remote;

 private:
  static void keep_first(std::string& kept, std::string_view value) {
    if (kept.empty()) kept = value;
  }

  /// Bundled media may repeat the same candidates.
  void add(const Remote::Candidate& candidate) {
    for (const auto& known : remote.candidates)
      if (known.tcp == candidate.tcp && known.address == candidate.address) return;
    remote.candidates.push_back(candidate);
  }

  void on_media(std::string_view media) {
    const auto words = words_of(media);
    kind_ = words.empty() ? "" : std::string(words[0]);
    skip_ = words.size() < 4 || words[1] == "0";
    if (skip_ || kind_ != "audio") return;
    // Static types need no rtpmap.
    for (auto type = words.begin() + 3; type != words.end(); ++type)
      if (const auto value = number<unsigned>(*type); value && *value < 128) {
        remote.audio.set(*value);
        if (type == words.begin() + 3 && *value < 96) remote.audio_rate = 8000;
      }
  }

  void on_format(std::string_view text) {
    const auto type = number<unsigned>(text);
    const auto words = words_of(text);
    if (!type || *type > 127 || words.size() < 2) return;
    const std::string_view encoding = words[1].substr(0, words[1].find('/'));
    if (kind_ != "video") return;
    if (same_word(encoding, "rtx")) remote.rtx.set(*type);
    const bool h265 = same_word(encoding, "H265");
    if (!h265 && !same_word(encoding, "H264")) return;
    if (remote.video.none())
      remote.codec = h265 ? config::VideoCodec::h265 : config::VideoCodec::h264;
    remote.video.set(*type);
  }

  void forget_media() {
    if (kind_ == "video") remote.video.reset();
    if (kind_ == "audio") remote.audio.reset();
    skip_ = !kind_.empty();
  }

  std::string kind_;
  bool skip_ = false;
};

} // namespace

Result<Remote> read_remote(const std::string& sdp) {
  Reader reader;
  std::string_view rest = sdp;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    reader.line(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  Remote remote = std::move(reader.remote);
  if (remote.ice.ufrag.empty() || remote.ice.password.empty())
    return Error{Errc::invalid, "the server's SDP has no ICE credentials"};
  if (remote.video.none()) return Error{Errc::invalid, "the server's SDP has no H.264 or H.265"};
  std::stable_sort(remote.candidates.begin(), remote.candidates.end(),
                   [](const auto& a, const auto& b) { return a.priority > b.priority; });
  return remote;
}

} // namespace fanlight::load
