#include "camsim/rtsp/factory.h"

#include <gst/base/gstbasesink.h>

namespace {

struct CamsimFactory {
  GstRTSPMediaFactory parent;
  gint generation; ///< Atomic; all clients of one generation share one media.
};
struct CamsimFactoryClass {
  GstRTSPMediaFactoryClass parent;
};

G_DEFINE_TYPE(CamsimFactory, camsim_factory, GST_TYPE_RTSP_MEDIA_FACTORY)

gchar* camsim_factory_gen_key(GstRTSPMediaFactory* factory, const GstRTSPUrl*) {
  auto* self = reinterpret_cast<CamsimFactory*>(factory);
  return g_strdup_printf("%d", g_atomic_int_get(&self->generation));
}

/// Emitted with NULL after the last client has left, before the media begins to end.
void on_target_state(GstRTSPMedia*, gint state, gpointer factory) {
  if (state == GST_STATE_NULL) g_atomic_int_inc(&static_cast<CamsimFactory*>(factory)->generation);
}

void camsim_factory_configure(GstRTSPMediaFactory* factory, GstRTSPMedia* media) {
  GST_RTSP_MEDIA_FACTORY_CLASS(camsim_factory_parent_class)->configure(factory, media);
  g_signal_connect_object(media, "target-state", G_CALLBACK(on_target_state), factory,
                          static_cast<GConnectFlags>(0));
}

/// The data are already on time: a sink would delay them by its default of 20 ms.
void on_element_added(GstBin*, GstBin*, GstElement* element, gpointer) {
  if (GST_IS_BASE_SINK(element)) gst_base_sink_set_processing_deadline(GST_BASE_SINK(element), 0);
}

GstElement* camsim_factory_create_pipeline(GstRTSPMediaFactory* factory, GstRTSPMedia* media) {
  GstElement* pipeline =
      GST_RTSP_MEDIA_FACTORY_CLASS(camsim_factory_parent_class)->create_pipeline(factory, media);
  g_signal_connect(pipeline, "deep-element-added", G_CALLBACK(on_element_added), nullptr);
  return pipeline;
}

void camsim_factory_class_init(CamsimFactoryClass* klass) {
  GST_RTSP_MEDIA_FACTORY_CLASS(klass)->gen_key = camsim_factory_gen_key;
  GST_RTSP_MEDIA_FACTORY_CLASS(klass)->configure = camsim_factory_configure;
  GST_RTSP_MEDIA_FACTORY_CLASS(klass)->create_pipeline = camsim_factory_create_pipeline;
}

void camsim_factory_init(CamsimFactory* self) { self->generation = 0; }

} // namespace

namespace fanlight::camsim {

Ref<GstRTSPMediaFactory> make_shared_factory(const std::string& launch_line) {
  auto factory = Ref<GstRTSPMediaFactory>::adopt(
      GST_RTSP_MEDIA_FACTORY(g_object_new(camsim_factory_get_type(), nullptr)));
  gst_rtsp_media_factory_set_launch(factory.get(), launch_line.c_str());
  gst_rtsp_media_factory_set_shared(factory.get(), TRUE);
  return factory;
}

} // namespace fanlight::camsim
