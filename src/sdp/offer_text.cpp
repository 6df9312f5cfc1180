#include "sdp/offer_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

using sdp::Line;

constexpr std::size_t kMaxLine = 16 * 1024;
constexpr std::size_t kMaxParameters = 64;   // Of one payload type.
constexpr std::size_t kMaxFeedback = 32;     // Of one payload type.
constexpr std::size_t kMaxFeedbackSize = 64; // Characters; "*" applies it to every payload type.
constexpr std::size_t kMaxExtensions = 64;   // Per media, compared with those of the session.
constexpr std::size_t kMaxCandidates = 256;  // Of one media.

Error invalid(const std::string& what) {
  return {Errc::invalid,
          Reason{"offer_malformed"_reason, "reading the offer: {problem}", {{"problem", what}}}};
}

Error invalid(const Line& line, const std::string& what) {
  return invalid("line " + std::to_string(line.number) + ": " + what);
}

std::optional<Offer::Direction> direction_from(std::string_view key) {
  using enum Offer::Direction;
  for (const auto direction : {sendrecv, sendonly, recvonly, inactive}) {
    if (key == to_string(direction)) return direction;
  }
  return {};
}

/// RFC 8839, section 5.4: 4 to 256 characters for ice-ufrag, 22 to 256 for ice-pwd.
bool is_ice_text(std::string_view text, std::size_t min) {
  return text.size() >= min && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/' ||
                  // Not in the RFC's alphabet, but some players use them.
                  c == '-' || c == '_' || c == '=';
         });
}

/// 0: unknown hash (RFC 8122); otherwise, the greater the stronger.
int fingerprint_strength(std::string_view fingerprint) {
  struct Hash {
    std::string_view name;
    std::size_t bytes;
  };
  static constexpr std::array<Hash, 5> kHashes{
      {{"sha-1", 20}, {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}}};
  const auto parts = sdp::words(fingerprint);
  if (parts.size() != 2) return 0;
  for (std::size_t i = 0; i < kHashes.size(); ++i) {
    if (!sdp::equals_ignoring_case(parts[0], kHashes[i].name)) continue;
    const std::string_view hex = parts[1];
    if (hex.size() != kHashes[i].bytes * 3 - 1) return 0;
    for (std::size_t j = 0; j < hex.size(); ++j) {
      const bool good = j % 3 == 2 ? hex[j] == ':'
                                   : std::string_view("0123456789abcdefABCDEF").find(hex[j]) !=
                                         std::string_view::npos;
      if (!good) return 0;
    }
    return static_cast<int>(i) + 1;
  }
  return 0;
}

/// The format of a static payload type without rtpmap (RFC 3551).
RtpFormat static_format(int type) {
  switch (type) {
  case 0: return {"PCMU", 8000, 1, {}};
  case 8: return {"PCMA", 8000, 1, {}};
  case 9: return {"G722", 8000, 1, {}};
  case 13: return {"CN", 8000, 1, {}};
  default: return {};
  }
}

bool plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c >= 0x20 || c == '\t') && c < 0x7f; });
}

/// Reads lines into an Offer; each method handles one kind of line.
class Reader {
 public:
  Result<OfferText> read(std::string_view text);

 private:
  Result<Done> read_line(const Line& line);
  Result<Done> begin_media(const Line& line);
  Result<Done> read_attribute(const Line& line);
  /// Whether the key is one of those that may stand on session or media level.
  Result<bool> read_shared(const Line& line, const sdp::Attribute& attribute,
                           SharedAttributes& shared);
  Result<Done> read_media_attribute(const Line& line, const sdp::Attribute& attribute);
  Result<Done> read_rtpmap(const Line& line, std::string_view value);
  void read_fmtp(std::string_view value);
  void read_feedback(std::string_view value);
  void finish_media();
  Offer::Payload* payload(std::string_view type);

  OfferText text_;
  Offer& offer_ = text_.offer;
};

