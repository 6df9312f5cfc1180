// Tells ThreadSanitizer what GLib's locks, queues and reference counts order.
//
// Debian's GLib and GStreamer are not built for it, and GLib makes its locks of bare futexes, so it
// sees data cross threads there without seeing what made that safe. These functions stand in front
// of GLib's (an executable's symbols go first), call them, and add the order they establish.
// Nothing is suppressed by them: a race between two accesses of ours that no lock orders is still
// reported.
#include <atomic>
#include <utility>

#include <dlfcn.h>
#include <gst/gst.h>

extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);

#pragma GCC visibility push(default)

namespace {

template <typename Function> Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// What a pool's threads run, to be entered with the order of the push.
struct PoolFunction {
  GFunc function;
  gpointer user_data;
};

void enter_pool_function(gpointer data, gpointer pool_function) {
  __tsan_acquire(data);
  const auto [function, user_data] = *static_cast<PoolFunction*>(pool_function);
  function(data, user_data);
}

} // namespace

// Looked up at each first use: a lock may be needed before any initialiser has run.
#define REAL(name)                                                                                 \
  static std::atomic<decltype(name)*> found;                                                       \
  decltype(name)* next = found.load(std::memory_order_relaxed);                                    \
  if (!next) found.store(next = real<decltype(name)>(#name), std::memory_order_relaxed)

#define LOCKS(name, type)                                                                          \
  extern "C" void name(type* lock) {                                                               \
    REAL(name);                                                                                    \
    next(lock);                                                                                    \
    __tsan_acquire(lock);                                                                          \
  }
#define UNLOCKS(name, type)                                                                        \
  extern "C" void name(type* lock) {                                                               \
    REAL(name);                                                                                    \
    __tsan_release(lock);                                                                          \
    next(lock);                                                                                    \
  }
#define TRIES(name, type)                                                                          \
  extern "C" gboolean name(type* lock) {                                                           \
    REAL(name);                                                                                    \
    const gboolean locked = next(lock);                                                            \
    if (locked) __tsan_acquire(lock);                                                              \
    return locked;                                                                                 \
  }

LOCKS(g_mutex_lock, GMutex)
TRIES(g_mutex_trylock, GMutex)
UNLOCKS(g_mutex_unlock, GMutex)
LOCKS(g_rec_mutex_lock, GRecMutex)
TRIES(g_rec_mutex_trylock, GRecMutex)
UNLOCKS(g_rec_mutex_unlock, GRecMutex)
LOCKS(g_rw_lock_writer_lock, GRWLock)
UNLOCKS(g_rw_lock_writer_unlock, GRWLock)
LOCKS(g_rw_lock_reader_lock, GRWLock)
UNLOCKS(g_rw_lock_reader_unlock, GRWLock)

extern "C" void g_cond_wait(GCond* cond, GMutex* mutex) {
  REAL(g_cond_wait);
  __tsan_release(mutex);
  next(cond, mutex);
  __tsan_acquire(mutex);
}

extern "C" gboolean g_cond_wait_until(GCond* cond, GMutex* mutex, gint64 end_time) {
  REAL(g_cond_wait_until);
  __tsan_release(mutex);
  const gboolean woken = next(cond, mutex, end_time);
  __tsan_acquire(mutex);
  return woken;
}

extern "C" void g_async_queue_push(GAsyncQueue* queue, gpointer data) {
  REAL(g_async_queue_push);
  __tsan_release(data);
  next(queue, data);
}

extern "C" gpointer g_async_queue_try_pop(GAsyncQueue* queue) {
  REAL(g_async_queue_try_pop);
  gpointer data = next(queue);
  if (data) __tsan_acquire(data);
  return data;
}

extern "C" gpointer g_async_queue_try_pop_unlocked(GAsyncQueue* queue) {
  REAL(g_async_queue_try_pop_unlocked);
  gpointer data = next(queue);
  if (data) __tsan_acquire(data);
  return data;
}

extern "C" gpointer g_async_queue_timeout_pop(GAsyncQueue* queue, guint64 timeout) {
  REAL(g_async_queue_timeout_pop);
  gpointer data = next(queue, timeout);
  if (data) __tsan_acquire(data);
  return data;
}

extern "C" GThreadPool* g_thread_pool_new(GFunc function, gpointer user_data, gint max_threads,
                                          gboolean exclusive, GError** error) {
  REAL(g_thread_pool_new);
  // Lives as long as the pool, and pools live as long as the process.
  return next(enter_pool_function, new PoolFunction{function, user_data}, max_threads, exclusive,
              error);
}

extern "C" gboolean g_thread_pool_push(GThreadPool* pool, gpointer data, GError** error) {
  REAL(g_thread_pool_push);
  __tsan_release(data);
  return next(pool, data, error);
}

// Whoever drops the last reference comes after all who dropped theirs. Those are counted here, so
// that the order and the count are one.
extern "C" void g_object_unref(gpointer object) {
  REAL(g_object_unref);
  if (G_IS_OBJECT(object)) {
    volatile guint* count = &G_OBJECT(object)->ref_count;
    guint old = __atomic_load_n(count, __ATOMIC_ACQUIRE);
    while (old > 1)
      if (__atomic_compare_exchange_n(count, &old, old - 1, false, __ATOMIC_ACQ_REL,
                                      __ATOMIC_ACQUIRE))
        return;
    // Once more: the thread that left us the last one may still be inside the sanitizer's lock of
    // this address, which must not be freed under it.
    __atomic_load_n(count, __ATOMIC_ACQUIRE);
  }
  next(object);
}

extern "C" void gst_object_unref(gpointer object) { g_object_unref(object); }

extern "C" void gst_mini_object_unref(GstMiniObject* object) {
  REAL(gst_mini_object_unref);
  __tsan_release(object);
  if (GST_MINI_OBJECT_REFCOUNT_VALUE(object) == 1) __tsan_acquire(object);
  next(object);
}

#pragma GCC visibility pop
