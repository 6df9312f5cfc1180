#include "session/agreement.h"

#include <algorithm>

namespace fanlight::session {
namespace {

using Kind = sdp::Offer::Kind;

/// Only the format of `codec`, if one is named.
std::vector<RtpFormat> formats_of(const std::vector<media::TrackFormat>& tracks,
                                  const std::string& codec = {}) {
  std::vector<RtpFormat> formats;
  for (const media::TrackFormat& track : tracks)
    if (codec.empty() || track.rtp.encoding == codec) formats.push_back(track.rtp);
  return formats;
}

} // namespace

Result<Agreement> agree(const sdp::Offer& offer, const ViewedStream& stream) {
  Agreement agreement;
  agreement.choices.assign(offer.media.size(), std::nullopt);
  const std::vector<RtpFormat> video = formats_of(stream.video());
  std::vector<RtpFormat> audio;
  if (const auto sound = stream.audio()) audio.push_back(sound->rtp);
  for (std::size_t mline = 0; mline < offer.media.size(); ++mline) {
    const sdp::Offer::Media& media = offer.media[mline];
    const bool picture = media.kind == Kind::video && agreement.video_codec.empty();
    const bool sound = media.kind == Kind::audio && agreement.audio_codec.empty() && !audio.empty();
    if (!media.receives() || (!picture && !sound)) continue;
    auto choice = sdp::choose(media, picture ? video : audio);
    if (!choice && picture) return choice.error();
    if (!choice) { // Video without sound is better than nothing.
      agreement.no_sound = choice.error().message;
      continue;
    }
    choice->stream = stream.id();
    (picture ? agreement.video_codec : agreement.audio_codec) = choice->sent.encoding;
    if (picture) agreement.codec_reason = choice->reason;
    agreement.choices[mline] = std::move(*choice);
  }
  if (agreement.video_codec.empty())
    return Error{Errc::invalid, Reason{"offer_without_video"_reason,
                                       "the offer has no video to receive: add an m=video "
                                       "section with a=recvonly"}};
  return agreement;
}

Reason mismatch_between(const sdp::Offer& offer, const ViewedStream& stream,
                        const std::string& codec) {
  const auto streams = stream.video();
  if (streams.empty()) return {}; // Not known yet.
  const auto formats = formats_of(streams, codec);
  if (formats.empty())
    return {"other_session_codec"_reason,
            "the camera sends {sent}, but the session uses {codec}",
            {{"sent", streams.front().rtp.encoding}, {"codec", codec}}};
  const auto media = std::find_if(offer.media.begin(), offer.media.end(), [](const auto& offered) {
    return offered.kind == Kind::video && offered.receives();
  });
  if (media == offer.media.end()) return {}; // agree() reports the error.
  const auto choice = sdp::choose(*media, formats);
  return choice ? Reason{} : static_cast<const Reason&>(choice.error());
}

bool continues(const sdp::Offer& next, const sdp::Offer& first, const sdp::Choices& choices) {
  if (next.media.size() != first.media.size()) return false;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const sdp::Offer::Media& media = next.media[i];
    if (media.type != first.media[i].type || media.mid != first.media[i].mid) return false;
    if (!choices[i]) continue;
    const sdp::Offer::Payload* payload = media.find(choices[i]->payload_type);
    if (payload == nullptr || payload->format.encoding != choices[i]->offered.encoding ||
        !media.receives())
      return false;
  }
  return true;
}

} // namespace fanlight::session