Result<OfferText> Reader::read(std::string_view text) {
  if (text.size() > Offer::kMaxSize) {
    return invalid("it has " + std::to_string(text.size()) + " bytes; the limit is " +
                   std::to_string(Offer::kMaxSize));
  }
  const auto lines = sdp::lines(text);
  if (lines.empty()) return invalid("it is empty; send an SDP offer");
  if (lines[0].type != 'v' || lines[0].value != "0") {
    return invalid(lines[0], "SDP begins with v=0, this begins with '" + sdp::excerpt(text) + "'");
  }
  for (const auto& line : lines) {
    if (line.type == 0) return invalid(line, "'" + sdp::excerpt(line.value) + "' is not x=value");
    if (line.value.size() > kMaxLine) {
      return invalid(line, "longer than " + std::to_string(kMaxLine) + " characters");
    }
    const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
    if (std::any_of(line.value.begin(), line.value.end(), is_control)) {
      return invalid(line, "contains a control character");
    }
    if (auto done = read_line(line); !done) return done.error();
  }
  finish_media();
  return std::move(text_);
}

Result<Done> Reader::read_line(const Line& line) {
  switch (line.type) {
  case 'o': {
    const auto parts = sdp::words(line.value);
    const auto is_id = [](std::string_view text) {
      return text.size() <= 20 && !text.empty() &&
             text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (parts.size() > 2 && is_id(parts[1]) && is_id(parts[2])) {
      offer_.session_id = parts[1];
      offer_.session_version = parts[2];
    }
    return Done{};
  }
  case 'm': return begin_media(line);
  case 'a':
    if (plain_ascii(line.value)) return read_attribute(line);
    // Text that is not ASCII is a label for people; the server does not use it, except where a
    // token is required.
    if (line.value.starts_with("mid:") || line.value.starts_with("group:"))
      return invalid(line,
                     "a mid is not a token of visible ASCII characters (RFC 5888, section 4)");
    return Done{};
  default: return Done{};
  }
}

Result<Done> Reader::begin_media(const Line& line) {
  finish_media();
  if (offer_.media.size() == Offer::kMaxMedia) {
    return invalid(line, "more than " + std::to_string(Offer::kMaxMedia) + " m-lines");
  }
  const auto parts = sdp::words(line.value);
  if (parts.size() < 4 || !plain_ascii(line.value)) {
    return invalid(line, "'m=" + sdp::excerpt(line.value) +
                             "' is not 'm=video PORT UDP/TLS/RTP/SAVPF PAYLOAD-TYPE...'");
  }
  Offer::Media media;
  media.type = parts[0];
  if (parts[0] == "video") media.kind = Offer::Kind::video;
  if (parts[0] == "audio") media.kind = Offer::Kind::audio;
  const auto port = sdp::number(sdp::cut(parts[1], '/').first, 65535);
  if (!port) return invalid(line, "'" + sdp::excerpt(parts[1]) + "' is not a port");
  media.port = static_cast<int>(*port);
  media.protocol = parts[2];
  if (parts.size() - 3 > Offer::kMaxPayloads) {
    return invalid(line, std::to_string(parts.size() - 3) + " payload types; RTP has at most " +
                             std::to_string(Offer::kMaxPayloads));
  }
  for (std::size_t i = 3; i < parts.size(); ++i) {
    media.formats.emplace_back(parts[i]);
    if (media.kind == Offer::Kind::other) continue;
    const auto type = sdp::number(parts[i], 127);
    if (!type) {
      return invalid(line, "'" + sdp::excerpt(parts[i]) + "' is not a payload type (0-127)");
    }
    if (media.find(static_cast<int>(*type))) {
      return invalid(line, "payload type " + std::to_string(*type) + " occurs twice");
    }
    media.payloads.emplace_back().type = static_cast<int>(*type);
  }
  offer_.media.push_back(std::move(media));
  text_.media.emplace_back();
  return Done{};
}

Result<Done> Reader::read_attribute(const Line& line) {
  const auto attribute = sdp::attribute(line.value);
  auto known =
      read_shared(line, attribute, text_.media.empty() ? text_.session : text_.media.back());
  if (!known) return known.error();
  if (*known) return Done{};
  if (!offer_.media.empty()) return read_media_attribute(line, attribute);
  if (attribute.key == "ice-lite") {
    return invalid(line, "a=ice-lite: the server does not start connectivity checks either; the "
                         "viewer must be a full ICE agent");
  }
  if (attribute.key == "group") {
    const auto parts = sdp::words(attribute.value);
    if (parts.empty() || parts[0] != "BUNDLE") return Done{};
    if (!offer_.bundle.empty())
      return invalid(line, "a second BUNDLE group; the server supports one");
    if (parts.size() - 1 > Offer::kMaxMedia) return invalid(line, "too many media in the group");
    offer_.bundle.assign(parts.begin() + 1, parts.end());
  }
  return Done{};
}

Result<bool> Reader::read_shared(const Line& line, const sdp::Attribute& attribute,
                                 SharedAttributes& shared) {
  const auto& [key, value] = attribute;
  // An ICE restart replaces these: if the server accepted several, the offer would grow each time.
  if (key == "ice-ufrag") {
    if (!shared.ufrag.empty()) return invalid(line, "a second a=ice-ufrag");
    if (!is_ice_text(value, 4)) return invalid(line, "ice-ufrag is not 4 to 256 ICE characters");
    shared.ufrag = value;
  } else if (key == "ice-pwd") {
    if (!shared.pwd.empty()) return invalid(line, "a second a=ice-pwd");
    if (!is_ice_text(value, 22)) return invalid(line, "ice-pwd is not 22 to 256 ICE characters");
    shared.pwd = value;
  } else if (key == "fingerprint") {
    // An unknown hash beside a known one is allowed.
    if (fingerprint_strength(value) > fingerprint_strength(shared.fingerprint)) {
      shared.fingerprint = value;
    }
  } else if (key == "setup") {
    if (value != "actpass" && value != "active" && value != "passive") {
      return invalid(line, "a=setup:" + sdp::excerpt(value) + "; an offer needs a=setup:actpass");
    }
    shared.setup = value;
  } else if (key == "extmap") {
    const auto parts = sdp::words(value);
    if (parts.size() < 2) return true;
    const auto [id_text, direction_text] = sdp::cut(parts[0], '/');
    // Ids from 4096 are only placeholders in offers (RFC 8285, section 7).
    const auto id = sdp::number(id_text, 255);
    if (!id || *id == 0 || !sdp::is_token(parts[1], 256)) return true;
    if (shared.extensions.size() == kMaxExtensions) return invalid(line, "too many a=extmap");
    shared.extensions.push_back(
        {static_cast<int>(*id), std::string(parts[1]),
         direction_from(direction_text).value_or(Offer::Direction::sendrecv)});
  } else if (const auto direction = direction_from(key)) {
    shared.direction = direction;
  } else {
    return false;
  }
  return true;
}

Result<Done> Reader::read_media_attribute(const Line& line, const sdp::Attribute& attribute) {
  const auto& [key, value] = attribute;
  Offer::Media& media = offer_.media.back();
  if (key == "mid") {
    if (!sdp::is_token(value, 255)) return invalid(line, "a=mid is not a token");
    media.mid = value;
  } else if (key == "rtcp-mux") {
    media.rtcp_mux = true;
  } else if (key == "rtcp-rsize") {
    media.rtcp_rsize = true;
  } else if (key == "rtcp-xr") {
    media.receiver_rtt = value.find("rcvr-rtt=") != std::string_view::npos;
  } else if (key == "bundle-only") {
    media.bundle_only = true;
  } else if (key == "rtpmap") {
    return read_rtpmap(line, value);
  } else if (key == "fmtp") {
    read_fmtp(value);
  } else if (key == "rtcp-fb") {
    read_feedback(value);
  } else if (key == "candidate") {
    if (media.candidates.size() == kMaxCandidates) return invalid(line, "too many candidates");
    media.candidates.push_back("candidate:" + sdp::join(sdp::words(value)));
  }
  return Done{};
}

Offer::Payload* Reader::payload(std::string_view type) {
  const auto number = sdp::number(type, 127);
  if (!number) return nullptr;
  for (auto& payload : offer_.media.back().payloads) {
    if (payload.type == static_cast<int>(*number)) return &payload;
  }
  return nullptr;
}

Result<Done> Reader::read_rtpmap(const Line& line, std::string_view value) {
  const auto [type, mapping] = sdp::cut(value, ' ');
  Offer::Payload* const entry = payload(type);
  if (!entry || !entry->format.encoding.empty()) return Done{};
  const auto [encoding, rates] = sdp::cut(mapping, '/');
  const auto [rate_text, channels_text] = sdp::cut(rates, '/');
  const auto rate = sdp::number(rate_text, 1'000'000'000);
  const auto channels = channels_text.empty() ? 1u : sdp::number(channels_text, 255).value_or(0);
  if (!sdp::is_token(encoding, 64) || !rate || *rate == 0 || channels == 0) {
    return invalid(line, "'a=rtpmap:" + sdp::excerpt(value) +
                             "' is not 'a=rtpmap:TYPE ENCODING/CLOCK-RATE'");
  }
  entry->format.encoding = sdp::upper(encoding);
  entry->format.clock_rate = static_cast<int>(*rate);
  entry->format.channels = static_cast<int>(channels);
  return Done{};
}

void Reader::read_fmtp(std::string_view value) {
  auto [type, parameters] = sdp::cut(value, ' ');
  Offer::Payload* const entry = payload(type);
  if (!entry) return;
  while (!parameters.empty() && entry->format.fmtp.size() < kMaxParameters) {
    const auto [parameter, rest] = sdp::cut(parameters, ';');
    parameters = rest;
    const auto [key, setting] = sdp::cut(parameter, '=');
    if (!key.empty()) entry->format.fmtp.emplace(sdp::lower(key), setting);
  }
}

void Reader::read_feedback(std::string_view value) {
  auto parts = sdp::words(value);
  if (parts.size() < 2) return;
  const std::string_view type = parts[0];
  parts.erase(parts.begin());
  const std::string feedback = sdp::join(parts);
  if (feedback.size() > kMaxFeedbackSize) return;
  const auto add = [&](Offer::Payload& entry) {
    if (entry.feedback.size() < kMaxFeedback && !entry.has_feedback(feedback)) {
      entry.feedback.push_back(feedback);
    }
  };
  if (type == "*") {
    for (auto& entry : offer_.media.back().payloads) add(entry);
  } else if (Offer::Payload* const entry = payload(type)) {
    add(*entry);
  }
}

void Reader::finish_media() {
  if (offer_.media.empty()) return;
  Offer::Media& media = offer_.media.back();
  for (auto& payload : media.payloads) {
    if (payload.format.encoding.empty()) {
      auto fmtp = std::move(payload.format.fmtp);
      payload.format = static_format(payload.type);
      payload.format.fmtp = std::move(fmtp);
    }
  }
  for (const auto& rtx : media.payloads) {
    if (rtx.format.encoding != "RTX") continue;
    const auto apt = rtx.format.fmtp.find("apt");
    if (apt == rtx.format.fmtp.end()) continue;
    Offer::Payload* const primary = payload(apt->second);
    if (primary && primary->format.encoding != "RTX" && !primary->rtx) primary->rtx = rtx.type;
  }
}

} // namespace

Result<OfferText> OfferText::read(std::string_view text) { return Reader().read(text); }

} // namespace fanlight::sdp
