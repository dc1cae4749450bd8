// The distances are exact sums in double precision, and few of them are computed: a bound in single
// precision, from products, first tells which rows can be among the best.
#include "Scan.h"
#include <string.h>
#include "Targets.h"

// Squared distances of the 16 rows of a panel to a query. Products and sums are rounded one by one,
// so that every processor gives the same bits.
HG_INLINE void hg_panel_distances(const float *panel, const double *query, int64_t width,
                                  double *distances) {
#pragma clang fp contract(off)
  hg_sums low = {0}, high = {0};
  for (int64_t k = 0; k < width; k++) {
    hg_half first = *(const hg_half_at *)(panel + k * 16);
    hg_half second = *(const hg_half_at *)(panel + k * 16 + 8);
    hg_sums a = __builtin_convertvector(first, hg_sums) - query[k];
    hg_sums b = __builtin_convertvector(second, hg_sums) - query[k];
    low += a * a;
    high += b * b;
  }
  memcpy(distances, &low, sizeof low);
  memcpy(distances + 8, &high, sizeof high);
}

// Offers those rows of a panel whose distance is above neither the limit of the heap nor another one.
HG_INLINE void hg_offer_near(const hg_scan *scan, int64_t panel, const double *query, hg_heap *heap,
                             double farthest) {
  double distances[16];
  hg_panel_distances(scan->panels + panel * 16 * scan->width, query, scan->width, distances);
  int64_t end = scan->rows - panel * 16 < 16 ? scan->rows - panel * 16 : 16;
  double limit = hg_heap_limit(heap);
  for (int64_t lane = 0; lane < end; lane++) {
    if (distances[lane] > limit || distances[lane] > farthest) continue;
    int64_t row = panel * 16 + lane;
    if (row < scan->first_row) continue;
    int64_t item = scan->items[row];
    if (scan->allowed && !scan->allowed[item]) continue;
    hg_heap_offer(heap, (hg_candidate){distances[lane], row, item});
    limit = hg_heap_limit(heap);
  }
}

HG_INLINE void hg_offer_panel(const hg_scan *scan, int64_t panel, const double *query,
                              hg_heap *heap) {
  hg_offer_near(scan, panel, query, heap, INFINITY);
}

// The largest |x|^2 - 2 q.x that a row within a squared distance can have, with what rounding may add.
static float hg_threshold_of(double distance, double norm, double rounding) {
  double limit = distance * (1 + 0x1p-30) - norm * (1 - rounding) + 1e-36;
  return limit < 1e37 ? nextafterf((float)limit, INFINITY) : INFINITY;
}

// The same for a row among the best.
static float hg_threshold(const hg_heap *heap, double norm, double rounding) {
  return hg_threshold_of(hg_heap_limit(heap), norm, rounding);
}

// The same for the codes of a row.
static float hg_coded_threshold(const hg_codes *codes, const hg_heap *heap, double norm,
                                double rounding) {
  double reach = sqrt(hg_heap_limit(heap)) + codes->error;
  double limit = reach * reach * (1 + 0x1p-30) - norm * (1 - rounding) + 1e-36;
  return limit < 1e37 ? nextafterf((float)limit, INFINITY) : INFINITY;
}

// One query: memory is what limits it. Four sums of products at a time hide the time that each takes.
HG_LOOPS
static void hg_scan_single(const hg_scan *scan, int64_t first_panel, const float *query,
                           hg_heap *heap, double norm, double rounding) {
  int64_t width = scan->width;
  float threshold = hg_threshold(heap, norm, rounding);
  for (int64_t panel = first_panel; panel < scan->end_panel; panel++) {
    const float *rows = scan->panels + panel * 16 * width;
    hg_lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    int64_t k = 0;
    for (; k + 4 <= width; k += 4) {
      s0 += *(const hg_lanes_at *)(rows + k * 16) * query[k];
      s1 += *(const hg_lanes_at *)(rows + k * 16 + 16) * query[k + 1];
      s2 += *(const hg_lanes_at *)(rows + k * 16 + 32) * query[k + 2];
      s3 += *(const hg_lanes_at *)(rows + k * 16 + 48) * query[k + 3];
    }
    for (; k < width; k++) s0 += *(const hg_lanes_at *)(rows + k * 16) * query[k];
    hg_lanes bounds = *(const hg_lanes_at *)(scan->norms + panel * 16);
    bounds -= 2.0f * ((s0 + s1) + (s2 + s3));
    hg_mask near = bounds <= threshold;
    if (!__builtin_reduce_or(near)) continue;
    hg_offer_panel(scan, panel, scan->wide, heap);
    threshold = hg_threshold(heap, norm, rounding);
  }
}

