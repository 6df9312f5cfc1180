#include "camsim/rtsp/thread_pool.h"

namespace {

struct CamsimThreadPool {
  GstRTSPThreadPool parent;
  GMutex lock;
  GstRTSPThread* media; ///< Under `lock`; never released.
};
struct CamsimThreadPoolClass {
  GstRTSPThreadPoolClass parent;
};

G_DEFINE_TYPE(CamsimThreadPool, camsim_thread_pool, GST_TYPE_RTSP_THREAD_POOL)

GstRTSPThread* camsim_thread_pool_get_thread(GstRTSPThreadPool* pool, GstRTSPThreadType type,
                                             GstRTSPContext* context) {
  auto* parent = GST_RTSP_THREAD_POOL_CLASS(camsim_thread_pool_parent_class);
  if (type != GST_RTSP_THREAD_TYPE_MEDIA) return parent->get_thread(pool, type, context);

  auto* self = reinterpret_cast<CamsimThreadPool*>(pool);
  g_mutex_lock(&self->lock);
  if (self->media == nullptr) self->media = parent->get_thread(pool, type, context);
  GstRTSPThread* thread = self->media;
  // The pool's own reference keeps the count above zero: the thread does not stop before the pool.
  if (thread != nullptr) gst_rtsp_thread_reuse(thread);
  g_mutex_unlock(&self->lock);
  return thread;
}

void camsim_thread_pool_finalize(GObject* object) {
  auto* self = reinterpret_cast<CamsimThreadPool*>(object);
  if (self->media != nullptr) gst_rtsp_thread_stop(self->media);
  g_mutex_clear(&self->lock);
  G_OBJECT_CLASS(camsim_thread_pool_parent_class)->finalize(object);
}

void camsim_thread_pool_class_init(CamsimThreadPoolClass* klass) {
  GST_RTSP_THREAD_POOL_CLASS(klass)->get_thread = camsim_thread_pool_get_thread;
  G_OBJECT_CLASS(klass)->finalize = camsim_thread_pool_finalize;
}

void camsim_thread_pool_init(CamsimThreadPool* self) { g_mutex_init(&self->lock); }

} // namespace

namespace fanlight::camsim {

Ref<GstRTSPThreadPool> make_thread_pool() {
  constexpr int kClientThreads = 8;
  auto pool = Ref<GstRTSPThreadPool>::adopt(
      GST_RTSP_THREAD_POOL(g_object_new(camsim_thread_pool_get_type(), nullptr)));
  gst_rtsp_thread_pool_set_max_threads(pool.get(), kClientThreads);
  return pool;
}

} // namespace fanlight::camsim
