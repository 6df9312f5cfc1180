#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_GOPTEE (gst_goptee_get_type())
G_DECLARE_FINAL_TYPE(GstGopTee, gst_goptee, GST, GOPTEE, GstElement)

/// Lent, as long as the element lives.
GstPad* gst_goptee_sink_pad(GstGopTee* self);

/// Answers a LATENCY query for the source, or as it last answered while there is none.
void gst_goptee_query_latency(GstGopTee* self, GstQuery* query);

GST_ELEMENT_REGISTER_DECLARE(goptee)

G_END_DECLS
