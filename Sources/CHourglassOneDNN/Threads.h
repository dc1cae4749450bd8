// Threads: a loop over parts on the OpenMP team that oneDNN uses as well.
//
// Work is cut into a number of parts that depends on the extents and on the number of threads asked
// for alone. A team that turns out smaller than asked runs the same parts, several on a thread, so
// that the results are the same bytes.
#pragma once
#include "Targets.h"

// The most parts that work is cut into; also the number of slots for partial sums.
#define HG_MAX_PARTS 128

// The interface between compiled code and the GNU OpenMP library.
void GOMP_parallel(void (*function)(void *), void *data, unsigned thread_count, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);

typedef struct {
  void (*body)(void *context, int32_t part, int32_t parts);
  void *context;
  int32_t parts;
} hg_team;

static inline void hg_team_member(void *data) {
  const hg_team *team = data;
  int32_t step = omp_get_num_threads();
  for (int32_t part = omp_get_thread_num(); part < team->parts; part += step) {
    team->body(team->context, part, team->parts);
  }
}

// Runs body(context, part, parts) for each part, one thread for a part.
static inline void hg_parallel(int32_t parts, void *context,
                               void (*body)(void *context, int32_t part, int32_t parts)) {
  if (parts <= 1) {
    body(context, 0, 1);
    return;
  }
  hg_team team = {body, context, parts};
  GOMP_parallel(hg_team_member, &team, (unsigned)parts, 0);
}

// The number of parts for work of so many nanoseconds on one thread, and so many pieces that
// cannot be cut. Waking a thread takes a few microseconds, and far longer on a busy machine, so a
// part takes at least 20 microseconds.
static inline int32_t hg_part_count(double nanoseconds, int64_t pieces, int32_t threads) {
  double most = nanoseconds / 20000;
  int64_t parts = hg_least(threads, HG_MAX_PARTS);
  if (most < (double)parts) parts = (int64_t)most;
  return (int32_t)hg_greatest(hg_least(parts, pieces), 1);
}

// The first piece of a part; the part ends where the next one starts.
static inline int64_t hg_part_start(int64_t pieces, int32_t part, int32_t parts) {
  return pieces / parts * part + hg_least(part, pieces % parts);
}
