#pragma once

#include <memory>

#include <gst/gst.h>

#include "tee.h"
#include "upstream.h"

G_BEGIN_DECLS

#define GST_TYPE_GOPTEE_PAD (gst_goptee_pad_get_type())
G_DECLARE_FINAL_TYPE(GstGopTeePad, gst_goptee_pad, GST, GOPTEE_PAD, GstPad)

G_END_DECLS

namespace fanlight::goptee {

/// A new src pad (floating) with the limits of its queue; not active yet.
GstGopTeePad* new_goptee_pad(GstPadTemplate* pad_template, const char* name,
                             std::shared_ptr<Tee> tee, std::shared_ptr<Upstream> upstream,
                             const Branch::Limits& limits);

/// Ends the pad's streaming for good, without waiting for a push in progress.
void retire(GstGopTeePad* pad);

Branch::Counters counters_of(GstGopTeePad* pad);

} // namespace fanlight::goptee
