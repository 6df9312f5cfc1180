/**
 * SECTION:element-rtphdrextplayoutdelay
 *
 * The RTP header extension http://www.webrtc.org/experiments/rtp-hdrext/playout-delay: tells the
 * receiver the bounds of its playout delay, which replace its own estimate. With `min-delay` 0 and
 * `max-delay` between 10 and 500 ms, browsers that support it show each frame as soon as it is
 * decoded. `max-delay` 0 means more than "no delay": browsers then drop frames that arrive late.
 *
 * On the wire: 12 bits of minimum and 12 bits of maximum, each in units of 10 ms, as one-byte or
 * two-byte extension. Every packet has it: receivers keep the last value, but a viewer may join, or
 * lose a packet, at any time.
 *
 * A payloader creates the extension by itself (`auto-header-extension`, the default) if the caps
 * behind it contain the URI; its `add-extension` signal takes one with other settings.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency ! rtph264pay !
 *   "application/x-rtp,extmap-3=(string)http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
 * ! fakesink
 * ]|
 */
#include "rtphdrextplayoutdelay.h"

#include <algorithm>
#include <atomic>

namespace {

constexpr char kUri[] = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
constexpr gsize kSize = 3;
constexpr guint kUnit = 10;               // ms
constexpr guint kLongest = 0xfff * kUnit; // ms

} // namespace

struct _GstRTPHdrExtPlayoutDelay {
  GstRTPHeaderExtension parent;
  // ms. Set by the application, read by the streaming thread.
  std::atomic<guint> min_delay;
  std::atomic<guint> max_delay;
};

G_DEFINE_TYPE(GstRTPHdrExtPlayoutDelay, gst_rtp_hdrext_playout_delay, GST_TYPE_RTP_HEADER_EXTENSION)
GST_ELEMENT_REGISTER_DEFINE(rtphdrextplayoutdelay, "rtphdrextplayoutdelay", GST_RANK_MARGINAL,
                            GST_TYPE_RTP_HDREXT_PLAYOUT_DELAY)

enum { PROP_0, PROP_MIN_DELAY, PROP_MAX_DELAY };

static GstRTPHeaderExtensionFlags
gst_rtp_hdrext_playout_delay_get_supported_flags(GstRTPHeaderExtension*) {
  return GstRTPHeaderExtensionFlags(GST_RTP_HEADER_EXTENSION_ONE_BYTE |
                                    GST_RTP_HEADER_EXTENSION_TWO_BYTE);
}

static gsize gst_rtp_hdrext_playout_delay_get_max_size(GstRTPHeaderExtension*, const GstBuffer*) {
  return kSize;
}

static gssize gst_rtp_hdrext_playout_delay_write(GstRTPHeaderExtension* extension, const GstBuffer*,
                                                 GstRTPHeaderExtensionFlags, GstBuffer*,
                                                 guint8* data, gsize size) {
  if (size < kSize) return -1;
  GstRTPHdrExtPlayoutDelay* self = GST_RTP_HDREXT_PLAYOUT_DELAY(extension);
  const guint shortest = self->min_delay / kUnit;
  const guint longest = std::max(self->max_delay / kUnit, shortest);
  GST_WRITE_UINT24_BE(data, shortest << 12 | longest);
  return kSize;
}

static gboolean gst_rtp_hdrext_playout_delay_read(GstRTPHeaderExtension* extension,
                                                  GstRTPHeaderExtensionFlags, const guint8* data,
                                                  gsize size, GstBuffer*) {
  if (size < kSize) return FALSE;
  const guint32 value = GST_READ_UINT24_BE(data);
  GST_LOG_OBJECT(extension, "The sender requests %u to %u ms", (value >> 12) * kUnit,
                 (value & 0xfff) * kUnit);
  return TRUE;
}

static void gst_rtp_hdrext_playout_delay_set_property(GObject* object, guint id,
                                                      const GValue* value, GParamSpec* pspec) {
  GstRTPHdrExtPlayoutDelay* self = GST_RTP_HDREXT_PLAYOUT_DELAY(object);
  switch (id) {
  case PROP_MIN_DELAY: self->min_delay = g_value_get_uint(value); break;
  case PROP_MAX_DELAY: self->max_delay = g_value_get_uint(value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtp_hdrext_playout_delay_get_property(GObject* object, guint id, GValue* value,
                                                      GParamSpec* pspec) {
  GstRTPHdrExtPlayoutDelay* self = GST_RTP_HDREXT_PLAYOUT_DELAY(object);
  switch (id) {
  case PROP_MIN_DELAY: g_value_set_uint(value, self->min_delay); break;
  case PROP_MAX_DELAY: g_value_set_uint(value, self->max_delay); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtp_hdrext_playout_delay_init(GstRTPHdrExtPlayoutDelay*) {}

static void gst_rtp_hdrext_playout_delay_class_init(GstRTPHdrExtPlayoutDelayClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_rtp_hdrext_playout_delay_set_property;
  object_class->get_property = gst_rtp_hdrext_playout_delay_get_property;
  constexpr GParamFlags flags = GParamFlags(G_PARAM_READWRITE | G_PARAM_CONSTRUCT |
                                            G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  g_object_class_install_property(
      object_class, PROP_MIN_DELAY,
      g_param_spec_uint("min-delay", "min-delay",
                        "Least delay between capture and display (ms, sent in steps of 10)", 0,
                        kLongest, 0, flags));
  g_object_class_install_property(
      object_class, PROP_MAX_DELAY,
      g_param_spec_uint("max-delay", "max-delay",
                        "Greatest delay between capture and display (ms, sent in steps of 10); if "
                        "it is below min-delay, min-delay is sent",
                        0, kLongest, 100, flags));

  GstRTPHeaderExtensionClass* extension_class = GST_RTP_HEADER_EXTENSION_CLASS(klass);
  extension_class->get_supported_flags = gst_rtp_hdrext_playout_delay_get_supported_flags;
  extension_class->get_max_size = gst_rtp_hdrext_playout_delay_get_max_size;
  extension_class->write = gst_rtp_hdrext_playout_delay_write;
  extension_class->read = gst_rtp_hdrext_playout_delay_read;
  gst_rtp_header_extension_class_set_uri(extension_class, kUri);
  gst_element_class_set_static_metadata(
      GST_ELEMENT_CLASS(klass), "Playout delay", GST_RTP_HDREXT_ELEMENT_CLASS,
      "Writes the bounds of the receiver's playout delay into each RTP packet",
      "The Fanlight project");
}
