#define _POSIX_C_SOURCE 200809L
#include "Signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

static _Atomic int32_t is_armed;
static _Atomic int32_t received;

// Only lock-free atomics and _exit, which a handler may use.
static void handle(int number) {
  int32_t none = 0;
  if (atomic_load(&is_armed) && atomic_compare_exchange_strong(&received, &none, number)) return;
  _exit(128 + number);
}

void hg_stop_signals_listen(void) {
  const int numbers[] = {SIGINT, SIGTERM};
  for (size_t i = 0; i < 2; i++) {
    struct sigaction former, action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (sigaction(numbers[i], NULL, &former) != 0 || former.sa_handler == SIG_IGN) continue;
    sigaction(numbers[i], &action, NULL);
  }
}

void hg_stop_signals_arm(int32_t on) { atomic_store(&is_armed, on); }

int32_t hg_stop_signal(void) { return atomic_load(&received); }
