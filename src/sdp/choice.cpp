#include "sdp/choice.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sdp/profile.h"
#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

/// How well one payload type of the offer matches one format; less is better.
struct Match {
  int cost = 0;
  Reason reason;
};

constexpr int kInclusive = 100;        // A profile that includes the camera's profile.
constexpr int kOtherProfile = 1000;    // A profile that formally does not include it.
constexpr int kSingleNalUnits = 10000; // packetization-mode 0.

std::string value_of(const RtpFormat& format, const char* key) {
  const auto found = format.fmtp.find(key);
  return found == format.fmtp.end() ? std::string() : found->second;
}

std::optional<H264Profile> h264_profile(const RtpFormat& format) {
  return H264Profile::parse(value_of(format, "profile-level-id"));
}

/// Why a viewer's profile suits; `distance` is 0 if both are the same.
Reason compatible(const std::string& sent, const std::string& taken, int distance) {
  if (distance == 0) return {"profile_same"_reason, "both {profile}", {{"profile", sent}}};
  return {"profile_included"_reason,
          "the viewer's {profile} includes the camera's {sent}",
          {{"profile", taken}, {"sent", sent}}};
}

Match match_h264(const RtpFormat& camera, const RtpFormat& offered) {
  Match match;
  const auto sent = h264_profile(camera);
  // Without profile-level-id, an offer means Baseline (RFC 6184, section 8.1).
  const auto taken = h264_profile(offered).value_or(H264Profile{H264Profile::Name::baseline, 10});
  const std::string name = to_string(taken.name);
  if (!sent || sent->name == H264Profile::Name::unknown) {
    match.reason = {"profile_unknown"_reason,
                    "the camera does not name its profile, the viewer supports {profile}",
                    {{"profile", name}}};
  } else if (const auto distance = sent->distance_to(taken)) {
    match.cost = *distance == 0 ? 0 : kInclusive + *distance;
    match.reason = compatible(to_string(sent->name), name, *distance);
  } else {
    // Of the profiles that are too small, the largest is the closest to the stream.
    const int shortfall =
        taken.distance_to(*sent).value_or(static_cast<int>(H264Profile::Name::unknown));
    match.cost = kOtherProfile + shortfall;
    match.reason = {"profile_too_small"_reason,
                    "the camera sends {sent}, the viewer offers only {profile}; in practice "
                    "browsers decode it anyway",
                    {{"sent", to_string(sent->name)}, {"profile", name}}};
  }
  if (value_of(offered, "packetization-mode") != "1") {
    match.cost += kSingleNalUnits;
    match.reason = {"packetization_mode_0"_reason,
                    "{match}; the viewer offers only packetization-mode 0, but gets fragmented NAL "
                    "units",
                    {{"match", {match.reason}}}};
  }
  return match;
}

std::optional<Match> match_h265(const RtpFormat& camera, const RtpFormat& offered) {
  const auto sent = H265Profile::parse(camera.fmtp);
  const auto taken = H265Profile::parse(offered.fmtp);
  if (!sent || !taken) return {};
  const auto distance = sent->distance_to(*taken);
  if (!distance) return {};
  return Match{*distance == 0 ? 0 : kInclusive + *distance,
               compatible(sent->name(), taken->name(), *distance)};
}

std::optional<Match> match_formats(const RtpFormat& camera, const RtpFormat& offered) {
  if (camera.encoding != offered.encoding) return {};
  if (camera.clock_rate != 0 && camera.clock_rate != offered.clock_rate) return {};
  if (camera.encoding == "H264") return match_h264(camera, offered);
  if (camera.encoding == "H265") return match_h265(camera, offered);
  // Opus is always written as /48000/2, whatever it contains (RFC 7587, section 7).
  if (camera.encoding != "OPUS" && camera.channels != offered.channels) return {};
  return Match{0, {"codec_supported"_reason, "the viewer supports it"}};
}

/// Payload types without media of their own: retransmission, redundancy, comfort noise, keys.
bool is_auxiliary(const RtpFormat& format) {
  static constexpr std::array<std::string_view, 8> kAuxiliary{
      "", "RTX", "RED", "ULPFEC", "FLEXFEC-03", "FLEXFEC", "CN", "TELEPHONE-EVENT"};
  return std::find(kAuxiliary.begin(), kAuxiliary.end(), format.encoding) != kAuxiliary.end();
}

