#include "media/transcoder.h"

namespace fanlight::media {
namespace {

/// Frames of 20 ms: the shortest that every receiver supports. inband-fec helps if packets get
/// lost.
constexpr const char* kEncoder =
    "audioconvert ! audioresample ! "
    "audio/x-raw,rate=48000,channels=2 ! "
    "opusenc name=encoder bitrate=64000 frame-size=20 inband-fec=true perfect-timestamp=false";

/// With the link to the encoder.
const char* decoder_of(Codec codec) {
  switch (codec) {
  case Codec::aac: return "avdec_aac ! ";
  case Codec::g726: return "avdec_g726 ! ";
  default: return ""; // The encoder takes L16 as it is.
  }
}

Result<Ref<GstElement>> make_bin(Codec from, const std::string& name) {
  GError* raw = nullptr;
  const std::string line = std::string{decoder_of(from)} + kEncoder;
  auto bin = Ref<GstElement>::retain(gst_parse_bin_from_description(line.c_str(), TRUE, &raw));
  if (GErrorPtr error{raw})
    return Error{Errc::internal, std::string{"creating the audio transcoder: "} + error->message};
  gst_object_set_name(GST_OBJECT(bin.get()), name.c_str());
  return bin;
}

} // namespace

Result<std::shared_ptr<Transcoder>> Transcoder::create(std::shared_ptr<Track> source,
                                                       SinkBins& bins,
                                                       std::weak_ptr<Observer> observer) {
  std::shared_ptr<Transcoder> self{new Transcoder(std::move(source), std::move(observer))};
  const std::string& stream = self->source_->info().stream;
  auto output = Track::create({.id = stream + "-" + encoding_name(Codec::opus),
                               .stream = stream,
                               .kind = MediaKind::audio,
                               .codec = Codec::opus,
                               .format = sound_format(Codec::opus),
                               .state = TrackState::idle,
                               .reason = {}},
                              bins, self);
  if (!output) return output.error();
  self->output_ = std::move(*output);
  self->observation_ = self->source_->observe(*self);
  self->update();
  return self;
}

Transcoder::Transcoder(std::shared_ptr<Track> source, std::weak_ptr<Observer> observer)
    : source_(std::move(source)), observer_(std::move(observer)) {}

Result<Done> Transcoder::start_making() {
  if (subscription_) return Done{};
  const auto sent = source_->info().codec;
  if (!sent || !is_converted(*sent))
    return Error{Errc::not_found,
                 output_->info().id + ": the camera sends no sound that is to be converted"};
  auto bin = make_bin(*sent, "transcoder-" + source_->info().stream);
  if (!bin) return bin.error();
  bin_ = std::move(*bin);
  from_ = sent;
  auto subscription = source_->subscribe(*this);
  if (!subscription) {
    bin_ = {};
    return subscription.error();
  }
  subscription_ = std::move(*subscription);
  subscription_->set_wanted(false); // The output counts its demand by on_demand().
  failure_ = {};
  update();
  return Done{};
}

void Transcoder::stop_making() {
  failure_ = {};
  stop();
}

void Transcoder::stop() {
  subscription_.reset();
  bin_ = {};
  update();
}

Result<Ref<GstPad>> Transcoder::pad_for(const TrackInfo&) {
  const auto encoded = Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "src"));
  if (gst_pad_link(encoded.get(), output_->input().get()) != GST_PAD_LINK_OK)
    return Error{Errc::internal, "linking the audio transcoder to its track failed"};
  return Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "sink"));
}

void Transcoder::on_failed(const std::string& why) {
  failure_ = {"sound_undecodable"_reason,
              "the server cannot decode the camera's sound: {detail}",
              {{"detail", why}}};
  stop();
  if (const auto observer = observer_.lock()) observer->on_transcoder_failed(failure_);
}

void Transcoder::on_track_changed(const Track&) {
  const auto sent = source_->info().codec;
  if (!subscription_ || !sent || !is_converted(*sent) || sent == from_) return update();
  // The camera was set to other sound.
  stop();
  if (const auto started = start_making(); !started) on_failed(started.error().message);
}

void Transcoder::update() {
  const TrackInfo& source = source_->info();
  if (!source.codec || !is_converted(*source.codec))
    output_->set_state(TrackState::absent, {"not_converted"_reason,
                                            "the camera sends no sound that is to be converted"});
  else if (!failure_.empty())
    output_->set_state(TrackState::absent, failure_);
  else if (!subscription_)
    output_->set_state(TrackState::idle, {});
  else
    output_->set_state(source.state, source.reason);
}

} // namespace fanlight::media
