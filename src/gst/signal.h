#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>

#include "base/main_loop.h"
#include "gst/ref.h"

namespace fanlight {

/// A connected signal handler; disconnects when destroyed. Any thread.
class SignalConnection {
 public:
  SignalConnection() = default;
  SignalConnection(Ref<GObject> instance, gulong id) : instance_(std::move(instance)), id_(id) {}
  SignalConnection(SignalConnection&& other) noexcept
      : instance_(std::move(other.instance_)), id_(std::exchange(other.id_, 0)) {}
  SignalConnection& operator=(SignalConnection&& other) noexcept {
    disconnect();
    instance_ = std::move(other.instance_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~SignalConnection() { disconnect(); }
  void disconnect() {
    if (id_ != 0) g_signal_handler_disconnect(instance_.get(), std::exchange(id_, 0));
    instance_ = {};
  }

 private:
  Ref<GObject> instance_;
  gulong id_ = 0;
};

namespace detail {

/// Copies one signal argument, so that it outlives the emission.
template <typename T> struct FromGValue;
template <> struct FromGValue<std::string> {
  static std::string get(const GValue* value) {
    const char* text = g_value_get_string(value);
    return text == nullptr ? "" : text;
  }
};
template <> struct FromGValue<guint> {
  static guint get(const GValue* value) { return g_value_get_uint(value); }
};
template <typename T> struct FromGValue<Ref<T>> {
  static Ref<T> get(const GValue* value) {
    return Ref<T>::share(reinterpret_cast<T*>(g_value_get_object(value)));
  }
};

template <typename... Args, std::size_t... Index>
std::tuple<std::decay_t<Args>...> copy_arguments(const GValue* values,
                                                 std::index_sequence<Index...>) {
  return {FromGValue<std::decay_t<Args>>::get(&values[Index + 1])...};
}

/// Connects `deliver`, which gets the emission's values (the instance first) on the emitting
/// thread.
SignalConnection connect_values(GObject* instance, const char* signal,
                                std::function<void(const GValue*, guint)> deliver);

} // namespace detail

/// Runs `method` of `target` on main whenever `instance` emits `signal`, on whatever thread. Copies
/// the arguments; omits those that `method` does not take. Does nothing if `target` is gone.
template <typename T, typename... Args>
SignalConnection connect_on_main(gpointer instance, const char* signal, std::weak_ptr<T> target,
                                 void (T::*method)(Args...)) {
  auto deliver = [target = std::move(target), method](const GValue* values, guint count) {
    if (count < sizeof...(Args) + 1) return;
    auto copies = detail::copy_arguments<Args...>(values, std::index_sequence_for<Args...>{});
    post([target, method, copies = std::move(copies)]() mutable {
      if (auto alive = target.lock())
        std::apply([&](auto&&... args) { ((*alive).*method)(std::move(args)...); },
                   std::move(copies));
    });
  };
  return detail::connect_values(G_OBJECT(instance), signal, std::move(deliver));
}

/// The same for a signal whose arguments are not used.
template <typename T>
SignalConnection connect_on_main(gpointer instance, const char* signal, std::weak_ptr<T> target,
                                 std::function<void(T&)> handler) {
  auto deliver = [target = std::move(target), handler = std::move(handler)](const GValue*, guint) {
    post([target, handler] {
      if (auto alive = target.lock()) handler(*alive);
    });
  };
  return detail::connect_values(G_OBJECT(instance), signal, std::move(deliver));
}

} // namespace fanlight
