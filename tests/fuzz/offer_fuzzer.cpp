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

} // namespace

/// Whatever is offered: no crash, and what is accepted leads to texts that can be read again.
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
  const std::string reduced = reduced_offer(*offer, choices, extensions);
  require(reduced.empty() != any);
  if (!any) return 0;
  const auto again = Offer::parse(reduced);
  require(again.ok());
  // The reduced offer has all that an answer has, but receives: good enough to stand for one.
  std::string own = reduced;
  for (std::size_t at = 0; (at = own.find("a=recvonly", at)) != std::string::npos;) {
    own.replace(at, 10, "a=sendonly");
  }
  const auto answer = write_answer(own, *offer, choices, {{"192.0.2.1"}, extensions, {}, true});
  require(answer.ok());
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = answer->find("\r\nm=", at)) != std::string::npos; ++at) ++lines;
  require(lines == offer->media.size());
  return 0;
}
