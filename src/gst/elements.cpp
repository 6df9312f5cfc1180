#include "gst/elements.h"

#include <filesystem>
#include <string_view>

namespace fanlight {
namespace {

struct Needed {
  std::string_view element;
  std::string_view package;
};

constexpr std::string_view kOwn = "fanlight (libgstfanlight.so; is it in GST_PLUGIN_PATH?)";

constexpr Needed kNeeded[] = {
    {"rtspsrc", "gstreamer1.0-plugins-good"},
    {"rtpbin", "gstreamer1.0-plugins-good"},
    {"rtph264pay", "gstreamer1.0-plugins-good"},
    {"rtph265pay", "gstreamer1.0-plugins-good"},
    {"rtpopusdepay", "gstreamer1.0-plugins-good"},
    {"rtpopuspay", "gstreamer1.0-plugins-good"},
    {"rtppcmudepay", "gstreamer1.0-plugins-good"},
    {"rtppcmupay", "gstreamer1.0-plugins-good"},
    {"rtppcmadepay", "gstreamer1.0-plugins-good"},
    {"rtppcmapay", "gstreamer1.0-plugins-good"},
    {"rtpL16depay", "gstreamer1.0-plugins-good"},
    {"errorignore", "gstreamer1.0-plugins-bad"},
    {"avdec_aac", "gstreamer1.0-libav"},
    {"avdec_g726", "gstreamer1.0-libav"},
    {"audioconvert", "gstreamer1.0-plugins-base"},
    {"audioresample", "gstreamer1.0-plugins-base"},
    {"opusenc", "gstreamer1.0-plugins-base"},
    {"webrtcbin", "gstreamer1.0-plugins-bad"},
    {"dtlssrtpenc", "gstreamer1.0-plugins-bad"},
    {"srtpenc", "gstreamer1.0-plugins-bad"},
    {"nicesink", "gstreamer1.0-nice"},
    {"goptee", kOwn},
    {"rtpaacdepay", kOwn},
    {"rtpadpcmdepay", kOwn},
    {"rtph26xdepay", kOwn},
    {"rtpssrcgate", kOwn},
    {"rtpstamper", kOwn},
    {"rtspdirectsrc", kOwn},
    {"webrtcfanout", kOwn},
};

std::string_view package_of(std::string_view element) {
  for (const Needed& needed : kNeeded)
    if (needed.element == element) return needed.package;
  return "an unknown package";
}

} // namespace

Result<Ref<GstElement>> make_element(const char* factory, const std::string& name) {
  GstElement* element = gst_element_factory_make(factory, name.empty() ? nullptr : name.c_str());
  if (element == nullptr)
    return Error{
        Errc::internal,
        Reason{"element_missing"_reason,
               "the GStreamer element {element} is missing; install {package}",
               {{"element", std::string{factory}}, {"package", std::string{package_of(factory)}}}}};
  return Ref<GstElement>::retain(element);
}

Ref<GstElement> find_element(GstElement* bin, const char* factory) {
  const Owned<GstIterator, gst_iterator_free> elements{
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(bin), factory)};
  GValue item = G_VALUE_INIT;
  if (gst_iterator_next(elements.get(), &item) != GST_ITERATOR_OK) return {};
  auto element = Ref<GstElement>::share(GST_ELEMENT(g_value_get_object(&item)));
  g_value_unset(&item);
  return element;
}

std::string load_own_elements() {
  if (Ref<GstElementFactory>::adopt(gst_element_factory_find("goptee"))) return {};
  std::error_code ignored;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ignored);
  // Beside the program in its build folder, or in the folder of the installation, which GStreamer
  // may not search.
  for (const std::filesystem::path& folder : {binary.parent_path().parent_path() / "plugins",
                                              std::filesystem::path{FANLIGHT_PLUGINS_INSTALLED}}) {
    GError* raw = nullptr;
    const auto plugin =
        Ref<GstPlugin>::adopt(gst_plugin_load_file((folder / "libgstfanlight.so").c_str(), &raw));
    const GErrorPtr reason{raw}; // missing_elements() names what is missing.
    if (plugin) return folder.string();
  }
  return {};
}

std::vector<std::string> missing_elements() {
  std::vector<std::string> missing;
  for (const Needed& needed : kNeeded) {
    const auto factory =
        Ref<GstElementFactory>::adopt(gst_element_factory_find(needed.element.data()));
    if (!factory)
      missing.push_back(std::string{needed.element} + " (" + std::string{needed.package} + ")");
  }
  return missing;
}

} // namespace fanlight
