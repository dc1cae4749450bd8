// A search: its memory, its threads, and its result.
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "Scan.h"
#include "include/CHourglassNearest.h"

#define HG_MOST_THREADS 64

static float hg_number(const uint8_t *bytes) {
  uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                  (uint32_t)bytes[3] << 24;
  float number;
  memcpy(&number, &word, sizeof number);
  return number;
}

int hg_nearest_set_row(float *panels, float *norms, int64_t width, int64_t row,
                       const uint8_t *bytes, double limit) {
  for (int64_t k = 0; k < width; k++)
    if (!(fabs((double)hg_number(bytes + k * 4)) <= limit)) return 0;
  float *dst = panels + row / 16 * 16 * width + row % 16;
  double norm = 0;
  for (int64_t k = 0; k < width; k++) {
    float number = hg_number(bytes + k * 4);
    dst[k * 16] = number;
    norm += (double)number * number;
  }
  norms[row] = hg_lowered(norm, width);
  return 1;
}

void hg_nearest_get_row(const float *panels, int64_t width, int64_t row, float *dst) {
  const float *src = panels + row / 16 * 16 * width + row % 16;
  for (int64_t k = 0; k < width; k++) dst[k] = src[k * 16];
}

double hg_nearest_distance(const float *panels, int64_t width, int64_t row, const float *query) {
#pragma clang fp contract(off)
  const float *src = panels + row / 16 * 16 * width + row % 16;
  double sum = 0;
  for (int64_t k = 0; k < width; k++) {
    double difference = (double)src[k * 16] - (double)query[k];
    sum += difference * difference;
  }
  return sum;
}

static void *hg_start(void *scan) {
  hg_scan_run(scan);
  return NULL;
}

static void hg_run_all(hg_scan *scans, int threads) {
  pthread_t others[HG_MOST_THREADS];
  int started[HG_MOST_THREADS] = {0};
  for (int i = 1; i < threads; i++)
    started[i] = pthread_create(&others[i], NULL, hg_start, &scans[i]) == 0;
  hg_scan_run(&scans[0]);
  for (int i = 1; i < threads; i++) {
    if (started[i]) pthread_join(others[i], NULL);
    else hg_scan_run(&scans[i]);
  }
}

int hg_scan_prepare(hg_scan *scan, int64_t count, int one_per_item, hg_candidate *entries) {
  int64_t block = HG_GROUP * HG_BLOCK_GROUPS;
  if (scan->queries < block) block = (scan->queries + HG_GROUP - 1) / HG_GROUP * HG_GROUP;
  scan->wide = malloc((size_t)(block * scan->width) * sizeof(double));
  scan->packed = malloc((size_t)(block * scan->width) * sizeof(float));
  scan->heaps = malloc((size_t)scan->queries * sizeof(hg_heap));
  if (!scan->wide || !scan->packed || !scan->heaps) return 0;
  for (int64_t i = 0; i < scan->queries; i++)
    scan->heaps[i] = (hg_heap){entries + i * count, 0, count, one_per_item};
  return 1;
}

void hg_scan_release(hg_scan *scan) {
  free(scan->wide);
  free(scan->packed);
  free(scan->heaps);
}

static void hg_collect(hg_scan *scans, int threads, int64_t count, double *distances,
                       int64_t *found) {
  for (int64_t i = 0; i < scans[0].queries; i++) {
    hg_heap *heap = &scans[0].heaps[i];
    for (int t = 1; t < threads; t++)
      for (int64_t e = 0; e < scans[t].heaps[i].count; e++)
        hg_heap_offer(heap, scans[t].heaps[i].entries[e]);
    hg_heap_sort(heap);
    for (int64_t e = 0; e < count; e++) {
      distances[i * count + e] = e < heap->count ? heap->entries[e].distance : INFINITY;
      found[i * count + e] = e < heap->count ? heap->entries[e].row : -1;
    }
  }
}

int hg_nearest_search(const float *panels, const float *norms, const hg_codes *codes,
                      const int32_t *items, const uint8_t *allowed, int filtered, int64_t rows, int64_t width,
                      const float *query, int64_t queries, int64_t count, int one_per_item,
                      int threads, double *distances, int64_t *found) {
  if (queries <= 0 || count <= 0 || width <= 0) return 0;
  int64_t panel_count = (rows + 15) / 16;
  if (threads > HG_MOST_THREADS) threads = HG_MOST_THREADS;
  if (threads > panel_count) threads = (int)panel_count;
  if (threads < 1) threads = 1;
  hg_scan scans[HG_MOST_THREADS];
  memset(scans, 0, sizeof scans);
  int64_t entries = queries * count;
  hg_candidate *candidates = malloc((size_t)(entries * threads) * sizeof(hg_candidate));
  int good = candidates != NULL;
  for (int t = 0; t < threads && good; t++) {
    scans[t] = (hg_scan){.panels = panels, .norms = norms, .codes = codes, .items = items,
                         .allowed = filtered ? allowed : NULL, .rows = rows, .width = width,
                         .query = query, .queries = queries,
                         .first_panel = panel_count * t / threads,
                         .end_panel = panel_count * (t + 1) / threads};
    good = hg_scan_prepare(&scans[t], count, one_per_item, candidates + entries * t);
  }
  if (good) {
    hg_run_all(scans, threads);
    hg_collect(scans, threads, count, distances, found);
  }
  for (int t = 0; t < threads; t++) hg_scan_release(&scans[t]);
  free(candidates);
  return good ? 0 : -1;
}
