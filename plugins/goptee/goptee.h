#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_GOPTEE (gst_goptee_get_type())
G_DECLARE_FINAL_TYPE(GstGopTee, gst_goptee, GST, GOPTEE, GstElement)

GST_ELEMENT_REGISTER_DECLARE(goptee)

G_END_DECLS