// A panel that is offered costs about as much as this many that are passed over.
#define HG_OFFER_COST 16
// Panels that may be offered in any case: the first ones are, until the best of a search are known.
#define HG_FREE_OFFERS 1024

// One query, by codes: a row whose distance is at most d has one of at most d + error to what its
// codes say. Returns the first panel that was not looked at: codes that pass over too few panels, as
// those of rows with a few large numbers do, are given up.
//
// scaled: step * (query - lowest); norm: the squared length of query - lowest.
HG_LOOPS
static int64_t hg_scan_codes(const hg_scan *scan, const float *scaled, hg_heap *heap, double norm,
                             double rounding) {
  const hg_codes *codes = scan->codes;
  int64_t width = scan->width, spent = 0;
  float threshold = hg_coded_threshold(codes, heap, norm, rounding);
  for (int64_t panel = scan->first_panel; panel < scan->end_panel; panel++) {
    const uint8_t *rows = codes->panels + panel * 16 * width;
    hg_lanes s0 = {0}, s1 = {0};
    int64_t k = 0;
    for (; k + 2 <= width; k += 2) {
      hg_bytes first = *(const hg_bytes_at *)(rows + k * 16);
      hg_bytes second = *(const hg_bytes_at *)(rows + k * 16 + 16);
      s0 += __builtin_convertvector(first, hg_lanes) * scaled[k];
      s1 += __builtin_convertvector(second, hg_lanes) * scaled[k + 1];
    }
    if (k < width) {
      hg_bytes last = *(const hg_bytes_at *)(rows + k * 16);
      s0 += __builtin_convertvector(last, hg_lanes) * scaled[k];
    }
    hg_lanes bounds = *(const hg_lanes_at *)(codes->norms + panel * 16);
    bounds -= 2.0f * (s0 + s1);
    hg_mask near = bounds <= threshold;
    if (!__builtin_reduce_or(near)) continue;
    hg_offer_panel(scan, panel, scan->wide, heap);
    threshold = hg_coded_threshold(codes, heap, norm, rounding);
    spent += HG_OFFER_COST;
    if (spent > panel - scan->first_panel + HG_FREE_OFFERS * HG_OFFER_COST) return panel + 1;
  }
  return scan->end_panel;
}

// |x|^2 - 2 q.x of the 16 rows of a panel for each query of a group.
HG_INLINE void hg_group_bounds(const hg_scan *scan, int64_t panel, const float *packed, hg_lanes *bounds) {
  const float *rows = scan->panels + panel * 16 * scan->width;
  hg_lanes lengths = *(const hg_lanes_at *)(scan->norms + panel * 16);
  hg_lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0}, s4 = {0}, s5 = {0};
  for (int64_t k = 0; k < scan->width; k++) {
    hg_lanes x = *(const hg_lanes_at *)(rows + k * 16);
    const float *q = packed + k * HG_GROUP;
    s0 += x * q[0];
    s1 += x * q[1];
    s2 += x * q[2];
    s3 += x * q[3];
    s4 += x * q[4];
    s5 += x * q[5];
  }
  bounds[0] = lengths - 2.0f * s0;
  bounds[1] = lengths - 2.0f * s1;
  bounds[2] = lengths - 2.0f * s2;
  bounds[3] = lengths - 2.0f * s3;
  bounds[4] = lengths - 2.0f * s4;
  bounds[5] = lengths - 2.0f * s5;
}

