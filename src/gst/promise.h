#pragma once

#include <functional>
#include <memory>

#include "gst/ref.h"

namespace fanlight {

/// A promise that passes its reply to `reply` on main (a copy; null if there is none or the promise
/// was dropped). `reply` must hold its objects by weak_ptr, because it may run after all else is
/// gone.
Ref<GstPromise> reply_on_main(std::function<void(StructurePtr)> reply);

/// The same for a method; not called if `target` is gone.
template <typename T>
Ref<GstPromise> reply_on_main(std::weak_ptr<T> target, void (T::*method)(StructurePtr)) {
  return reply_on_main([target = std::move(target), method](StructurePtr reply) {
    if (auto alive = target.lock()) ((*alive).*method)(std::move(reply));
  });
}

} // namespace fanlight
