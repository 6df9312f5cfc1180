#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_WEBRTCFANOUT (gst_webrtcfanout_get_type())
G_DECLARE_FINAL_TYPE(GstWebrtcFanout, gst_webrtcfanout, GST, WEBRTCFANOUT, GstElement)

GST_ELEMENT_REGISTER_DECLARE(webrtcfanout)

G_END_DECLS
