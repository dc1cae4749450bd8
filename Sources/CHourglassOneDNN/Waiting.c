// How long an idle OpenMP thread keeps its core busy.
//
// libgomp's threads spin for some milliseconds at each barrier before they sleep. That is right on
// an idle machine: waking a thread takes longer than most of our loops (measured: a step of 0.55 ms
// takes 2.3 ms when its threads sleep at once). It is ruinous on a busy one: where another process
// holds a core, one thread spins while the other waits for its turn, in every parallel region
// (measured: a step of 6 ms takes 120 to 330 ms, and 16 ms when its threads sleep at once).
//
// So the program watches how often the kernel takes a core away from it, and chooses. libgomp reads
// its own settings when the process starts, but it spins a thousand times instead of 300,000 while
// it manages more threads than there are cores (gomp_managed_threads > gomp_available_cpus in its
// config/linux/wait.h). A second team, which does nothing and sleeps, makes it so.
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "Internal.h"
#include "Threads.h"

// Cores taken away per second, above which the machine is busy and below which it is not.
#define HG_BUSY_RATE 80.0
#define HG_QUIET_RATE 20.0
// Seconds between two looks, and between two changes.
#define HG_LOOK_INTERVAL 0.1
#define HG_CHANGE_INTERVAL 0.5

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
// Held by the engine that looks and chooses; the others go on without.
static pthread_mutex_t chooser = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t is_over = PTHREAD_COND_INITIALIZER;
static pthread_t holder;
static int is_holding = 0, should_hold = 0;
static double last_look = 0, last_change = 0;
static long last_count = 0;

static void do_nothing(void *unused) { (void)unused; }

// Starts a team, which lives as long as the thread that started it, and waits.
static void *hold_a_team(void *unused) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  (void)unused;
  GOMP_parallel(do_nothing, NULL, cores > 1 ? (unsigned)cores : 2, 0);
  pthread_mutex_lock(&mutex);
  while (should_hold) pthread_cond_wait(&is_over, &mutex);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void start_holding(void) {
  pthread_attr_t attributes;
  sigset_t all, before;
  sigfillset(&all);
  // Signals are for the program's own threads.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  should_hold = 1;
  // Without it everything still works, only slower on a busy machine.
  is_holding = pthread_create(&holder, &attributes, hold_a_team, NULL) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void stop_holding(void) {
  pthread_mutex_lock(&mutex);
  should_hold = 0;
  pthread_cond_signal(&is_over);
  pthread_mutex_unlock(&mutex);
  pthread_join(holder, NULL);
  is_holding = 0;
}

static void choose(void) {
  struct timespec time;
  struct rusage usage;
  double now, rate;
  clock_gettime(CLOCK_MONOTONIC, &time);
  now = (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
  if (now - last_look < HG_LOOK_INTERVAL) return;
  getrusage(RUSAGE_SELF, &usage);
  rate = last_look > 0 ? (double)(usage.ru_nivcsw - last_count) / (now - last_look) : 0;
  last_look = now;
  last_count = usage.ru_nivcsw;
  if (now - last_change < HG_CHANGE_INTERVAL) return;
  if (!is_holding && rate > HG_BUSY_RATE) {
    start_holding();
    last_change = now;
  } else if (is_holding && rate < HG_QUIET_RATE) {
    stop_holding();
    last_change = now;
  }
}

void hg_choose_waiting(void) {
  if (pthread_mutex_trylock(&chooser) != 0) return;
  choose();
  pthread_mutex_unlock(&chooser);
}
