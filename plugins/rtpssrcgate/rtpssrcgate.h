#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_SSRC_GATE (gst_rtp_ssrc_gate_get_type())
G_DECLARE_FINAL_TYPE(GstRtpSsrcGate, gst_rtp_ssrc_gate, GST, RTP_SSRC_GATE, GstElement)
GST_ELEMENT_REGISTER_DECLARE(rtpssrcgate);

G_END_DECLS
