// The walk over a graph towards a query, and the comparison of what it ends at with the rows.
//
// The candidates of a walk are kept sorted in one array, each as one number: its distance in the
// upper 32 bits, which for a float that is not negative sort as the float does, then the row, then
// whether its links have been followed. Equal distances are thus taken in the order of the rows.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "Graph.h"
#include "Heap.h"
#include "Scan.h"
#include "Targets.h"
#include "include/CHourglassNearest.h"

#define HG_MOST_WALKERS 64

// The working memory of one thread; `seen` is clear between walks.
typedef struct {
  int64_t breadth, touched_room;
  uint64_t *pool;      // [breadth + 1]
  uint64_t *seen;      // a bit for each row
  uint32_t *touched;   // the rows whose bits were set, while they are few
  int64_t touched_count;
  uint8_t *query;      // the query as the walk compares it
  double *wide;        // [width], for the comparison with the rows
} hg_walker;

typedef struct {
  const hg_graph *graph;
  int64_t count, breadth;
  hg_scan scan;  // the queries with their heaps, and the rows that are not in the graph
  double *distances;
  int64_t *found;
  hg_walker *walker;
} hg_walk;

void hg_spare_free(void *spare) {
  hg_walker *walker = spare;
  if (!walker) return;
  free(walker->pool);
  free(walker->seen);
  free(walker->touched);
  free(walker->query);
  free(walker->wide);
  free(walker);
}

// Working memory for a walk: that of an earlier one where it is large enough.
static hg_walker *hg_walker_take(hg_graph *graph, int64_t breadth) {
  hg_walker *walker = __atomic_exchange_n(&graph->spare, NULL, __ATOMIC_ACQUIRE);
  if (walker && walker->breadth >= breadth) return walker;
  hg_spare_free(walker);
  walker = calloc(1, sizeof(hg_walker));
  if (!walker) return NULL;
  int64_t rows = graph->vectors.count;
  walker->breadth = breadth;
  // More rows than these are quicker cleared all at once.
  walker->touched_room = rows / 64 + 2 * graph->links + 1;
  walker->pool = malloc((size_t)(breadth + 1) * sizeof(uint64_t));
  walker->seen = calloc((size_t)(rows / 64 + 1), sizeof(uint64_t));
  walker->touched = malloc((size_t)walker->touched_room * sizeof(uint32_t));
  walker->query = calloc((size_t)graph->vectors.stride + 64, 2);
  walker->wide = malloc((size_t)graph->vectors.width * sizeof(double));
  if (walker->pool && walker->seen && walker->touched && walker->query && walker->wide)
    return walker;
  hg_spare_free(walker);
  return NULL;
}

static void hg_walker_give(hg_graph *graph, hg_walker *walker) {
  hg_spare_free(__atomic_exchange_n(&graph->spare, walker, __ATOMIC_ACQ_REL));
}

// The squared distance of the query to a row, in 32 bits that sort as it does.
HG_INLINE uint32_t hg_walk_distance(const hg_vectors *vectors, const void *query, uint32_t row,
                                    int coded) {
#pragma clang fp contract(off)
  if (coded) {
    const int16_t *left = query;
    const uint8_t *right = vectors->elements + (int64_t)row * vectors->stride;
    int64_t end = vectors->stride / 32 * 32;
    int32_t sum = 0;
    for (int64_t k = 0; k < end; k++) {
      int16_t difference = (int16_t)(left[k] - right[k]);
      sum += (int32_t)difference * difference;
    }
    return (uint32_t)sum;
  }
  const float *left = query;
  const float *right = (const float *)(vectors->elements + (int64_t)row * vectors->stride);
  int64_t end = vectors->stride / 64;
  hg_lanes sums = {0};
  for (int64_t k = 0; k < end; k++) {
    hg_lanes difference =
        *(const hg_lanes_at *)(left + k * 16) - *(const hg_lanes_at *)(right + k * 16);
    sums += difference * difference;
  }
  hg_half half = __builtin_shufflevector(sums, sums, 0, 1, 2, 3, 4, 5, 6, 7) +
                 __builtin_shufflevector(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15);
  float sum =
      ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]));
  uint32_t bits;
  memcpy(&bits, &sum, sizeof bits);
  return bits;
}

