#include "media/stream_tracks.h"

#include <utility>

#include "base/log.h"

namespace fanlight::media {

Result<std::shared_ptr<StreamTracks>>
StreamTracks::create(const config::Camera& camera, const std::string& stream, SinkBins& bins,
                     std::weak_ptr<Track::Producer> producer, Observer& observer) {
  std::shared_ptr<StreamTracks> self{new StreamTracks(camera, stream, observer)};
  for (const Codec codec : camera.codecs)
    if (auto added = self->add_video(codec, bins, producer); !added) return added.error();
  if (auto added = self->add_sound(bins, producer); !added) return added.error();
  self->update();
  return self;
}

StreamTracks::StreamTracks(const config::Camera& camera, std::string stream, Observer& observer)
    : camera_(camera.id), stream_(std::move(stream)), observer_(observer) {}

Result<Done> StreamTracks::add_video(Codec codec, SinkBins& bins,
                                     const std::weak_ptr<Track::Producer>& from) {
  auto track = Track::create({.id = stream_ + "-" + encoding_name(codec),
                              .stream = stream_,
                              .kind = MediaKind::video,
                              .codec = codec,
                              .format = {},
                              .state = TrackState::idle,
                              .reason = {}},
                             bins, from);
  if (!track) return track.error();
  connections_.push_back(connect_on_main<StreamTracks>(
      (*track)->input().get(), "notify::caps", weak_from_this(),
      std::function<void(StreamTracks&)>(
          [added = track->get()](StreamTracks& tracks) { tracks.on_caps(*added); })));
  video_.push_back(std::move(*track));
  return Done{};
}

Result<Done> StreamTracks::add_sound(SinkBins& bins, const std::weak_ptr<Track::Producer>& from) {
  auto track = Track::create({.id = stream_ + "-audio",
                              .stream = stream_,
                              .kind = MediaKind::audio,
                              .codec = {},
                              .format = {},
                              .state = TrackState::idle,
                              .reason = {}},
                             bins, from);
  if (!track) return track.error();
  sound_ = std::move(*track);
  auto transcoder = Transcoder::create(sound_, bins, weak_from_this());
  if (!transcoder) return transcoder.error();
  transcoder_ = std::move(*transcoder);
  return Done{};
}

// ---- For the connection ----

RtspConnection::Sinks StreamTracks::sinks() const {
  RtspConnection::Sinks sinks;
  for (const auto& track : video_) sinks.video[*track->info().codec] = track->input();
  sinks.audio = sound_->input();
  return sinks;
}

std::vector<GstElement*> StreamTracks::video_tees() const {
  std::vector<GstElement*> tees;
  for (const auto& track : video_) tees.push_back(track->tee());
  return tees;
}

void StreamTracks::begin() {
  connected_ = true;
  stale_ = true;
}

void StreamTracks::on_caps(Track& track) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(track.input().get()));
  auto format = video_format(caps.get());
  if (!connected_ || !format) return;
  if (std::exchange(stale_, false))
    for (const auto& other : video_)
      if (other.get() != &track) other->set_format(other->info().codec, std::nullopt);
  track.set_format(track.info().codec, std::move(format));
  update();
  observer_.on_video_format();
}

void StreamTracks::describe_sound(const std::string& encoding, const Reason& note) {
  const auto codec = codec_of(encoding);
  // AAC has encoding names that say less than its own.
  const std::string name = codec == Codec::aac ? "AAC" : encoding;
  sound_note_ = codec && is_converted(*codec)
                    ? Reason{"sound_converted"_reason,
                             "the server converts the camera's {codec} to Opus",
                             {{"codec", name}}}
                    : note;
  std::optional<TrackFormat> format = codec ? sound_format(*codec) : std::nullopt;
  if (codec && !format) format = TrackFormat{.rtp = {.encoding = encoding, .fmtp = {}}};
  sound_->set_format(codec, std::move(format));
  update();
}

void StreamTracks::on_transcoder_failed(const Reason& why) {
  // The session goes on with video only.
  sound_note_ = why;
  log::warning("camera", {{"camera", camera_}, {"stream", stream_}}, why.message);
  observer_.on_sound_changed();
}

void StreamTracks::set_state(TrackState state, const Reason& reason) {
  state_ = state;
  reason_ = reason;
  update();
}

void StreamTracks::update() {
  const bool live = state_ == TrackState::live;
  for (const auto& track : video_)
    if (live && !track->info().format)
      track->set_state(TrackState::absent,
                       {"other_codec"_reason, "the camera sends another codec"});
    else
      track->set_state(state_, reason_);
  if (live && !sound_->info().codec)
    sound_->set_state(TrackState::absent,
                      sound_note_.empty() ? Reason{"no_sound"_reason, "the camera sends no sound"}
                                          : sound_note_);
  else
    sound_->set_state(state_, reason_);
}

// ---- For subscribers ----

std::vector<std::shared_ptr<Track>> StreamTracks::all() const {
  std::vector<std::shared_ptr<Track>> tracks = video_;
  tracks.push_back(sound_);
  tracks.push_back(transcoder_->output());
  return tracks;
}

std::vector<TrackFormat> StreamTracks::video() const {
  std::vector<TrackFormat> formats;
  for (const auto& track : video_)
    if (track->info().format) formats.push_back(*track->info().format);
  return formats;
}

bool StreamTracks::sends(Codec codec) const {
  for (const auto& track : video_)
    if (track->info().codec == codec) return track->info().format.has_value();
  return false;
}

std::optional<TrackFormat> StreamTracks::audio() const {
  const TrackInfo& sound = sound_->info();
  const bool converted = sound.codec && is_converted(*sound.codec);
  return converted ? transcoder_->output()->info().format : sound.format;
}

std::string StreamTracks::sound_encoding() const {
  const auto& format = sound_->info().format;
  return format ? format->rtp.encoding : std::string{};
}

std::shared_ptr<Track> StreamTracks::find(Codec codec) const {
  for (const auto& track : video_)
    if (track->info().codec == codec) return track;
  const auto sent = sound_->info().codec;
  if (sent && is_converted(*sent)) return codec == Codec::opus ? transcoder_->output() : nullptr;
  return codec == sent ? sound_ : nullptr;
}

std::string StreamTracks::names() const {
  std::string names;
  for (const TrackFormat& format : video())
    names += (names.empty() ? "" : " + ") + format.rtp.encoding;
  if (const auto& sound = sound_->info().format) names += " + " + sound->rtp.encoding;
  return names;
}

} // namespace fanlight::media
