#pragma once

#include <memory>
#include <string>
#include <utility>

#include <glib-object.h>
#include <gst/gst.h>

namespace fanlight {

/// How to take and release a reference of a type. `ref_sink` takes the first reference of a new
/// object and sinks a floating one. `ref` takes another reference and never sinks one that its
/// owner holds as floating (webrtcbin does so with its DTLS transports).
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
template <> struct RefTraits<GstBuffer> : MiniObjectRefTraits<GstBuffer> {};
template <> struct RefTraits<GstCaps> : MiniObjectRefTraits<GstCaps> {};
template <> struct RefTraits<GstEvent> : MiniObjectRefTraits<GstEvent> {};
template <> struct RefTraits<GstMessage> : MiniObjectRefTraits<GstMessage> {};
template <> struct RefTraits<GstPromise> : MiniObjectRefTraits<GstPromise> {};

/// A counted reference to a GObject or a GstMiniObject. Its constructors are named after the C
/// documentation.
template <typename T> class Ref {
 public:
  Ref() = default;
  /// (transfer full): takes over the reference.
  static Ref adopt(T* object) { return Ref(object); }
  /// (transfer none) or floating: takes a reference.
  static Ref retain(T* object) {
    return Ref(object == nullptr ? nullptr : RefTraits<T>::ref_sink(object));
  }
  /// (transfer none) of an object that has an owner, even if the owner holds it as floating.
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
  /// Passes the reference to a parameter that is (transfer full).
  T* release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  explicit Ref(T* object) : object_(object) {}
  T* object_ = nullptr;
};

template <auto free_function> struct FreeWith {
  template <typename T> void operator()(T* object) const { free_function(object); }
};

/// An object with one owner and no reference count: `Owned<GstStructure, gst_structure_free>`.
template <typename T, auto free_function> using Owned = std::unique_ptr<T, FreeWith<free_function>>;

using GErrorPtr = Owned<GError, g_error_free>;
using GCharPtr = Owned<gchar, g_free>;
using StructurePtr = Owned<GstStructure, gst_structure_free>;

/// Takes a C string and frees it; empty for NULL.
inline std::string take_string(gchar* text) {
  GCharPtr owned{text};
  return owned ? std::string{owned.get()} : std::string{};
}

} // namespace fanlight
