#include "Heap.h"
#include <stdlib.h>
#include "Targets.h"

static void hg_sink(hg_heap *heap, int64_t place) {
  hg_candidate moved = heap->entries[place];
  for (;;) {
    int64_t child = 2 * place + 1;
    if (child >= heap->count) break;
    if (child + 1 < heap->count && hg_is_nearer(heap->entries[child], heap->entries[child + 1]))
      child++;
    if (!hg_is_nearer(moved, heap->entries[child])) break;
    heap->entries[place] = heap->entries[child];
    place = child;
  }
  heap->entries[place] = moved;
}

static void hg_rise(hg_heap *heap, int64_t place) {
  hg_candidate moved = heap->entries[place];
  while (place > 0) {
    int64_t parent = (place - 1) / 2;
    if (!hg_is_nearer(heap->entries[parent], moved)) break;
    heap->entries[place] = heap->entries[parent];
    place = parent;
  }
  heap->entries[place] = moved;
}

// Makes a heap of rows in any order.
static void hg_arrange(hg_heap *heap) {
  for (int64_t place = heap->count / 2 - 1; place >= 0; place--) hg_sink(heap, place);
}

void hg_heap_offer(hg_heap *heap, hg_candidate candidate) {
  if (heap->count == heap->capacity && !hg_is_nearer(candidate, heap->entries[0])) return;
  if (heap->one_per_item) {
    for (int64_t i = 0; i < heap->count; i++) {
      if (heap->entries[i].item != candidate.item) continue;
      if (!hg_is_nearer(candidate, heap->entries[i])) return;
      heap->entries[i] = candidate;
      hg_sink(heap, i);
      return;
    }
  }
  if (heap->count < heap->capacity) {
    heap->entries[heap->count++] = candidate;
    if (heap->one_per_item) hg_rise(heap, heap->count - 1);
    else if (heap->count == heap->capacity) hg_arrange(heap);
  } else {
    heap->entries[0] = candidate;
    hg_sink(heap, 0);
  }
}

static int hg_compare(const void *a, const void *b) {
  const hg_candidate *left = a, *right = b;
  return hg_is_nearer(*left, *right) ? -1 : hg_is_nearer(*right, *left) ? 1 : 0;
}

// More rows than this are sorted by the library: counting compares each with each.
#define HG_COUNTED 128

// The place of each row is the number of those that are nearer.
HG_LOOPS
static void hg_sort_by_counting(hg_candidate *entries, int64_t count) {
  hg_candidate given[HG_COUNTED];
  double distances[HG_COUNTED];
  int64_t rows[HG_COUNTED];
  for (int64_t i = 0; i < count; i++) {
    given[i] = entries[i];
    distances[i] = entries[i].distance;
    rows[i] = entries[i].row;
  }
  for (int64_t i = 0; i < count; i++) {
    double distance = distances[i];
    int64_t row = rows[i], place = 0;
    for (int64_t j = 0; j < count; j++)
      place += (distances[j] < distance) | ((distances[j] == distance) & (rows[j] < row));
    entries[place] = given[i];
  }
}

void hg_heap_sort(hg_heap *heap) {
  if (heap->count <= HG_COUNTED)
    hg_sort_by_counting(heap->entries, heap->count);
  else
    qsort(heap->entries, (size_t)heap->count, sizeof(hg_candidate), hg_compare);
}
