#pragma once

#include <gst/rtp/rtp.h>

G_BEGIN_DECLS

#define GST_TYPE_RTP_HDREXT_PLAYOUT_DELAY (gst_rtp_hdrext_playout_delay_get_type())
G_DECLARE_FINAL_TYPE(GstRTPHdrExtPlayoutDelay, gst_rtp_hdrext_playout_delay, GST,
                     RTP_HDREXT_PLAYOUT_DELAY, GstRTPHeaderExtension)

GST_ELEMENT_REGISTER_DECLARE(rtphdrextplayoutdelay)

G_END_DECLS
