#pragma once

#include <utility>

#include <gst/gst.h>

namespace fanlight {

/// Holds one reference on a GstBuffer, GstEvent or another GstMiniObject.
template <typename T> class MiniRef {
 public:
  MiniRef() = default;
  MiniRef(const MiniRef& other) : object_(other.object_) {
    if (object_) gst_mini_object_ref(GST_MINI_OBJECT_CAST(object_));
  }
  MiniRef(MiniRef&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  MiniRef& operator=(MiniRef other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~MiniRef() {
    if (object_) gst_mini_object_unref(GST_MINI_OBJECT_CAST(object_));
  }

  /// (transfer full): takes over the reference.
  static MiniRef adopt(T* object) {
    MiniRef ref;
    ref.object_ = object;
    return ref;
  }
  /// (transfer none): adds a reference.
  static MiniRef retain(T* object) {
    if (object) gst_mini_object_ref(GST_MINI_OBJECT_CAST(object));
    return adopt(object);
  }

  T* get() const { return object_; }
  /// Passes the reference to a (transfer full) parameter.
  T* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

using BufferRef = MiniRef<GstBuffer>;
using EventRef = MiniRef<GstEvent>;

} // namespace fanlight
