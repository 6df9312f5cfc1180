#include "support/fake_fanout.h"

namespace fanlight::test {
namespace {

struct FakeElement {
  GstElement parent;
  FakeFanout* state;
};
struct FakeElementClass {
  GstElementClass parent;
};

G_DEFINE_TYPE(FakeElement, fake_element, GST_TYPE_ELEMENT)

FakeFanout& state_of(gpointer self) { return *static_cast<FakeElement*>(self)->state; }

/// Takes every m-line of the offer as it is.
std::string answer_to(const std::string& offer) {
  std::string sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n";
  const std::string transport =
      "a=ice-ufrag:lite\r\na=ice-pwd:litelitelitelitelitelite\r\na=setup:passive\r\n"
      "a=fingerprint:sha-256 AB:CD\r\na=ssrc:7 cname:fanlight\r\n"
      "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n"
      "a=candidate:2 1 tcp 1671430143 192.0.2.1 8189 typ host tcptype passive\r\n";
  for (std::size_t at = 0; at < offer.size();) {
    const auto end = offer.find("\r\n", at) + 2;
    std::string line = offer.substr(at, end - at);
    at = end;
    if (line.starts_with("m=")) sdp += line + transport;
    if (line == "a=recvonly\r\n") line = "a=sendonly\r\n";
    for (const char* kept :
         {"a=mid:", "a=rtpmap:", "a=rtcp-fb:", "a=fmtp:", "a=extmap:", "a=sendonly", "a=rtcp-mux"})
      if (line.starts_with(kept)) sdp += line;
  }
  return sdp;
}

GstStructure* answer(FakeFanout& state, const std::string& id, const std::string& offer) {
  if (state.reply) return std::exchange(state.reply, nullptr).release();
  return gst_structure_new("answer", "id", G_TYPE_STRING, id.c_str(), "sdp", G_TYPE_STRING,
                           answer_to(offer).c_str(), nullptr);
}

GstStructure* add_viewer(gpointer self, const gchar* offer, GstStructure* options) {
  FakeFanout& state = state_of(self);
  const std::string id = gst_structure_get_string(options, "id");
  state.calls.push_back({"add-viewer", id, offer, StructurePtr{gst_structure_copy(options)}});
  return answer(state, id, offer);
}

GstStructure* restart_viewer(gpointer self, const gchar* id, const gchar* offer) {
  state_of(self).calls.push_back({"restart-viewer", id, offer, nullptr});
  return answer(state_of(self), id, offer);
}

GstStructure* choose_video(gpointer self, const gchar* id, const gchar* pad) {
  state_of(self).calls.push_back({"choose-video", id, pad, nullptr});
  return answer(state_of(self), id, {});
}

gboolean remove_viewer(gpointer self, const gchar* id) {
  state_of(self).calls.push_back({"remove-viewer", id, {}, nullptr});
  return TRUE;
}

GstStructure* viewer_stats(gpointer self, const gchar* id) {
  state_of(self).calls.push_back({"viewer-stats", id, {}, nullptr});
  const StructurePtr& stats = state_of(self).stats;
  return stats ? gst_structure_copy(stats.get()) : nullptr;
}

void finalize(GObject* object) {
  delete reinterpret_cast<FakeElement*>(object)->state;
  G_OBJECT_CLASS(fake_element_parent_class)->finalize(object);
}

GstPad* request_pad(GstElement* self, GstPadTemplate* pad_template, const gchar*, const GstCaps*) {
  static int number = 0;
  const std::string stem = GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template);
  const std::string name = stem.substr(0, stem.find('%')) + std::to_string(number++);
  GstPad* pad = gst_pad_new_from_template(pad_template, name.c_str());
  gst_pad_set_active(pad, TRUE);
  gst_element_add_pad(self, pad);
  return pad;
}

void ignore_property(GObject*, guint, const GValue*, GParamSpec*) {}
void leave_default(GObject*, guint, GValue*, GParamSpec*) {}

void fake_element_init(FakeElement* self) { self->state = new FakeFanout; }

void fake_element_class_init(FakeElementClass* klass) {
  GObjectClass* object = G_OBJECT_CLASS(klass);
  object->finalize = finalize;
  object->set_property = ignore_property;
  object->get_property = leave_default;
  const GParamFlags flags = G_PARAM_READWRITE;
  guint id = 1;
  for (const char* name : {"port", "workers"})
    g_object_class_install_property(object, id++,
                                    g_param_spec_uint(name, name, name, 0, G_MAXUINT, 0, flags));
  for (const char* name : {"tcp", "forward-key-requests"})
    g_object_class_install_property(object, id++,
                                    g_param_spec_boolean(name, name, name, TRUE, flags));
  g_object_class_install_property(object, id++,
                                  g_param_spec_boxed("public-addresses", "public-addresses",
                                                     "public-addresses", G_TYPE_STRV, flags));
  const GType type = G_TYPE_FROM_CLASS(klass);
  const auto action = static_cast<GSignalFlags>(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION);
  g_signal_new_class_handler("add-viewer", type, action, G_CALLBACK(add_viewer), nullptr, nullptr,
                             nullptr, GST_TYPE_STRUCTURE, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  g_signal_new_class_handler("restart-viewer", type, action, G_CALLBACK(restart_viewer), nullptr,
                             nullptr, nullptr, GST_TYPE_STRUCTURE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new_class_handler("choose-video", type, action, G_CALLBACK(choose_video), nullptr,
                             nullptr, nullptr, GST_TYPE_STRUCTURE, 2, G_TYPE_STRING, G_TYPE_STRING);
  g_signal_new_class_handler("remove-viewer", type, action, G_CALLBACK(remove_viewer), nullptr,
                             nullptr, nullptr, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
  g_signal_new_class_handler("viewer-stats", type, action, G_CALLBACK(viewer_stats), nullptr,
                             nullptr, nullptr, GST_TYPE_STRUCTURE, 1, G_TYPE_STRING);
  g_signal_new("viewer-state", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr, G_TYPE_NONE,
               3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  GstElementClass* element = GST_ELEMENT_CLASS(klass);
  element->request_new_pad = request_pad;
  gst_element_class_set_static_metadata(element, "Fake", "Sink", "Fake", "Fanlight");
  const auto caps = Ref<GstCaps>::adopt(gst_caps_new_empty_simple("application/x-rtp"));
  for (const char* name : {"video_%u", "audio_%u"})
    gst_element_class_add_pad_template(
        element, gst_pad_template_new(name, GST_PAD_SINK, GST_PAD_REQUEST, caps.get()));
}

} // namespace

void FakeFanout::register_element() {
  gst_element_register(nullptr, "webrtcfanout", GST_RANK_NONE, fake_element_get_type());
}

FakeFanout* FakeFanout::of(GstElement* object) {
  return G_TYPE_CHECK_INSTANCE_TYPE(object, fake_element_get_type())
             ? reinterpret_cast<FakeElement*>(object)->state
             : nullptr;
}

void FakeFanout::say(GstElement* self, const std::string& id, const std::string& state,
                     const std::string& message) {
  g_signal_emit_by_name(self, "viewer-state", id.c_str(), state.c_str(), message.c_str());
}

} // namespace fanlight::test
