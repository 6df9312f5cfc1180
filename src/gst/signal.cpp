#include "gst/signal.h"

namespace fanlight::detail {
namespace {

using Deliver = std::function<void(const GValue*, guint)>;

struct SignalClosure {
  GClosure closure;
  Deliver* deliver;
};

void marshal(GClosure* closure, GValue*, guint count, const GValue* values, gpointer, gpointer) {
  (*reinterpret_cast<SignalClosure*>(closure)->deliver)(values, count);
}

void finalize(gpointer, GClosure* closure) {
  delete reinterpret_cast<SignalClosure*>(closure)->deliver;
}

} // namespace

SignalConnection connect_values(GObject* instance, const char* signal, Deliver deliver) {
  GClosure* closure = g_closure_new_simple(sizeof(SignalClosure), nullptr);
  reinterpret_cast<SignalClosure*>(closure)->deliver = new Deliver(std::move(deliver));
  g_closure_set_marshal(closure, marshal);
  g_closure_add_finalize_notifier(closure, nullptr, finalize);
  return {Ref<GObject>::share(instance),
          g_signal_connect_closure(instance, signal, closure, FALSE)};
}

} // namespace fanlight::detail
