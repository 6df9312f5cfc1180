#pragma once

#include <gst/rtp/gstrtpbasedepayload.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_AAC_DEPAY (gst_rtp_aac_depay_get_type())
G_DECLARE_FINAL_TYPE(GstRtpAacDepay, gst_rtp_aac_depay, GST, RTP_AAC_DEPAY, GstRTPBaseDepayload)
GST_ELEMENT_REGISTER_DECLARE(rtpaacdepay);

G_END_DECLS
