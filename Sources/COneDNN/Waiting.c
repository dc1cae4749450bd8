// How long an idle OpenMP thread keeps its core busy.
//
// libgomp's threads spin for some milliseconds at each barrier before they sleep. That is good on an
// idle machine and ruinous on a busy one: where another process holds a core, one thread spins while
// the other waits for its turn, in every parallel region (measured: a training step of 12 ms took
// 120 to 330 ms). libgomp spins a thousand times instead of 300,000 when it manages more threads
// than there are cores (gomp_managed_threads > gomp_available_cpus in its config/linux/wait.h).
// A second team, which does nothing and sleeps for ever, makes it so; an environment variable would
// have to be set before the program starts.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "Internal.h"
#include "Threads.h"

static void do_nothing(void *unused) { (void)unused; }

static void *hold_a_team(void *unused) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  (void)unused;
  // A team lives as long as the thread that started it.
  GOMP_parallel(do_nothing, NULL, cores > 1 ? (unsigned)cores : 2, 0);
  for (;;) pause();
  return NULL;
}

static void start_team(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  // Signals are for the program's own threads.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  // Without it everything still works, only slower on a busy machine.
  (void)pthread_create(&thread, &attributes, hold_a_team, NULL);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void hg_wait_briefly(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, start_team);
}
