// One thread's share of a search: a range of panels, for every query.
#pragma once
#include "Heap.h"
#include "Codes.h"

#define HG_GROUP 6        // queries whose products with a panel are computed together
#define HG_BLOCK_GROUPS 20  // groups that pass over the rows together

typedef struct {
  const float *panels;
  const float *norms;
  const hg_codes *codes;  // NULL: the rows alone
  const int32_t *items;
  const uint8_t *allowed;  // NULL: every item
  int64_t rows;
  int64_t width;
  const float *query;  // [queries, width]
  int64_t queries;
  int64_t first_panel, end_panel;
  int64_t first_row;  // rows before it are left out
  hg_heap *heaps;  // one for each query
  double *wide;    // the queries of a block in double precision, [block, width]
  float *packed;   // the queries of a block by groups, [group][width][HG_GROUP]
} hg_scan;

// The part of a squared length that rounding may have changed: the difference between a distance
// as |q|^2 - 2 q.x + |x|^2 in single precision and the exact one is at most this times
// |q|^2 + |x|^2.
//
//     gamma_n = n u / (1 - n u),  u = 2^-24,  n = width + 16
//
// Reference: Higham, 2002, "Accuracy and Stability of Numerical Algorithms", equation 3.5,
// doi:10.1137/1.9780898718027. |2 q.x| is at most |q|^2 + |x|^2; 16 covers the other roundings.
static inline double hg_rounding(int64_t width) {
  double units = (double)(width + 16) * 0x1p-24;
  return units / (1 - units);
}

// A squared length, lowered by what rounding may change, so that a bound made of it is never too high.
static inline float hg_lowered(double norm, int64_t width) {
  return nextafterf((float)(norm * (1 - hg_rounding(width))), -INFINITY);
}

// Gives a scan its working memory, and heaps for `count` rows of each query; 0 when there is none.
int hg_scan_prepare(hg_scan *scan, int64_t count, int one_per_item, hg_candidate *entries);
void hg_scan_release(hg_scan *scan);

// Finds the best rows of the range for each query. Leaves them in the heaps.
void hg_scan_run(hg_scan *scan);
