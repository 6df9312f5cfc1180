#include "media/rtsp/branch.h"

#include "base/codec.h"
#include "base/log.h"
#include "gst/elements.h"
#include "media/rtsp/chain.h"

namespace fanlight::media {
namespace {

/// Set on the elements of a branch. That of sound holds the pad by which data enter it.
constexpr const char* kSound = "fanlight-sound";
constexpr const char* kVideo = "fanlight-video";

/// The element that stops errors of those behind it.
constexpr const char* kGuard = "errorignore";

gpointer data_of(GstMessage* message, const char* key) {
  GstObject* const source = GST_MESSAGE_SRC(message);
  return source == nullptr ? nullptr : g_object_get_data(G_OBJECT(source), key);
}

void set_up(GstElement* element) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "ignore-notnegotiated") != nullptr)
    g_object_set(element, "ignore-error", TRUE, "ignore-notnegotiated", TRUE, "ignore-notlinked",
                 TRUE, "convert-to", GST_FLOW_OK, nullptr);
}

} // namespace

std::optional<Branch> build_branch(GstBin* bin, GstPad* pad, const std::string& encoding,
                                   const std::string& camera) {
  const auto codec = codec_of(encoding);
  const bool sound = codec && kind_of(*codec) == MediaKind::audio;
  std::vector<const char*> factories = chain_of(encoding);
  if (sound) factories.insert(factories.begin(), kGuard);
  Branch branch{.elements = {}, .end = Ref<GstPad>::retain(pad)};
  for (const char* factory : factories) {
    auto element = make_element(factory);
    if (!element) {
      log::error("camera", {{"camera", camera}}, element.error().message);
      return std::nullopt;
    }
    set_up(element->get());
    gst_bin_add(bin, element->get());
    const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(element->get(), "sink"));
    if (gst_pad_link(branch.end.get(), input.get()) != GST_PAD_LINK_OK) return std::nullopt;
    branch.end = Ref<GstPad>::adopt(gst_element_get_static_pad(element->get(), "src"));
    branch.elements.push_back(std::move(*element));
  }
  GstElement* const first = branch.elements.front().get();
  for (const auto& element : branch.elements) {
    if (sound)
      g_object_set_data_full(G_OBJECT(element.get()), kSound,
                             gst_element_get_static_pad(first, "src"), gst_object_unref);
    else
      g_object_set_data(G_OBJECT(element.get()), kVideo, bin);
  }
  return branch;
}

std::optional<Branch> direct_branch(GstPad* pad) {
  const auto source = Ref<GstElement>::adopt(gst_pad_get_parent_element(pad));
  if (source) g_object_set_data(G_OBJECT(source.get()), kVideo, source.get());
  return Branch{.elements = {}, .end = Ref<GstPad>::retain(pad)};
}

std::string encoding_of_pictures(const GstCaps* caps) {
  const GstStructure* const fields = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_name(fields, "video/x-h264")) return "H264";
  return gst_structure_has_name(fields, "video/x-h265") ? "H265" : "";
}

bool is_of_sound(GstMessage* message) { return data_of(message, kSound) != nullptr; }

bool is_of_video(GstMessage* message) { return data_of(message, kVideo) != nullptr; }

void silence(GstMessage* message) {
  const gpointer pad = data_of(message, kSound);
  if (pad == nullptr) return;
  gst_pad_add_probe(
      GST_PAD(pad),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      +[](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }, nullptr, nullptr);
}

} // namespace fanlight::media
