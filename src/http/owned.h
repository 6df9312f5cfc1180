#pragma once

#include <memory>
#include <string>

#include <gio/gio.h>

namespace fanlight::http {

template <auto free_function> struct FreeWith {
  template <typename T> void operator()(T* object) const { free_function(object); }
};

/// Owns one reference to a C object and releases it in its destructor. `Owned<T>{p}` is for
/// (transfer full); for (transfer none), `share(p)` takes a new reference.
template <typename T, auto free_function = g_object_unref>
using Owned = std::unique_ptr<T, FreeWith<free_function>>;

using OwnedBytes = Owned<GBytes, g_bytes_unref>;
using OwnedError = Owned<GError, g_error_free>;
using OwnedText = Owned<char, g_free>;

template <typename T> Owned<T> share(T* object) {
  return Owned<T>{static_cast<T*>(g_object_ref(object))};
}

/// Takes a C string and frees it; empty for NULL.
inline std::string take_text(char* text) {
  const OwnedText owned{text};
  return owned ? std::string{owned.get()} : std::string{};
}

} // namespace fanlight::http
