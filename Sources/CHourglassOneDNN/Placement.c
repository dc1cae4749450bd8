// Which core each thread of a team runs on.
//
// Where another process holds a core, the kernel likes to put two of our threads on one core: one
// then waits for its turn while the other spins for it, in the barriers of OpenMP and in those that
// the library has inside its primitives (gradients of weights), which never sleep. A team that has
// as many threads as there are cores for the process uses them all in any case, so that each
// thread is given a core of its own (measured beside one busy process, two cores: a step of 1.2 ms
// takes 1.5 ms, and 4.8 ms where the kernel chooses).
#if defined(__linux__)
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#endif

#include "Internal.h"
#include "Threads.h"

#if defined(__linux__)

// The cores that the process may use, as they were before any thread was placed.
static cpu_set_t allowed;
static int32_t allowed_count = 0;
static pthread_once_t is_looked_up = PTHREAD_ONCE_INIT;

// The size of the calling thread's team that is placed; -1 before anything is known of the thread.
static _Thread_local int32_t placed = -1;

static void look_up_cores(void) {
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) CPU_ZERO(&allowed);
  allowed_count = CPU_COUNT(&allowed);
}

static void stay_on_one_core(void *data) {
  const cpu_set_t *cores = data;
  cpu_set_t own;
  int32_t skipped = omp_get_thread_num();
  CPU_ZERO(&own);
  for (int core = 0; core < CPU_SETSIZE; core++) {
    if (!CPU_ISSET(core, cores) || skipped-- > 0) continue;
    CPU_SET(core, &own);
    // Without it everything still works, only slower on a busy machine.
    sched_setaffinity(0, sizeof(own), &own);
    return;
  }
}

static void use_all_cores(void *data) { sched_setaffinity(0, sizeof(cpu_set_t), data); }

int32_t hg_core_count(void) {
  pthread_once(&is_looked_up, look_up_cores);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return allowed_count > 0 ? allowed_count : online > 0 ? (int32_t)online : 1;
}

void hg_place_threads(int32_t threads) {
  pthread_once(&is_looked_up, look_up_cores);
  if (placed < 0) {
    // A thread inherits the core of the one that started it, and hands it on to its own team: two
    // threads that spin for each other on one core would be a hundred times slower.
    if (allowed_count > 0) use_all_cores(&allowed);
    placed = 0;
  }
  int32_t wanted = threads > 1 && threads == allowed_count ? threads : 0;
  if (wanted == placed) return;
  if (placed > 0) GOMP_parallel(use_all_cores, &allowed, (unsigned)placed, 0);
  if (wanted > 0) GOMP_parallel(stay_on_one_core, &allowed, (unsigned)wanted, 0);
  placed = wanted;
}

#else

#include <unistd.h>

int32_t hg_core_count(void) {
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int32_t)online : 1;
}

void hg_place_threads(int32_t threads) { (void)threads; }

#endif
