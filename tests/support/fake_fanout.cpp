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

std::string text_of(const GstStructure* structure, const char* field) {
  const gchar* text = gst_structure_get_string(structure, field);
  return text == nullptr ? "" : text;
}

const GValue* value_of(const GstStructure* structure, const char* field, guint index) {
  const GValue* list = gst_structure_get_value(structure, field);
  const bool has = list != nullptr && index < gst_value_array_get_size(list);
  return has ? gst_value_array_get_value(list, index) : nullptr;
}

/// Takes every media of the offer as it is.
std::string answer_to(const GstStructure* offer) {
  std::string sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n";
  const std::string transport =
      "a=ice-ufrag:lite\r\na=ice-pwd:litelitelitelitelitelite\r\na=setup:passive\r\n"
      "a=fingerprint:sha-256 AB:CD\r\na=ssrc:7 cname:fanlight\r\n"
      "a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n"
      "a=candidate:2 1 tcp 1671430143 192.0.2.1 8189 typ host tcptype passive\r\n";
  for (guint i = 0; const GValue* value = value_of(offer, "media", i); ++i) {
    const GstStructure* media = gst_value_get_structure(value);
    int payload_type = -1;
    gst_structure_get_int(media, "payload-type", &payload_type);
    const std::string type = std::to_string(payload_type);
    sdp += "m=" + std::string{gst_structure_get_name(media)} + " 9 UDP/TLS/RTP/SAVPF " + type +
           "\r\n" + transport + "a=mid:" + text_of(media, "mid") + "\r\na=sendonly\r\n";
    for (guint j = 0; const GValue* feedback = value_of(media, "feedback", j); ++j)
      sdp += "a=rtcp-fb:" + type + " " + g_value_get_string(feedback) + "\r\n";
  }
  return sdp;
}

GstStructure* answer(FakeFanout& state, const std::string& id, const GstStructure* offer) {
  if (state.reply) return std::exchange(state.reply, nullptr).release();
  const std::string sdp = offer != nullptr ? answer_to(offer) : "";
  return gst_structure_new("answer", "id", G_TYPE_STRING, id.c_str(), "sdp", G_TYPE_STRING,
                           sdp.c_str(), nullptr);
}

GstStructure* add_viewer(gpointer self, GstStructure* offer, GstStructure* options) {
  FakeFanout& state = state_of(self);
  const std::string id = text_of(options, "id");
  state.calls.push_back({"add-negotiated-viewer", id, StructurePtr{gst_structure_copy(offer)},
                         StructurePtr{gst_structure_copy(options)}});
  return answer(state, id, offer);
}

GstStructure* restart_viewer(gpointer self, const gchar* id, GstStructure* offer) {
  state_of(self).calls.push_back(
      {"restart-negotiated-viewer", id, StructurePtr{gst_structure_copy(offer)}, nullptr});
  return answer(state_of(self), id, offer);
}

GstStructure* choose_video(gpointer self, const gchar* id, const gchar*) {
  state_of(self).calls.push_back({"choose-video", id, nullptr, nullptr});
  return answer(state_of(self), id, nullptr);
}

gboolean remove_viewer(gpointer self, const gchar* id) {
  state_of(self).calls.push_back({"remove-viewer", id, nullptr, nullptr});
  return TRUE;
}

GstStructure* viewer_stats(gpointer self, const gchar* id) {
  state_of(self).calls.push_back({"viewer-stats", id, nullptr, nullptr});
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
  g_signal_new_class_handler("add-negotiated-viewer", type, action, G_CALLBACK(add_viewer), nullptr,
                             nullptr, nullptr, GST_TYPE_STRUCTURE, 2, GST_TYPE_STRUCTURE,
                             GST_TYPE_STRUCTURE);
  g_signal_new_class_handler("restart-negotiated-viewer", type, action, G_CALLBACK(restart_viewer),
                             nullptr, nullptr, nullptr, GST_TYPE_STRUCTURE, 2, G_TYPE_STRING,
                             GST_TYPE_STRUCTURE);
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
