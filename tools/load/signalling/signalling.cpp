#include "load/signalling/signalling.h"

#include "load/signalling/janus.h"
#include "load/signalling/whep.h"

namespace fanlight::load {

std::unique_ptr<Signalling> begin_signalling(Loop& loop, Http& http, const Target& target,
                                             const Local& local, Signalling::Observer& observer) {
  if (target.mountpoint)
    return std::make_unique<Janus>(loop, http, target.url, target.server, *target.mountpoint, local,
                                   observer);
  return std::make_unique<Whep>(http, target.url, target.server, write_offer(local), observer);
}

} // namespace fanlight::load
