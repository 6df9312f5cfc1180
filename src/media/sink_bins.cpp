#include "media/sink_bins.h"

#include <algorithm>
#include <utility>

#include "media/track.h"

namespace fanlight::media {

std::vector<SinkBins::Entry>::iterator SinkBins::find(const Sink& sink) {
  return std::find_if(entries_.begin(), entries_.end(),
                      [&sink](const Entry& entry) { return entry.sink == &sink; });
}

Result<Token> SinkBins::enter(Sink& sink) {
  auto entry = find(sink);
  if (entry == entries_.end()) {
    auto bin = Ref<GstElement>::retain(sink.bin());
    if (auto added = pipeline_.add(bin.get()); !added) return added.error();
    entry = entries_.insert(entries_.end(), {.sink = &sink, .bin = std::move(bin)});
  }
  ++entry->places;
  return Token{[this, &sink] { leave(sink); }};
}

void SinkBins::leave(const Sink& sink) {
  const auto entry = find(sink);
  if (--entry->places > 0) return;
  const Ref<GstElement> bin = std::move(entry->bin);
  entries_.erase(entry);
  pipeline_.remove(bin.get(), std::string{GST_OBJECT_NAME(bin.get())} + " of camera " + camera_);
}

bool SinkBins::on_error(GstMessage* message) {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [message](const Entry& known) {
    return is_inside(GST_MESSAGE_SRC(message), known.bin.get());
  });
  if (entry == entries_.end()) return false;
  // The sink may leave inside this call.
  if (!std::exchange(entry->failed, true)) entry->sink->on_failed(describe(message));
  return true;
}

} // namespace fanlight::media
