#include "webrtcfanout/base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace fanlight::fanout {

void introduce_thread(const std::string& name, int niceness) {
  pthread_setname_np(pthread_self(), name.c_str());
  const auto self = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, self, getpriority(PRIO_PROCESS, self) + niceness);
}

} // namespace fanlight::fanout
