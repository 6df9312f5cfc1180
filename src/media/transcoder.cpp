#include "media/transcoder.h"

namespace fanlight::media {
namespace {

/// 20 ms frames: the least that browsers and receivers of every kind expect. inband-fec helps where
/// packets get lost.
constexpr const char* kDescription =
    "avdec_aac ! audioconvert ! audioresample ! "
    "audio/x-raw,rate=48000,channels=2 ! "
    "opusenc name=encoder bitrate=64000 frame-size=20 inband-fec=true perfect-timestamp=false";

} // namespace

Result<std::unique_ptr<Transcoder>> Transcoder::create(Pipeline& pipeline, const std::string& name,
                                                       GstElement* source, GstPad* sink) {
  GError* raw = nullptr;
  auto bin = Ref<GstElement>::retain(gst_parse_bin_from_description(kDescription, TRUE, &raw));
  if (GErrorPtr error{raw})
    return Error{Errc::internal, std::string{"building the sound encoder: "} + error->message};
  gst_object_set_name(GST_OBJECT(bin.get()), name.c_str());
  if (auto added = pipeline.add(bin.get()); !added) return added.error();
  auto output = Ref<GstPad>::adopt(gst_element_get_static_pad(bin.get(), "src"));
  auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(bin.get(), "sink"));
  auto pad = Ref<GstPad>::adopt(gst_element_request_pad_simple(source, "src_%u"));
  if (gst_pad_link(output.get(), sink) != GST_PAD_LINK_OK ||
      gst_pad_link(pad.get(), input.get()) != GST_PAD_LINK_OK) {
    gst_element_release_request_pad(source, pad.get());
    pipeline.remove(bin.get(), "the sound encoder of " + pipeline.name());
    return Error{Errc::internal, "linking the sound encoder failed"};
  }
  return std::unique_ptr<Transcoder>(
      new Transcoder(pipeline, Ref<GstElement>::retain(source), std::move(pad), std::move(bin)));
}

Transcoder::Transcoder(Pipeline& pipeline, Ref<GstElement> source, Ref<GstPad> pad,
                       Ref<GstElement> bin)
    : pipeline_(pipeline), source_(std::move(source)), pad_(std::move(pad)), bin_(std::move(bin)) {}

Transcoder::~Transcoder() {
  gst_element_release_request_pad(source_.get(), pad_.get());
  pipeline_.remove(bin_.get(), "the sound encoder of " + pipeline_.name());
}

} // namespace fanlight::media
