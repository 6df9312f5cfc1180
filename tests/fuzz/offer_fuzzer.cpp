#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "sdp/answer.h"
#include "sdp/candidate.h"

namespace {

using namespace fanlight;
using namespace fanlight::sdp;

void require(bool condition) {
  if (!condition) std::abort();
}

const std::vector<RtpFormat>& video_formats() {
  static const std::vector<RtpFormat> formats{
      {"H265", 90000, 1, {{"profile-id", "1"}, {"tier-flag", "0"}, {"level-id", "120"}}},
      {"H264", 90000, 1, {{"profile-level-id", "640028"}}}};
  return formats;
}

const std::vector<RtpFormat>& audio_formats() {
  static const std::vector<RtpFormat> formats{
      {"OPUS", 48000, 2, {{"sprop-stereo", "1"}}}, {"PCMU", 8000, 1, {}}, {"PCMA", 8000, 1, {}}};
  return formats;
}

/// A transport's answer that takes all media as they are offered.
std::string as_answer(const Offer& reduced) {
  std::string text = "v=0\r\n";
  for (const Offer::Media& media : reduced.media) {
    require(media.receives() && !media.payloads.empty());
    text += "m=" + media.type + " 9 " + media.protocol + " " + media.formats[0] +
            "\r\na=mid:" + media.mid + "\r\na=ice-ufrag:" + media.transport.ice_ufrag +
            "\r\na=ice-pwd:" + media.transport.ice_pwd +
            "\r\na=fingerprint:" + media.transport.fingerprint +
            "\r\na=setup:" + media.transport.setup + "\r\na=sendonly\r\n";
    for (const auto& candidate : media.candidates) text += "a=" + candidate + "\r\n";
  }
  return text;
}

} // namespace

/// Whatever is offered: no crash, and what is accepted can be answered.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto offer = Offer::parse(text);
  if (!offer) {
    require(offer.error().code == Errc::invalid && offer.error().message.size() < 300);
    return 0;
  }
  const std::vector<std::string> extensions{
      "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"};
  Choices choices;
  bool any = false;
  for (const auto& media : offer->media) {
    const auto choice =
        choose(media, media.kind == Offer::Kind::audio ? audio_formats() : video_formats());
    require(choice.ok() || choice.error().message.size() < 2000);
    choices.push_back(choice ? std::optional(*choice) : std::nullopt);
    any = any || choice.ok();
    for (const auto& candidate : media.candidates) {
      require(!announce(candidate, {"192.0.2.1", "2001:db8::1"}).empty());
    }
  }
  const Offer reduced = reduced_offer(*offer, choices, extensions);
  require(reduced.media.empty() != any);
  if (!any) return 0;
  const auto own = read_answer(as_answer(reduced), *offer, choices);
  require(own.ok());
  const auto answer = write_answer(*own, *offer, choices, {{"192.0.2.1"}, extensions, {}, true});
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = answer.find("\r\nm=", at)) != std::string::npos; ++at) ++lines;
  require(lines == offer->media.size());
  return 0;
}