/// "VP8, AV1, H264 (42e01f, 42001f)": each encoding once, in the order of the offer.
std::string list_taken(const std::vector<Offer::Payload>& payloads) {
  constexpr std::size_t kMaxNamed = 8;
  struct Codec {
    std::string encoding;
    std::vector<std::string> variants;
  };
  std::vector<Codec> codecs;
  for (const auto& payload : payloads) {
    if (is_auxiliary(payload.format)) continue;
    const std::string& encoding = payload.format.encoding;
    auto codec = std::find_if(codecs.begin(), codecs.end(),
                              [&](const Codec& c) { return c.encoding == encoding; });
    if (codec == codecs.end()) codec = codecs.insert(codecs.end(), Codec{encoding, {}});
    std::string variant;
    if (encoding == "H264") variant = value_of(payload.format, "profile-level-id");
    if (encoding == "H265") {
      const auto profile = H265Profile::parse(payload.format.fmtp);
      variant = profile ? profile->name() : "no readable profile";
      if (profile && !profile->single_stream) variant += ", several streams";
    }
    if (!variant.empty() && std::find(codec->variants.begin(), codec->variants.end(), variant) ==
                                codec->variants.end()) {
      codec->variants.push_back(variant);
    }
  }
  const auto join = [](const auto& list, auto&& name) {
    std::string text;
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) text += ", ";
      if (i == kMaxNamed) return text + "...";
      text += name(list[i]);
    }
    return text;
  };
  if (codecs.empty()) return "nothing";
  return join(codecs, [&](const Codec& codec) {
    std::string text = sdp::excerpt(codec.encoding);
    if (codec.variants.empty()) return text;
    return text + " (" + join(codec.variants, [](const auto& v) { return sdp::excerpt(v); }) + ")";
  });
}

std::string list_sent(std::span<const RtpFormat> formats) {
  std::string text;
  for (const auto& format : formats) {
    if (!text.empty()) text += " and ";
    text += describe(format);
  }
  return text.empty() ? "nothing" : text;
}

} // namespace

std::string describe(const RtpFormat& format) {
  std::string detail;
  if (format.encoding == "H264") {
    if (const auto profile = h264_profile(format)) {
      detail = std::string(to_string(profile->name)) + ", level " + level_to_string(profile->level);
    }
  } else if (format.encoding == "H265" && !format.fmtp.empty()) {
    if (const auto profile = H265Profile::parse(format.fmtp)) {
      detail = profile->name();
      if (profile->has_level) detail += ", level " + level_to_string(profile->level / 3);
    }
  }
  const std::string encoding = sdp::excerpt(format.encoding);
  return detail.empty() ? encoding : encoding + " (" + detail + ")";
}

Result<Choice> choose(const Offer::Media& media, std::span<const RtpFormat> formats) {
  if (!media.receives()) {
    return Error{
        Errc::unsupported,
        Reason{"not_receiving"_reason,
               "the viewer does not receive on its {media} (a={direction})",
               {{"media", sdp::excerpt(media.type)},
                {"direction", media.rejected ? "rejected, port 0" : to_string(media.direction)}}}};
  }
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const Offer::Payload* best = nullptr;
    Match best_match;
    for (const auto& payload : media.payloads) {
      if (is_auxiliary(payload.format)) continue;
      auto match = match_formats(formats[i], payload.format);
      if (!match || (best && best_match.cost <= match->cost)) continue;
      best = &payload;
      best_match = std::move(*match);
    }
    if (!best) continue;
    Reason reason{
        "codec_chosen"_reason,
        "{format} as payload type {type}: {match}",
        {{"format", describe(formats[i])}, {"type", best->type}, {"match", {best_match.reason}}}};
    if (i > 0)
      reason = {"codec_chosen_instead"_reason,
                "{choice}; the viewer does not support {others}",
                {{"choice", {reason}}, {"others", list_sent(formats.first(i))}}};
    return Choice{best->type, best->rtx, i, formats[i], best->format, std::move(reason), {}};
  }
  return Error{Errc::unsupported,
               Reason{"codecs_differ"_reason,
                      "the camera sends {sent}; the viewer supports {taken}",
                      {{"sent", list_sent(formats)}, {"taken", list_taken(media.payloads)}}}};
}

} // namespace fanlight::sdp
