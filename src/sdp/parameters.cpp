#include "sdp/parameters.h"

#include <algorithm>

#include "sdp/profile.h"
#include "sdp/sdp_text.h"

namespace fanlight::sdp {
namespace {

std::string value_of(const RtpFormat& format, const char* key) {
  const auto found = format.fmtp.find(key);
  return found == format.fmtp.end() ? std::string() : found->second;
}

/// Builds "a=b;c=d".
class Parameters {
 public:
  void add(std::string_view key, std::string_view value) {
    if (!text_.empty()) text_ += ';';
    text_ += key;
    text_ += '=';
    text_ += value;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// RFC 6184, section 8.2.2: profile and packetization-mode must equal the offer's; with
/// level-asymmetry-allowed, the level may be that of our stream.
std::string h264_parameters(const RtpFormat& offered) {
  Parameters parameters;
  if (value_of(offered, "level-asymmetry-allowed") == "1") {
    parameters.add("level-asymmetry-allowed", "1");
  }
  const std::string mode = value_of(offered, "packetization-mode");
  if (mode == "0" || mode == "1") parameters.add("packetization-mode", mode);
  const std::string profile = value_of(offered, "profile-level-id");
  if (H264Profile::parse(profile)) parameters.add("profile-level-id", profile);
  return parameters.text();
}

/// RFC 7798, section 7.2.2: profile and tier are the offer's, the level is the lower of both.
/// Parameters that the offer omits (Safari: all) stay omitted.
std::string h265_parameters(const Choice& choice) {
  const auto taken = H265Profile::parse(choice.offered.fmtp);
  const auto sent = H265Profile::parse(choice.sent.fmtp);
  if (!taken) return {};
  const auto has = [&](const char* key) { return choice.offered.fmtp.contains(key); };
  Parameters parameters;
  if (has("level-id")) {
    const int level = sent && sent->has_level ? std::min(sent->level, taken->level) : taken->level;
    parameters.add("level-id", std::to_string(level));
  }
  if (has("profile-id")) parameters.add("profile-id", std::to_string(taken->id));
  if (has("tier-flag")) parameters.add("tier-flag", std::to_string(taken->tier));
  if (has("tx-mode")) parameters.add("tx-mode", "SRST");
  return parameters.text();
}

/// The offer's parameters, if they are valid, and for Opus whether our sound is stereo.
std::string other_parameters(const Choice& choice) {
  Parameters parameters;
  for (const auto& [key, value] : choice.offered.fmtp) {
    if (sdp::is_token(key, 64) && sdp::is_token(value, 64) && key != "sprop-stereo") {
      parameters.add(key, value);
    }
  }
  if (choice.sent.encoding == "OPUS" && value_of(choice.sent, "sprop-stereo") == "1") {
    parameters.add("sprop-stereo", "1");
  }
  return parameters.text();
}

} // namespace

std::string answered_parameters(const Choice& choice) {
  if (choice.offered.encoding == "H264") return h264_parameters(choice.offered);
  if (choice.offered.encoding == "H265") return h265_parameters(choice);
  return other_parameters(choice);
}

} // namespace fanlight::sdp
