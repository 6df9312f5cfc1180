#include "webrtcfanout/sdp/offer_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "webrtcfanout/sdp/sdp_text.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kMaxLine = 16 * 1024;
constexpr std::size_t kMaxToken = 64;
constexpr std::size_t kMaxMid = 255;
constexpr std::size_t kMaxUri = 256;

bool is_digits(std::string_view text, std::size_t max_size) {
  return !text.empty() && text.size() <= max_size &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_ice_text(std::string_view text, std::size_t min) {
  return text.size() >= min && text.size() <= 256 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           // The last three are not of the RFC's alphabet, but of some players'.
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '/' || c == '-' || c == '_' || c == '=';
         });
}

OfferText::Fingerprint read_fingerprint(std::string_view value) {
  static constexpr std::array<std::pair<std::string_view, std::size_t>, 5> kHashes{
      {{"sha-1", 20}, {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}}};
  const auto parts = sdp::words(value, 3);
  if (parts.size() != 2) return {};
  const std::string name = sdp::lower(parts[0]);
  const std::string digits = sdp::upper(parts[1]);
  const auto hash = std::find_if(kHashes.begin(), kHashes.end(),
                                 [&](const auto& known) { return known.first == name; });
  if (hash == kHashes.end() || digits.size() != hash->second * 3 - 1) return {};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::string_view allowed = i % 3 == 2 ? ":" : "0123456789ABCDEF";
    if (allowed.find(digits[i]) == std::string_view::npos) return {};
  }
  return {hash->second, name + " " + digits};
}

/// Reads line after line; each method handles one kind of line and returns its error.
class Reader {
 public:
  std::optional<OfferText> read(std::string_view text, std::string& why);

 private:
  using Fault = std::string; ///< Empty: none.

  Fault read_line(const sdp::Line& line);
  Fault begin_media(std::string_view value);
  Fault read_attribute(std::string_view line);
  bool read_shared(std::string_view key, std::string_view value, OfferText::Attributes& attributes,
                   Fault& fault);
  Fault read_media_attribute(OfferText::Media& draft, std::string_view key, std::string_view value);
  Fault read_rtpmap(OfferText::Media& draft, std::string_view value);
  void read_feedback(OfferText::Media& draft, std::string_view value);

  OfferText offer_;
};

std::optional<OfferText> Reader::read(std::string_view text, std::string& why) {
  if (text.size() > Offer::kMaxSize) {
    why = std::to_string(text.size()) + " bytes; the limit is " + std::to_string(Offer::kMaxSize);
    return std::nullopt;
  }
  if (!text.starts_with("v=0")) {
    why = "an SDP offer begins with v=0, this begins with '" + sdp::excerpt(text) + "'";
    return std::nullopt;
  }
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (const Fault fault = read_line(sdp::take_line(text)); !fault.empty()) {
      why = "line " + std::to_string(number) + ": " + fault;
      return std::nullopt;
    }
  }
  return std::move(offer_);
}

Reader::Fault Reader::read_line(const sdp::Line& line) {
  if (line.type == 0 && line.value.empty()) return {};
  if (line.type == 0) return "'" + sdp::excerpt(line.value) + "' is not x=value";
  if (line.value.size() > kMaxLine)
    return "longer than " + std::to_string(kMaxLine) + " characters";
  const auto is_control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(line.value.begin(), line.value.end(), is_control))
    return "contains a control character";
  if (line.type == 'o') {
    const auto parts = sdp::words(line.value, 3);
    if (parts.size() == 3 && is_digits(parts[1], 20) && is_digits(parts[2], 20)) {
      offer_.session_id = parts[1];
      offer_.session_version = parts[2];
    }
  }
  if (line.type == 'm') return begin_media(line.value);
  if (line.type != 'a') return {};
  if (sdp::is_plain(line.value)) return read_attribute(line.value);
  // Text that is not ASCII is a label for people and is not used, except where a token is required.
  if (line.value.starts_with("mid:") || line.value.starts_with("group:"))
    return "a mid is not a token of visible ASCII characters (RFC 5888, section 4)";
  return {};
}

