#include "base/allocator.h"

#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <unistd.h>

#include <glib.h>

namespace fanlight {

void use_shared_allocator(char** argv) {
  if (std::getenv("G_SLICE") != nullptr || glib_check_version(2, 76, 0) == nullptr) return;
  // By its path: otherwise the process would be called "exe".
  const std::unique_ptr<char, decltype(&g_free)> path{g_file_read_link("/proc/self/exe", nullptr),
                                                      g_free};
  if (path && setenv("G_SLICE", "always-malloc", 1) == 0) execv(path.get(), argv);
  // If that fails, the program still runs, but needs more memory.
}

void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

} // namespace fanlight
