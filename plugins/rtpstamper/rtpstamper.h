#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_STAMPER (gst_rtp_stamper_get_type())
G_DECLARE_FINAL_TYPE(GstRtpStamper, gst_rtp_stamper, GST, RTP_STAMPER, GstElement)
GST_ELEMENT_REGISTER_DECLARE(rtpstamper);

G_END_DECLS