HG_INLINE void hg_prefetch_row(const hg_vectors *vectors, uint32_t row) {
  const uint8_t *element = vectors->elements + (int64_t)row * vectors->stride;
  int64_t end = vectors->stride < 256 ? vectors->stride : 256;
  for (int64_t byte = 0; byte < end; byte += 64) __builtin_prefetch(element + byte);
}

// Puts a candidate into the sorted pool; gives its place, or `size` where it is too far.
HG_INLINE int64_t hg_insert(uint64_t *pool, int64_t *size, int64_t breadth, uint64_t key) {
  int64_t low = 0, high = *size;
  if (high == breadth && key >= pool[high - 1]) return high;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (pool[middle] < key) low = middle + 1;
    else high = middle;
  }
  int64_t last = *size < breadth ? *size : breadth - 1;
  memmove(pool + low + 1, pool + low, (size_t)(last - low) * sizeof(uint64_t));
  pool[low] = key;
  if (*size < breadth) (*size)++;
  return low;
}

// From the entry down to the lowest layer, each time to the nearest neighbor.
HG_INLINE uint32_t hg_descend(const hg_graph *graph, const void *query, int coded) {
  const hg_vectors *vectors = &graph->vectors;
  uint32_t here = graph->entry;
  uint32_t least = hg_walk_distance(vectors, query, here, coded);
  for (int level = graph->top; level > 0; level--) {
    for (int moved = 1; moved;) {
      moved = 0;
      const uint32_t *list =
          graph->upper + graph->upper_start[here] + (level - 1) * (1 + (int64_t)graph->links);
      for (uint32_t i = 1; i <= list[0]; i++) hg_prefetch_row(vectors, list[i]);
      for (uint32_t i = 1; i <= list[0]; i++) {
        uint32_t distance = hg_walk_distance(vectors, query, list[i], coded);
        if (distance >= least) continue;
        least = distance;
        here = list[i];
        moved = 1;
      }
    }
  }
  return here;
}

// Algorithm 2 of the paper on the lowest layer. Gives the number of candidates in the pool.
HG_INLINE int64_t hg_walk_base(const hg_graph *graph, hg_walker *walker, int64_t breadth,
                               int coded) {
  const hg_vectors *vectors = &graph->vectors;
  const void *query = walker->query;
  uint64_t *pool = walker->pool, *seen = walker->seen;
  int64_t stride = 1 + 2 * (int64_t)graph->links;
  uint32_t start = hg_descend(graph, query, coded);
  int64_t size = 1, touched = 0, at = 0;
  pool[0] = (uint64_t)hg_walk_distance(vectors, query, start, coded) << 32 | (uint64_t)start << 1;
  seen[start / 64] |= 1ull << start % 64;
  walker->touched[touched++] = start;
  while (at < size) {
    if (pool[at] & 1) {
      at++;
      continue;
    }
    uint32_t row = (uint32_t)pool[at] >> 1;
    pool[at] |= 1;
    const uint32_t *list = graph->base + row * stride;
    uint32_t fresh[2 * HG_GRAPH_MOST_LINKS];
    int64_t count = 0;
    for (uint32_t i = 1; i <= list[0]; i++) {
      uint32_t id = list[i];
      uint64_t bit = 1ull << id % 64, word = seen[id / 64];
      seen[id / 64] = word | bit;
      fresh[count] = id;
      count += !(word & bit);
    }
    for (int64_t i = 0; i < count; i++) hg_prefetch_row(vectors, fresh[i]);
    // Beyond its room the list only tells that there are too many.
    if (touched + count <= walker->touched_room)
      memcpy(walker->touched + touched, fresh, (size_t)count * sizeof(uint32_t));
    touched += count;
    for (int64_t i = 0; i < count; i++) {
      uint64_t key = (uint64_t)hg_walk_distance(vectors, query, fresh[i], coded) << 32 |
                     (uint64_t)fresh[i] << 1;
      if (size == breadth && key >= pool[size - 1]) continue;
      int64_t place = hg_insert(pool, &size, breadth, key);
      if (place < at) at = place;
    }
    while (at < size && pool[at] & 1) at++;
    if (at < size) {
      const uint32_t *next = graph->base + ((uint32_t)pool[at] >> 1) * stride;
      __builtin_prefetch(next);
      __builtin_prefetch(next + 16);
    }
  }
  walker->touched_count = touched;
  return size;
}