Reader::Fault Reader::begin_media(std::string_view value) {
  if (offer_.media.size() == Offer::kMaxMedia)
    return "more than " + std::to_string(Offer::kMaxMedia) + " m-lines";
  const auto parts = sdp::words(value, 3 + Offer::kMaxFormats + 1);
  if (parts.size() > 3 + Offer::kMaxFormats)
    return "more than " + std::to_string(Offer::kMaxFormats) + " formats; RTP has no more";
  const auto is_token = [](std::string_view part) { return sdp::is_token(part, kMaxToken); };
  if (parts.size() < 4 || !std::all_of(parts.begin(), parts.end(), is_token))
    return "'m=" + sdp::excerpt(value) +
           "' is not 'm=video PORT UDP/TLS/RTP/SAVPF PAYLOAD-TYPE...'";
  const auto port = sdp::number(sdp::cut(parts[1], '/').first, 65535);
  if (!port) return "'" + sdp::excerpt(parts[1]) + "' is not a port";
  OfferText::Media& draft = offer_.media.emplace_back();
  draft.port = *port;
  draft.media.type = parts[0];
  draft.media.protocol = parts[2];
  draft.media.formats.assign(parts.begin() + 3, parts.end());
  draft.is_rtp = parts[0] == "audio" || parts[0] == "video";
  if (!draft.is_rtp) return {};
  for (const std::string& format : draft.media.formats) {
    const auto type = sdp::number(format, 127);
    if (!type) return "'" + sdp::excerpt(format) + "' is not a payload type (0-127)";
    if (draft.find(format)) return "payload type " + std::to_string(*type) + " occurs twice";
    draft.media.payloads.emplace_back().type = *type;
  }
  return {};
}

Reader::Fault Reader::read_attribute(std::string_view line) {
  const auto [key, value] = sdp::cut(line, ':');
  Fault fault;
  if (read_shared(key, value, offer_.media.empty() ? offer_.session : offer_.media.back().own,
                  fault))
    return fault;
  if (!offer_.media.empty()) return read_media_attribute(offer_.media.back(), key, value);
  if (key == "ice-lite")
    return "a=ice-lite, like webrtcfanout itself, so neither would start ICE: the viewer must be a "
           "full ICE agent";
  if (key == "group") {
    const auto parts = sdp::words(value, Offer::kMaxMedia + 2);
    if (parts.empty() || parts[0] != "BUNDLE") return {};
    if (!offer_.bundle.empty())
      return "a second BUNDLE group; webrtcfanout uses one transport for all media";
    if (parts.size() > Offer::kMaxMedia + 1) return "too many media in the group";
    for (std::size_t i = 1; i < parts.size(); ++i)
      if (!sdp::is_token(parts[i], kMaxMid)) return "a mid of the group is not a token";
    offer_.bundle.assign(parts.begin() + 1, parts.end());
  }
  return {};
}

/// Whether the key is one of those of either level.
bool Reader::read_shared(std::string_view key, std::string_view value,
                         OfferText::Attributes& attributes, Fault& fault) {
  if (key == "ice-ufrag") {
    if (!is_ice_ufrag(value)) fault = "a=ice-ufrag is not 4 to 256 ICE characters";
    if (!attributes.ufrag.empty()) fault = "a second a=ice-ufrag";
    attributes.ufrag = value;
  } else if (key == "ice-pwd") {
    if (!is_ice_pwd(value)) fault = "a=ice-pwd is not 22 to 256 ICE characters";
    if (!attributes.pwd.empty()) fault = "a second a=ice-pwd";
    attributes.pwd = value;
  } else if (key == "fingerprint") {
    // An unknown hash beside a known one is allowed.
    auto fingerprint = read_fingerprint(value);
    if (fingerprint.bytes > attributes.fingerprint.bytes)
      attributes.fingerprint = std::move(fingerprint);
  } else if (key == "setup") {
    if (!sdp::is_token(value, kMaxToken)) fault = "a=setup has no value; use actpass";
    attributes.setup = value;
  } else if (key == "sendrecv" || key == "sendonly" || key == "recvonly" || key == "inactive") {
    attributes.direction = key;
  } else if (key == "extmap") {
    const auto parts = sdp::words(value, 2);
    if (parts.size() < 2) return true;
    const auto [id_text, direction] = sdp::cut(parts[0], '/');
    const auto id = sdp::number(id_text, 14);
    if (!id || *id == 0 || !sdp::is_token(parts[1], kMaxUri) || !receives(direction)) return true;
    add(attributes.extensions, {*id, std::string(parts[1]), direction == "recvonly"});
  } else {
    return false;
  }
  return true;
}

