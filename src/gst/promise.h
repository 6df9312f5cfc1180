#pragma once

#include <functional>
#include <memory>

#include "gst/ref.h"

namespace fanlight {

/// A promise whose reply (a copy; null when there is none or the promise was dropped) is handed to
/// `reply` on main. `reply` must hold what it needs by weak_ptr: it may come after everything else
/// is gone.
Ref<GstPromise> reply_on_main(std::function<void(StructurePtr)> reply);

/// The same for a method; not called when `target` is gone.
template <typename T>
Ref<GstPromise> reply_on_main(std::weak_ptr<T> target, void (T::*method)(StructurePtr)) {
  return reply_on_main([target = std::move(target), method](StructurePtr reply) {
    if (auto alive = target.lock()) ((*alive).*method)(std::move(reply));
  });
}

} // namespace fanlight
