#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_H26X_DEPAY (gst_rtp_h26x_depay_get_type())
G_DECLARE_FINAL_TYPE(GstRtpH26xDepay, gst_rtp_h26x_depay, GST, RTP_H26X_DEPAY, GstElement)
GST_ELEMENT_REGISTER_DECLARE(rtph26xdepay)

G_END_DECLS
