#pragma once

#include <glib-object.h>

#include "branch_queue.h"

namespace fanlight::goptee {

inline constexpr BranchQueue::Limits kDefaultLimits{
    .bytes = 8 * 1024 * 1024, .buffers = 0, .duration = 2 * GST_SECOND};

inline constexpr GParamFlags kReadable = GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
inline constexpr GParamFlags kWritable =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

/// A writable number, in bytes, buffers or ns.
void install_setting(GObjectClass* klass, guint id, const char* name, const char* blurb,
                     guint64 value);
/// A writable switch, off by default.
void install_switch(GObjectClass* klass, guint id, const char* name, const char* blurb);
/// A read-only number.
void install_counter(GObjectClass* klass, guint id, const char* name, const char* blurb);

/// The properties max-queue-bytes, -time and -buffers of the element and of its pads.
struct LimitProperties {
  guint bytes;
  guint time;
  guint buffers;
};
void install_queue_limits(GObjectClass* klass, const LimitProperties& ids);

} // namespace fanlight::goptee
