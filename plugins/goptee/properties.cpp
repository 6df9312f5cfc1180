#include "properties.h"

namespace fanlight::goptee {

void install_setting(GObjectClass* klass, guint id, const char* name, const char* blurb,
                     guint64 value) {
  g_object_class_install_property(
      klass, id, g_param_spec_uint64(name, name, blurb, 0, G_MAXINT64, value, kWritable));
}

void install_switch(GObjectClass* klass, guint id, const char* name, const char* blurb) {
  g_object_class_install_property(klass, id,
                                  g_param_spec_boolean(name, name, blurb, FALSE, kWritable));
}

void install_counter(GObjectClass* klass, guint id, const char* name, const char* blurb) {
  g_object_class_install_property(
      klass, id, g_param_spec_uint64(name, name, blurb, 0, G_MAXUINT64, 0, kReadable));
}

void install_queue_limits(GObjectClass* klass, const LimitProperties& ids) {
  install_setting(klass, ids.bytes, "max-queue-bytes",
                  "Limit of bytes queued for a branch (0: no limit). On the element: for later "
                  "pads; on a pad: for that pad",
                  kDefaultLimits.bytes);
  install_setting(klass, ids.time, "max-queue-time",
                  "Limit of the time from the first to the last buffer queued for a branch, in ns "
                  "(0: no limit). On the element: for later pads; on a pad: for that pad",
                  kDefaultLimits.duration);
  install_setting(klass, ids.buffers, "max-queue-buffers",
                  "Limit of buffers queued for a branch (0: no limit). On the element: for later "
                  "pads; on a pad: for that pad",
                  kDefaultLimits.buffers);
}

} // namespace fanlight::goptee