HG_LOOPS
static int64_t hg_walk_codes(const hg_graph *graph, hg_walker *walker, int64_t breadth) {
  return hg_walk_base(graph, walker, breadth, 1);
}

HG_LOOPS
static int64_t hg_walk_rows(const hg_graph *graph, hg_walker *walker, int64_t breadth) {
  return hg_walk_base(graph, walker, breadth, 0);
}

static void hg_clear(const hg_graph *graph, hg_walker *walker) {
  if (walker->touched_count > walker->touched_room) {
    memset(walker->seen, 0, (size_t)(graph->vectors.count / 64 + 1) * sizeof(uint64_t));
    return;
  }
  for (int64_t i = 0; i < walker->touched_count; i++) walker->seen[walker->touched[i] / 64] = 0;
}

// The query as the walk compares it; its distance from what it stands for, or -1 where a number is
// so far from those of all rows that the sums of the walk would overflow.
static double hg_prepare_query(const hg_vectors *vectors, const float *query, void *prepared) {
  if (!vectors->coded) {
    memcpy(prepared, query, (size_t)vectors->width * sizeof(float));
    return 0;
  }
  int16_t *codes = prepared;
  double limit = floor(sqrt(0x7fffffffp0 / (double)vectors->width)) - 256;
  if (limit > 16000) limit = 16000;
  double error = 0;
  for (int64_t k = 0; k < vectors->width; k++) {
    double value = (double)query[k] - vectors->lowest[k];
    double rounded = floor(value / vectors->step + 0.5);
    if (!(fabs(rounded) <= limit)) return -1;
    codes[k] = (int16_t)rounded;
    double difference = value - rounded * vectors->step;
    error += difference * difference;
  }
  return sqrt(error) * (1 + 1e-9);
}

// The least squared distance that a candidate can have, given what its key says.
static double hg_least(const hg_vectors *vectors, uint64_t key, double error) {
  uint32_t word = (uint32_t)(key >> 32);
  if (vectors->coded) {
    double least = sqrt((double)word) * vectors->step * (1 - 1e-9) - error;
    return least > 0 ? least * least : 0;
  }
  float distance;
  memcpy(&distance, &word, sizeof distance);
  // Rounding adds at most this share to a sum of squares, and nothing where it overflows.
  return distance < INFINITY ? distance * (1 - 4 * hg_rounding(vectors->width)) : 0;
}

// The squared distance of a row, as hg_nearest_distance gives it: the same sums in the same order.
HG_LOOPS
static double hg_exact(const float *panels, int64_t width, int64_t row, const double *query) {
#pragma clang fp contract(off)
  const float *src = panels + row / 16 * 16 * width + row % 16;
  double sum = 0;
  for (int64_t k = 0; k < width; k++) {
    double difference = (double)src[k * 16] - query[k];
    sum += difference * difference;
  }
  return sum;
}

// Offers a row that the walk came to, and those that equal it.
static void hg_offer_row(const hg_walk *walk, int64_t row, hg_heap *heap) {
  int64_t width = walk->graph->vectors.width;
  double distance = hg_exact(walk->scan.panels, width, row, walk->walker->wide);
  do {
    hg_candidate candidate = {distance, row, walk->scan.items[row]};
    // Those that follow are as far and come later.
    if (heap->count == heap->capacity && !hg_is_nearer(candidate, heap->entries[0])) return;
    hg_heap_offer(heap, candidate);
    row = walk->graph->next[row];
  } while (row);
}

