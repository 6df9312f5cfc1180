#pragma once

#include <gst/rtp/gstrtpbasedepayload.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_ADPCM_DEPAY (gst_rtp_adpcm_depay_get_type())
G_DECLARE_FINAL_TYPE(GstRtpAdpcmDepay, gst_rtp_adpcm_depay, GST, RTP_ADPCM_DEPAY,
                     GstRTPBaseDepayload)
GST_ELEMENT_REGISTER_DECLARE(rtpadpcmdepay);

G_END_DECLS