// Rows that may be among the best of a query, whose distances are computed together.
#define HG_NEAR 8
typedef struct {
  int64_t count;
  int64_t rows[HG_NEAR];
} hg_near;

// Squared distances of eight rows to a query, rounded as those of a panel are.
HG_INLINE void hg_row_distances(const hg_scan *scan, const int64_t *rows, const double *query,
                                double *distances) {
#pragma clang fp contract(off)
  const float *at[HG_NEAR];
  for (int i = 0; i < HG_NEAR; i++) at[i] = scan->panels + rows[i] / 16 * 16 * scan->width + rows[i] % 16;
  hg_sums sums = {0};
  for (int64_t k = 0; k < scan->width; k++) {
    hg_half numbers;
    for (int i = 0; i < HG_NEAR; i++) numbers[i] = at[i][k * 16];
    hg_sums offsets = __builtin_convertvector(numbers, hg_sums) - query[k];
    sums += offsets * offsets;
  }
  memcpy(distances, &sums, sizeof sums);
}

// Offers the rows that were put aside and whose distance is not above another one.
HG_INLINE void hg_offer_rows(const hg_scan *scan, hg_near *near, const double *query, hg_heap *heap,
                             double farthest) {
  if (near->count == 0) return;
  for (int64_t i = near->count; i < HG_NEAR; i++) near->rows[i] = near->rows[0];
  double distances[HG_NEAR];
  hg_row_distances(scan, near->rows, query, distances);
  for (int64_t i = 0; i < near->count; i++) {
    if (distances[i] > farthest || distances[i] > hg_heap_limit(heap)) continue;
    int64_t row = near->rows[i];
    hg_heap_offer(heap, (hg_candidate){distances[i], row, scan->items[row]});
  }
  near->count = 0;
}

// The lanes of a panel whose bounds are not above a threshold, a bit for each.
HG_INLINE uint32_t hg_lanes_within(const hg_lanes *bounds, float threshold) {
  typedef _Bool hg_bits __attribute__((ext_vector_type(16)));
  uint16_t bits;
  hg_bits within = __builtin_convertvector(*bounds <= threshold, hg_bits);
  memcpy(&bits, &within, sizeof bits);
  return bits;
}

// Puts rows of a panel aside; those that are put aside are offered, and the threshold is lowered, when
// there is no room left.
HG_INLINE void hg_put_aside(const hg_scan *scan, int64_t panel, uint32_t lanes, hg_near *near,
                            const double *query, hg_heap *heap, double farthest, double norm,
                            double rounding, float *threshold) {
  for (; lanes; lanes &= lanes - 1) {
    int64_t row = panel * 16 + __builtin_ctz(lanes);
    if (row < scan->first_row || row >= scan->rows) continue;
    if (scan->allowed && !scan->allowed[scan->items[row]]) continue;
    near->rows[near->count++] = row;
    if (near->count < HG_NEAR) continue;
    hg_offer_rows(scan, near, query, heap, farthest);
    float now = hg_threshold(heap, norm, rounding);
    if (now < *threshold) *threshold = now;
  }
}

