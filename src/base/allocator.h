#pragma once

namespace fanlight {

/// Gives small memory back to all threads instead of keeping it for each: with eight threads a
/// viewer, what GLib's slice allocator keeps for them (before GLib 2.76, which has none) is 0.2 MB
/// a viewer.
///
/// GLib reads that choice before main() begins, so the program is started anew, as the same
/// process, with G_SLICE=always-malloc; once, and not where G_SLICE is set. Call first in main().
void use_shared_allocator(char** argv);

/// Gives pages that hold nothing back to the kernel. glibc does so by itself only at the end of a
/// heap, and makes eight heaps for each processor: threads of cameras and viewers that come and go
/// leave holes in all of them, and memory grows for hundreds of reconnects until each heap has seen
/// its worst. Some milliseconds; on any thread.
void return_free_memory();

} // namespace fanlight