Reader::Fault Reader::read_media_attribute(OfferText::Media& draft, std::string_view key,
                                           std::string_view value) {
  if (key == "mid") {
    if (!sdp::is_token(value, kMaxMid)) return "a=mid is not a token";
    draft.media.mid = value;
  } else if (key == "rtcp-mux") {
    draft.rtcp_mux = true;
  } else if (key == "rtcp-rsize") {
    draft.media.rtcp_rsize = true;
  } else if (key == "rtcp-xr") {
    draft.media.receiver_rtt = value.find("rcvr-rtt=") != std::string_view::npos;
  } else if (key == "bundle-only") {
    draft.bundle_only = true;
  } else if (key == "rtpmap") {
    return read_rtpmap(draft, value);
  } else if (key == "fmtp") {
    const auto [type, parameters] = sdp::cut(value, ' ');
    if (Offer::Payload* const payload = draft.find(type)) payload->fmtp = parameters;
  } else if (key == "rtcp-fb") {
    read_feedback(draft, value);
  }
  return {};
}

Reader::Fault Reader::read_rtpmap(OfferText::Media& draft, std::string_view value) {
  const auto [type, mapping] = sdp::cut(value, ' ');
  Offer::Payload* const payload = draft.find(type);
  if (!payload || !payload->encoding.empty()) return {};
  const auto [encoding, rates] = sdp::cut(mapping, '/');
  const auto [rate_text, channels_text] = sdp::cut(rates, '/');
  const int rate = sdp::number(rate_text, 1'000'000'000).value_or(0);
  const int channels = channels_text.empty() ? 1 : sdp::number(channels_text, 255).value_or(0);
  if (!sdp::is_token(encoding, kMaxToken) || rate == 0 || channels == 0)
    return "'a=rtpmap:" + sdp::excerpt(value) + "' is not 'a=rtpmap:TYPE ENCODING/CLOCK-RATE'";
  payload->encoding = sdp::upper(encoding);
  payload->clock_rate = rate;
  payload->channels = channels;
  return {};
}

void Reader::read_feedback(OfferText::Media& draft, std::string_view value) {
  const auto parts = sdp::words(value, 4);
  if (parts.size() < 2 || parts.size() > 3) return;
  const std::string_view parameter = parts.size() == 3 ? parts[2] : std::string_view{};
  const auto is = [&](std::string_view type, std::string_view of) {
    return parts[1] == type && parameter == of;
  };
  const Offer::Payload* const only = draft.find(parts[0]);
  for (Offer::Payload& payload : draft.media.payloads) {
    if (&payload != only && parts[0] != "*") continue;
    payload.nack |= is("nack", "");
    payload.pli |= is("nack", "pli");
    payload.fir |= is("ccm", "fir");
    payload.remb |= is("goog-remb", "");
    payload.transport_cc |= is("transport-cc", "");
  }
}

} // namespace

bool receives(std::string_view direction) {
  return direction.empty() || direction == "sendrecv" || direction == "recvonly";
}

void add(std::vector<Offer::Extension>& extensions, Offer::Extension extension) {
  const auto same = [&](const auto& e) { return e.uri == extension.uri || e.id == extension.id; };
  if (std::none_of(extensions.begin(), extensions.end(), same))
    extensions.push_back(std::move(extension));
}

bool is_ice_ufrag(std::string_view text) { return is_ice_text(text, 4); }

bool is_ice_pwd(std::string_view text) { return is_ice_text(text, 22); }

std::string fingerprint_of(std::string_view value) { return read_fingerprint(value).text; }

Offer::Payload* OfferText::Media::find(std::string_view payload_type) {
  const auto number = sdp::number(payload_type, 127);
  auto& all = media.payloads;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& p) { return number && p.type == *number; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<OfferText> OfferText::read(std::string_view text, std::string& why) {
  return Reader().read(text, why);
}

} // namespace fanlight::fanout
