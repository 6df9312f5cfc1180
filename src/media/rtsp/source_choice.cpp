#include "media/rtsp/source_choice.h"

#include <utility>

#include "media/rtsp/direct_source.h"

namespace fanlight::media {

SourceChoice::SourceChoice(const config::Stream& stream)
    : chooses_(stream.source == config::Source::automatic &&
               DirectSource::obstacle(stream).empty()) {}

SourceChoice::Change SourceChoice::on_failure(const ConnectError& failure, bool described) {
  if (!chooses_ || final_) return Change::none;
  if (failure.only_direct) {
    final_ = avoids_direct_ = true;
    return Change::now;
  }
  if (std::exchange(lived_, false)) return Change::none;
  // What the camera refuses, it refuses to both.
  if (failure.refused || failure.sound) return Change::none;
  if ((!described && !failure.perhaps_direct) || ++failed_ < kPatience) return Change::none;
  failed_ = 0;
  avoids_direct_ = !avoids_direct_;
  return Change::later;
}

} // namespace fanlight::media
