#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTSP_DIRECT_SRC (gst_rtsp_direct_src_get_type())
G_DECLARE_FINAL_TYPE(GstRtspDirectSrc, gst_rtsp_direct_src, GST, RTSP_DIRECT_SRC, GstElement)
GST_ELEMENT_REGISTER_DECLARE(rtspdirectsrc)

G_END_DECLS