// Some queries, in groups, over each panel while it is in the cache.
HG_LOOPS
static void hg_scan_groups(const hg_scan *scan, int64_t first_panel, int64_t queries, hg_heap *heaps,
                           float *thresholds, const double *norms, double rounding) {
  int64_t width = scan->width;
  int64_t groups = (queries + HG_GROUP - 1) / HG_GROUP;
  hg_near near[HG_GROUP * HG_BLOCK_GROUPS];
  for (int64_t i = 0; i < queries; i++) near[i].count = 0;
  for (int64_t panel = first_panel; panel < scan->end_panel; panel++) {
    for (int64_t group = 0; group < groups; group++) {
      const float *packed = scan->packed + group * width * HG_GROUP;
      hg_lanes own[HG_GROUP];
      hg_group_bounds(scan, panel, packed, own);
      for (int64_t j = 0; j < HG_GROUP; j++) {
        int64_t at = group * HG_GROUP + j;
        hg_mask within = own[j] <= thresholds[at];
        if (!__builtin_reduce_or(within) || at >= queries) continue;
        hg_put_aside(scan, panel, hg_lanes_within(&own[j], thresholds[at]), &near[at],
                     scan->wide + at * width, &heaps[at], INFINITY, norms[at], rounding, &thresholds[at]);
      }
    }
  }
  for (int64_t i = 0; i < queries; i++)
    hg_offer_rows(scan, &near[i], scan->wide + i * width, &heaps[i], INFINITY);
}

// The panels at first, of which all bounds are kept until it is known which of them matter.
#define HG_FIRST_PANELS 128
// The rows are dealt to this many vectors; the least bound of each lane of them is known.
#define HG_LEAST_VECTORS 8
#define HG_LEAST (HG_LEAST_VECTORS * 16)
// How often the interval in which the bound at a rank lies is halved.
#define HG_HALVINGS 8

