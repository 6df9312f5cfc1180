#!/usr/bin/env bash
# GStreamer 1.22.0 (Debian 12): threads that push to a GstAtomicQueue, the queue of every GstBus, spin while one of them is not
# running. gst_atomic_queue_push() reserves a place, writes it, and then waits in a loop without a pause until all who reserved a
# place before have written theirs. If the scheduler has stopped one of them in between, each other thread burns its time slice
# first. With four threads on two cores, that happens all the time: a push costs some 1,000 times the CPU that it costs one thread.
# A pipeline in which dozens of webrtcbins report their states at once spent half of its CPU there. A sync handler that drops
# messages which are not read avoids it.
# Seen in three runs (ns of CPU for a push and a pop; two cores): GstAtomicQueue 16 and 17 by one thread, 15,015 to 21,815 by four;
# GAsyncQueue, which takes a mutex, 66 to 152 by four.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libgstreamer1.0-0=1.22.0-2+deb12u1 2>/dev/null
dpkg -x libgstreamer1.0-0_*.deb root
libraries=$(dirname "$(find "$PWD/root" -name 'libgstreamer-1.0.so.0')")

# Declared here, so that no headers are needed.
cat > push.c <<'C'
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

void* gst_atomic_queue_new(unsigned size);
void gst_atomic_queue_push(void* queue, void* item);
void* gst_atomic_queue_pop(void* queue);
void* g_async_queue_new(void);
void g_async_queue_push(void* queue, void* item);
void* g_async_queue_try_pop(void* queue);

static void* queue;
static void (*push)(void* queue, void* item);
static void* (*pop)(void* queue);
static volatile int over;

static void* push_and_pop(void* count) {
  for (; !over; ++*(long*)count) {
    push(queue, &queue);
    pop(queue);
  }
  return NULL;
}

/// Of all threads, for one item.
static double ns_of_cpu(int threads) {
  struct timespec before, after;
  pthread_t all[4];
  long counts[4 * 8] = {0}, items = 0; // Each on a cache line of its own.
  over = 0;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  for (int i = 0; i < threads; i++) pthread_create(&all[i], NULL, push_and_pop, &counts[8 * i]);
  usleep(2000000);
  over = 1;
  for (int i = 0; i < threads; i++) pthread_join(all[i], NULL);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  for (int i = 0; i < threads; i++) items += counts[8 * i];
  return ((after.tv_sec - before.tv_sec) * 1e9 + (after.tv_nsec - before.tv_nsec)) / items;
}

int main(void) {
  cpu_set_t two;
  CPU_ZERO(&two);
  CPU_SET(0, &two);
  CPU_SET(1, &two);
  sched_setaffinity(0, sizeof two, &two);
  queue = gst_atomic_queue_new(16);
  push = gst_atomic_queue_push;
  pop = gst_atomic_queue_pop;
  double one = ns_of_cpu(1), four = ns_of_cpu(4);
  printf("GstAtomicQueue: %.0f ns of CPU an item by one thread, %.0f by four\n", one, four);
  queue = g_async_queue_new();
  push = g_async_queue_push;
  pop = g_async_queue_try_pop;
  double locked = ns_of_cpu(4);
  printf("GAsyncQueue: %.0f by four\n", locked);
  return four > 20 * one && four > 20 * locked ? 0 : 1;
}
C
gcc -O2 push.c -o push "$libraries/libgstreamer-1.0.so.0" -l:libglib-2.0.so.0 -pthread
LD_LIBRARY_PATH=$libraries ./push || { echo "changed: four threads push about as cheaply as one" >&2; exit 1; }
