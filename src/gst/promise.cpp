#include "gst/promise.h"

#include "base/main_loop.h"

namespace fanlight {
namespace {

using Reply = std::function<void(StructurePtr)>;

void on_change(GstPromise* promise, gpointer data) {
  const GstStructure* reply = gst_promise_get_reply(promise);
  auto copy =
      std::make_shared<StructurePtr>(reply == nullptr ? nullptr : gst_structure_copy(reply));
  post([task = *static_cast<Reply*>(data), copy] { task(std::move(*copy)); });
}

} // namespace

Ref<GstPromise> reply_on_main(Reply reply) {
  return Ref<GstPromise>::adopt(gst_promise_new_with_change_func(
      on_change, new Reply(std::move(reply)),
      +[](gpointer data) { delete static_cast<Reply*>(data); }));
}

} // namespace fanlight