// Answers one query; 0 where the walk cannot.
static int hg_answer(const hg_walk *walk, const float *query, hg_heap *heap) {
  const hg_vectors *vectors = &walk->graph->vectors;
  hg_walker *walker = walk->walker;
  double error = hg_prepare_query(vectors, query, walker->query);
  if (error < 0) return 0;
  error += vectors->error;
  int64_t size = vectors->coded ? hg_walk_codes(walk->graph, walker, walk->breadth)
                                : hg_walk_rows(walk->graph, walker, walk->breadth);
  hg_clear(walk->graph, walker);
  for (int64_t k = 0; k < vectors->width; k++) walker->wide[k] = query[k];
  for (int64_t i = 0; i < size; i++) {
    if (hg_least(vectors, walker->pool[i], error) > hg_heap_limit(heap)) break;
    hg_offer_row(walk, (uint32_t)walker->pool[i] >> 1, heap);
  }
  return 1;
}

static void *hg_walk_run(void *start) {
  hg_walk *walk = start;
  hg_scan *scan = &walk->scan;
  // The rows that were added since the graph was made are all compared.
  if (scan->first_row < scan->rows) hg_scan_run(scan);
  for (int64_t i = 0; i < scan->queries; i++) {
    hg_heap *heap = &scan->heaps[i];
    int walked = hg_answer(walk, scan->query + i * scan->width, heap);
    hg_heap_sort(heap);
    int64_t *found = walk->found + i * walk->count;
    double *distances = walk->distances + i * walk->count;
    for (int64_t e = 0; e < walk->count; e++) {
      found[e] = e < heap->count ? heap->entries[e].row : -1;
      distances[e] = e < heap->count ? heap->entries[e].distance : INFINITY;
    }
    if (!walked) found[0] = -2;
  }
  return NULL;
}

static void hg_walk_all(hg_walk *walks, int threads) {
  pthread_t others[HG_MOST_WALKERS];
  int started[HG_MOST_WALKERS] = {0};
  for (int t = 1; t < threads; t++)
    started[t] = pthread_create(&others[t], NULL, hg_walk_run, &walks[t]) == 0;
  hg_walk_run(&walks[0]);
  for (int t = 1; t < threads; t++) {
    if (started[t]) pthread_join(others[t], NULL);
    else hg_walk_run(&walks[t]);
  }
}

int hg_graph_search(const hg_graph *graph, hg_graph_rows rows, const float *query,
                    int64_t queries, int64_t count, int64_t breadth, int one_per_item,
                    int threads, double *distances, int64_t *found) {
  if (queries <= 0 || count <= 0) return 0;
  int64_t known = graph->vectors.count, width = graph->vectors.width;
  if (breadth > known) breadth = known;
  if (breadth < count) breadth = count;
  if (threads > HG_MOST_WALKERS) threads = HG_MOST_WALKERS;
  if (threads > queries) threads = (int)queries;
  if (threads < 1) threads = 1;
  hg_walk walks[HG_MOST_WALKERS];
  memset(walks, 0, sizeof walks);
  hg_candidate *candidates = malloc((size_t)(queries * count) * sizeof(hg_candidate));
  int good = candidates != NULL;
  for (int t = 0; t < threads && good; t++) {
    int64_t first = queries * t / threads, end = queries * (t + 1) / threads;
    walks[t] = (hg_walk){
        .graph = graph, .count = count, .breadth = breadth,
        .walker = hg_walker_take((hg_graph *)graph, breadth),
        .distances = distances + first * count, .found = found + first * count,
        .scan = {.panels = rows.panels, .norms = rows.norms, .items = rows.items,
                 .rows = rows.rows, .width = width, .query = query + first * width,
                 .queries = end - first, .first_panel = known / 16,
                 .end_panel = (rows.rows + 15) / 16, .first_row = known}};
    good = walks[t].walker &&
           hg_scan_prepare(&walks[t].scan, count, one_per_item, candidates + first * count);
  }
  if (good) hg_walk_all(walks, threads);
  for (int t = 0; t < threads; t++) {
    if (walks[t].walker) hg_walker_give((hg_graph *)graph, walks[t].walker);
    hg_scan_release(&walks[t].scan);
  }
  free(candidates);
  return good ? 0 : HG_GRAPH_MEMORY;
}
