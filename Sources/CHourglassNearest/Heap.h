// The best rows seen so far for one query. When it is full, it is a heap with the worst of them on top; until
// then its rows are in any order.
#pragma once
#include <math.h>
#include <stdint.h>

typedef struct {
  double distance;
  int64_t row;
  int64_t item;
} hg_candidate;

typedef struct {
  hg_candidate *entries;  // room for `capacity`
  int64_t count;
  int64_t capacity;
  int one_per_item;
} hg_heap;

// Of two equal distances the row that comes first is the nearer one.
static inline int hg_is_nearer(hg_candidate a, hg_candidate b) {
  return a.distance < b.distance || (a.distance == b.distance && a.row < b.row);
}

// The distance above which no row is taken any more.
static inline double hg_heap_limit(const hg_heap *heap) {
  return heap->count < heap->capacity ? INFINITY : heap->entries[0].distance;
}

// Offers a row to the heap, which keeps it if it is among the best.
void hg_heap_offer(hg_heap *heap, hg_candidate candidate);

// Sorts the rows of a heap, nearest first; the heap is none afterwards.
void hg_heap_sort(hg_heap *heap);
