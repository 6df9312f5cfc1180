#pragma once

namespace fanlight {

/// Makes all threads share one pool of small memory blocks. GLib's slice allocator (before
/// GLib 2.76, which has none) keeps a pool per thread; with eight threads per viewer, that is 0.2
/// MB per viewer.
///
/// GLib reads this choice before main() begins, so the program executes itself once more, as the
/// same process, with G_SLICE=always-malloc; not if G_SLICE is set. Call this first in main().
void use_shared_allocator(char** argv);

/// Returns empty pages to the kernel. glibc does so only at the end of a heap, and has eight heaps
/// per processor. Threads of cameras and viewers that come and go leave holes in all of them, so
/// memory would grow over hundreds of reconnects until each heap has reached its maximum. Takes
/// some milliseconds; any thread.
void return_free_memory();

} // namespace fanlight
