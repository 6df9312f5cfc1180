#pragma once

#include <memory>
#include <string>
#include <utility>

#include <glib-object.h>
#include <gst/gst.h>

namespace fanlight {

/// How a reference of a type is taken and given back. `ref_sink` takes the first one of a new
/// object and sinks what floats; `ref` takes one more and never sinks what another holds as
/// floating (webrtcbin does so with its DTLS transports).
template <typename T> struct RefTraits {
  static T* ref(T* object) { return static_cast<T*>(g_object_ref(object)); }
  static T* ref_sink(T* object) { return static_cast<T*>(g_object_ref_sink(object)); }
  static void unref(T* object) { g_object_unref(object); }
};
template <typename T> struct MiniObjectRefTraits {
  static T* ref(T* object) {
    return reinterpret_cast<T*>(gst_mini_object_ref(GST_MINI_OBJECT_CAST(object)));
  }
  static T* ref_sink(T* object) { return ref(object); }
  static void unref(T* object) { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
};
template <> struct RefTraits<GstCaps> : MiniObjectRefTraits<GstCaps> {};
template <> struct RefTraits<GstEvent> : MiniObjectRefTraits<GstEvent> {};
template <> struct RefTraits<GstMessage> : MiniObjectRefTraits<GstMessage> {};
template <> struct RefTraits<GstPromise> : MiniObjectRefTraits<GstPromise> {};

/// A counted reference to a GObject or a GstMiniObject. Two ways in, named after the C
/// documentation.
template <typename T> class Ref {
 public:
  Ref() = default;
  /// (transfer full): the reference is ours now.
  static Ref adopt(T* object) { return Ref(object); }
  /// (transfer none) or floating: takes a reference.
  static Ref retain(T* object) {
    return Ref(object == nullptr ? nullptr : RefTraits<T>::ref_sink(object));
  }
  /// (transfer none) of an object that is somebody's, even if that one holds it as floating.
  static Ref share(T* object) {
    return Ref(object == nullptr ? nullptr : RefTraits<T>::ref(object));
  }
  Ref(const Ref& other) : Ref(share(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) RefTraits<T>::unref(object_);
  }

  T* get() const { return object_; }
  /// Gives the reference away, to a parameter that is (transfer full).
  T* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Ref(T* object) : object_(object) {}
  T* object_ = nullptr;
};

template <auto free_function> struct FreeWith {
  template <typename T> void operator()(T* object) const { free_function(object); }
};

/// What has one owner and no reference count: `Owned<GstStructure, gst_structure_free>`.
template <typename T, auto free_function> using Owned = std::unique_ptr<T, FreeWith<free_function>>;

using GErrorPtr = Owned<GError, g_error_free>;
using GCharPtr = Owned<gchar, g_free>;
using StructurePtr = Owned<GstStructure, gst_structure_free>;

/// The text of a C string that is ours to free; empty for NULL.
inline std::string take_string(gchar* text) {
  GCharPtr owned{text};
  return owned ? std::string{owned.get()} : std::string{};
}

} // namespace fanlight
