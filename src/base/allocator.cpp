#include "base/allocator.h"

#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <unistd.h>

#include <glib.h>

namespace fanlight {

void use_shared_allocator(char** argv) {
  if (std::getenv("G_SLICE") != nullptr || glib_check_version(2, 76, 0) == nullptr) return;
  // By its path, as the process would be called "exe" else.
  const std::unique_ptr<char, decltype(&g_free)> path{g_file_read_link("/proc/self/exe", nullptr),
                                                      g_free};
  if (path && setenv("G_SLICE", "always-malloc", 1) == 0) execv(path.get(), argv);
  // Where that fails the program runs as well, only larger.
}

void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

} // namespace fanlight
