#include "webrtc/fanout_offer.h"

#include <string>

namespace fanlight::webrtc {
namespace {

/// An array of GStreamer's values.
class Array {
 public:
  Array() { g_value_init(&list_, GST_TYPE_ARRAY); }
  ~Array() {
    if (G_IS_VALUE(&list_)) g_value_unset(&list_);
  }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  void add(const std::string& text) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_string(&value, text.c_str());
    gst_value_array_append_and_take_value(&list_, &value);
  }
  void add(StructurePtr structure) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&value, structure.release());
    gst_value_array_append_and_take_value(&list_, &value);
  }
  /// Ends here: the structure has it then.
  void move_into(GstStructure* structure, const char* field) {
    gst_structure_take_value(structure, field, &list_);
  }

 private:
  GValue list_ = G_VALUE_INIT;
};

StructurePtr structure_of(const sdp::Offer::Media& media) {
  const sdp::Offer::Payload& payload = media.payloads.front();
  StructurePtr structure{gst_structure_new(
      media.type.c_str(), "mid", G_TYPE_STRING, media.mid.c_str(), "payload-type", G_TYPE_INT,
      payload.type, "encoding", G_TYPE_STRING, payload.format.encoding.c_str(), "clock-rate",
      G_TYPE_INT, payload.format.clock_rate, "channels", G_TYPE_INT, payload.format.channels,
      "rtcp-rsize", G_TYPE_BOOLEAN, gboolean{media.rtcp_rsize}, "receiver-rtt", G_TYPE_BOOLEAN,
      gboolean{media.receiver_rtt}, nullptr)};
  if (payload.rtx)
    gst_structure_set(structure.get(), "rtx-payload-type", G_TYPE_INT, *payload.rtx, nullptr);
  Array feedback;
  for (const auto& one : payload.feedback) feedback.add(one);
  feedback.move_into(structure.get(), "feedback");
  Array extensions;
  for (const auto& extension : media.extensions)
    extensions.add(
        StructurePtr{gst_structure_new("extension", "id", G_TYPE_INT, extension.id, "uri",
                                       G_TYPE_STRING, extension.uri.c_str(), nullptr)});
  extensions.move_into(structure.get(), "extensions");
  return structure;
}

} // namespace

StructurePtr structure_of(const sdp::Offer& reduced) {
  const sdp::Offer::Transport none;
  const auto& transport = reduced.media.empty() ? none : reduced.media.front().transport;
  StructurePtr structure{gst_structure_new(
      "offer", "ice-ufrag", G_TYPE_STRING, transport.ice_ufrag.c_str(), "ice-pwd", G_TYPE_STRING,
      transport.ice_pwd.c_str(), "fingerprint", G_TYPE_STRING, transport.fingerprint.c_str(),
      "setup", G_TYPE_STRING, transport.setup.c_str(), "bundle", G_TYPE_BOOLEAN,
      gboolean{!reduced.bundle.empty()}, nullptr)};
  Array media;
  for (const auto& offered : reduced.media) media.add(structure_of(offered));
  media.move_into(structure.get(), "media");
  return structure;
}

} // namespace fanlight::webrtc