// A bound that so many of the least ones do not exceed, and hardly one more: so many rows are as near.
HG_INLINE float hg_bound_at_rank(const hg_lanes *least, int64_t rank) {
  float low = INFINITY, high = -INFINITY;
  int64_t finite = 0;
  for (int64_t i = 0; i < HG_LEAST_VECTORS; i++) {
    for (int64_t lane = 0; lane < 16; lane++) {
      float value = least[i][lane];
      if (!(value < INFINITY)) continue;
      finite++;
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
  }
  if (finite < rank) return INFINITY;
  for (int step = 0; step < HG_HALVINGS; step++) {
    float middle = low + (high - low) / 2;
    hg_mask counts = {0};
    for (int64_t i = 0; i < HG_LEAST_VECTORS; i++) counts -= least[i] <= middle;
    if (__builtin_reduce_add(counts) >= rank) high = middle;
    else low = middle;
  }
  return high;
}

// A squared distance that a row with this bound, |x|^2 - 2 q.x as it was computed, does not exceed.
//
//     d <= bound + |q|^2 (1 + r) + 2 r |x|^2  and  |x|^2 <= 2 |q|^2 + 2 d
static double hg_distance_of_bound(float bound, double norm, double rounding) {
  double distance = (double)bound + norm * (1 + 8 * rounding);
  return (distance > 0 ? distance : 0) * (1 + 8 * rounding) + norm * rounding + 1e-30;
}

// Some queries, in groups, over the first panels. What rows are among the best is told from all bounds at
// once, so that few distances are computed that turn out too long. Returns the first panel that was not
// looked at.
HG_LOOPS
static int64_t hg_scan_first(const hg_scan *scan, int64_t queries, hg_heap *heaps, float *thresholds,
                             const double *norms, double rounding) {
  int64_t width = scan->width;
  int64_t groups = (queries + HG_GROUP - 1) / HG_GROUP;
  int64_t rank = heaps[0].capacity;
  int64_t start = scan->first_panel;
  int64_t end = scan->end_panel - start < HG_FIRST_PANELS ? scan->end_panel : start + HG_FIRST_PANELS;
  if (scan->allowed || heaps[0].one_per_item || scan->first_row > start * 16 || rank > HG_LEAST)
    return start;
  for (int64_t group = 0; group < groups; group++) {
    const float *packed = scan->packed + group * width * HG_GROUP;
    hg_lanes bounds[HG_GROUP][HG_FIRST_PANELS];
    hg_lanes least[HG_GROUP][HG_LEAST_VECTORS];
    for (int64_t j = 0; j < HG_GROUP; j++)
      for (int64_t i = 0; i < HG_LEAST_VECTORS; i++) least[j][i] = (hg_lanes){0} + INFINITY;
    for (int64_t panel = start; panel < end; panel++) {
      hg_lanes own[HG_GROUP];
      hg_group_bounds(scan, panel, packed, own);
      for (int64_t j = 0; j < HG_GROUP; j++) {
        hg_lanes *low = &least[j][panel % HG_LEAST_VECTORS];
        bounds[j][panel - start] = own[j];
        *low = __builtin_elementwise_min(*low, own[j]);
      }
    }
    for (int64_t j = 0; j < HG_GROUP && group * HG_GROUP + j < queries; j++) {
      int64_t at = group * HG_GROUP + j;
      const double *query = scan->wide + at * width;
      double farthest = hg_distance_of_bound(hg_bound_at_rank(least[j], rank), norms[at], rounding);
      float first = hg_threshold_of(farthest, norms[at], rounding);
      float threshold = first < thresholds[at] ? first : thresholds[at];
      hg_near near = {0};
      for (int64_t panel = start; panel < end; panel++) {
        hg_mask within = bounds[j][panel - start] <= threshold;
        if (!__builtin_reduce_or(within)) continue;
        hg_put_aside(scan, panel, hg_lanes_within(&bounds[j][panel - start], threshold), &near, query,
                     &heaps[at], farthest, norms[at], rounding, &threshold);
      }
      hg_offer_rows(scan, &near, query, &heaps[at], farthest);
      float last = hg_threshold(&heaps[at], norms[at], rounding);
      thresholds[at] = last < threshold ? last : threshold;
    }
  }
  return end;
}

static void hg_pack(hg_scan *scan, int64_t first, int64_t queries, double *norms) {
  int64_t width = scan->width;
  int64_t groups = (queries + HG_GROUP - 1) / HG_GROUP;
  memset(scan->packed, 0, (size_t)(groups * width * HG_GROUP) * sizeof(float));
  for (int64_t i = 0; i < queries; i++) {
    const float *query = scan->query + (first + i) * width;
    float *packed = scan->packed + i / HG_GROUP * width * HG_GROUP + i % HG_GROUP;
    double norm = 0;
    for (int64_t k = 0; k < width; k++) {
      packed[k * HG_GROUP] = query[k];
      scan->wide[i * width + k] = query[k];
      norm += (double)query[k] * query[k];
    }
    norms[i] = norm;
  }
}

// One query, by codes as long as they serve.
static void hg_scan_one(const hg_scan *scan, const float *query, hg_heap *heap, double norm,
                        double rounding) {
  int64_t first = scan->first_panel;
  if (scan->codes) {
    double distance = 0;
    for (int64_t k = 0; k < scan->width; k++) {
      double offset = query[k] - scan->codes->lowest[k];
      scan->packed[k] = (float)(scan->codes->step * offset);
      distance += offset * offset;
    }
    first = hg_scan_codes(scan, scan->packed, heap, distance, rounding);
  }
  hg_scan_single(scan, first, query, heap, norm, rounding);
}

void hg_scan_run(hg_scan *scan) {
  const int64_t block = HG_GROUP * HG_BLOCK_GROUPS;
  double rounding = hg_rounding(scan->width);
  for (int64_t first = 0; first < scan->queries; first += block) {
    int64_t queries = scan->queries - first < block ? scan->queries - first : block;
    hg_heap *heaps = scan->heaps + first;
    double norms[HG_GROUP * HG_BLOCK_GROUPS];
    float thresholds[HG_GROUP * HG_BLOCK_GROUPS];
    hg_pack(scan, first, queries, norms);
    if (queries == 1) {
      hg_scan_one(scan, scan->query + first * scan->width, heaps, norms[0], rounding);
      continue;
    }
    for (int64_t i = 0; i < block; i++)
      thresholds[i] = i < queries ? hg_threshold(&heaps[i], norms[i], rounding) : -INFINITY;
    int64_t panel = hg_scan_first(scan, queries, heaps, thresholds, norms, rounding);
    hg_scan_groups(scan, panel, queries, heaps, thresholds, norms, rounding);
  }
}
