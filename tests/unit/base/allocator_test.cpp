#include "base/allocator.h"

#include <fstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace fanlight {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kGlibcAllocates = false;
#else
constexpr bool kGlibcAllocates = true;
#endif

long resident_kilobytes() {
  long size = 0;
  long resident = 0;
  std::ifstream{"/proc/self/statm"} >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

TEST(AllocatorTest, PagesBetweenWhatIsInUseGoBackToTheKernel) {
  if (!kGlibcAllocates) GTEST_SKIP() << "the sanitizer's allocator keeps what is freed";
  constexpr std::size_t kBlock = 20'000;
  constexpr int kBlocks = 2'000; // 40 MB.
  std::vector<std::vector<char>> blocks;
  // In a heap of the thread's own, as those of cameras and viewers are.
  std::thread{[&] {
    for (int i = 0; i < kBlocks; ++i) blocks.emplace_back(kBlock, 'x');
  }}.join();
  for (int i = 0; i < kBlocks; ++i)
    if (i % 20 != 19) std::vector<char>{}.swap(blocks[i]);
  const long before = resident_kilobytes();

  return_free_memory();

  EXPECT_LT(resident_kilobytes(), before - 25'000);
}

} // namespace
} // namespace fanlight
