// The rows as a walk compares them: codes of a byte for each number, or the numbers themselves.
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "Graph.h"
#include "Targets.h"
#include "include/CHourglassNearest.h"

void *hg_large(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  size_t alignment = bytes >= HG_LARGE_PAGE ? HG_LARGE_PAGE : 64;
  size_t whole = (bytes + alignment - 1) / alignment * alignment;
  void *memory = NULL;
  if (posix_memalign(&memory, alignment, whole ? whole : alignment) != 0) return NULL;
#ifdef MADV_HUGEPAGE
  // Only speed depends on it.
  if (alignment == HG_LARGE_PAGE) (void)madvise(memory, whole, MADV_HUGEPAGE);
#endif
  return memory;
}

double hg_ranges(const float *panels, int64_t count, int64_t width, float *lowest) {
  double widest = 0;
  for (int64_t k = 0; k < width; k++) {
    float low = INFINITY, high = -INFINITY;
    for (int64_t row = 0; row < count; row++) {
      float value = panels[row / 16 * 16 * width + k * 16 + row % 16];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (lowest) lowest[k] = low;
    double range = (double)high - (double)low;
    if (range > widest) widest = range;
  }
  return widest;
}

double hg_graph_range(const float *panels, int64_t count, int64_t width) {
  return hg_ranges(panels, count, width, NULL);
}

static void hg_make_codes(hg_vectors *vectors, const float *panels) {
#pragma clang fp contract(off)
  int64_t width = vectors->width;
  double step = vectors->step, worst = 0;
  for (int64_t row = 0; row < vectors->count; row++) {
    const float *src = panels + row / 16 * 16 * width + row % 16;
    uint8_t *code = vectors->elements + row * vectors->stride;
    double error = 0;
    for (int64_t k = 0; k < width; k++) {
      double value = (double)src[k * 16] - vectors->lowest[k];
      double rounded = hg_code(value, step);
      code[k] = (uint8_t)rounded;
      double difference = value - rounded * step;
      error += difference * difference;
    }
    if (error > worst) worst = error;
  }
  vectors->error = sqrt(worst) * (1 + 1e-9);
}

int hg_vectors_make(hg_vectors *vectors, const float *panels, int64_t count, int64_t width,
                    int coded) {
  size_t bytes = (size_t)width * (coded ? 1 : sizeof(float));
  *vectors = (hg_vectors){.count = count, .width = width, .coded = coded, .step = 1,
                          .stride = (int64_t)((bytes + 63) / 64 * 64)};
  vectors->elements = hg_large((size_t)count * (size_t)vectors->stride);
  vectors->lowest = calloc((size_t)width, sizeof(float));
  if (!vectors->elements || !vectors->lowest) {
    hg_vectors_free(vectors);
    return 0;
  }
  memset(vectors->elements, 0, (size_t)count * (size_t)vectors->stride);
  if (coded) {
    double widest = hg_ranges(panels, count, width, vectors->lowest);
    if (widest > 0) vectors->step = widest / 255;
    hg_make_codes(vectors, panels);
  } else {
    for (int64_t row = 0; row < count; row++)
      hg_nearest_get_row(panels, width, row, (float *)(vectors->elements + row * vectors->stride));
  }
  return 1;
}

void hg_vectors_free(hg_vectors *vectors) {
  free(vectors->elements);
  free(vectors->lowest);
  vectors->elements = NULL;
  vectors->lowest = NULL;
}

HG_LOOPS
int hg_distance_of_codes(const void *a, const void *b, const void *stride) {
  const uint8_t *left = a, *right = b;
  int64_t end = *(const int64_t *)stride / 32 * 32;
  int32_t sum = 0;
  for (int64_t k = 0; k < end; k++) {
    int16_t difference = (int16_t)(left[k] - right[k]);
    sum += (int32_t)difference * difference;
  }
  return sum;
}

HG_LOOPS
float hg_distance_of_rows(const void *a, const void *b, const void *stride) {
#pragma clang fp contract(off)
  const float *left = a, *right = b;
  int64_t end = *(const int64_t *)stride / 64;
  hg_lanes sum = {0};
  for (int64_t k = 0; k < end; k++) {
    hg_lanes difference = *(const hg_lanes_at *)(left + k * 16) - *(const hg_lanes_at *)(right + k * 16);
    sum += difference * difference;
  }
  hg_half half = __builtin_shufflevector(sum, sum, 0, 1, 2, 3, 4, 5, 6, 7) +
                 __builtin_shufflevector(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15);
  return ((half[0] + half[4]) + (half[1] + half[5])) + ((half[2] + half[6]) + (half[3] + half[7]));
}
