// A graph in memory, and what the files that make, keep and walk it share.
#pragma once
#include <math.h>
#include "include/CNearestGraph.h"

#ifdef __cplusplus
extern "C" {
#endif

// Codes and links are read at random places: pages of 2 MiB spare most look-ups of addresses.
#define HG_LARGE_PAGE ((size_t)2 << 20)

// The rows as the walk compares them, one after the other.
//
// Coded, number k of a row is about lowest[k] + step * code: one step for all numbers, so that
// distances of codes are in proportion to those of rows.
typedef struct {
  int64_t count, width;
  int64_t stride;    // the bytes of a row, a multiple of 64
  int coded;
  uint8_t *elements; // [count][stride]
  float *lowest;     // [width]
  double step;
  double error;      // the largest distance of a row to its code
} hg_vectors;

struct hg_graph {
  hg_vectors vectors;
  int32_t links;
  int32_t top;          // the highest level
  uint32_t entry;       // the row where walks begin
  uint8_t *levels;      // [count]
  uint32_t *base;       // [count][1 + 2 * links]: how many, then which
  uint32_t *upper;      // lists [1 + links] of the levels from 1 on, row by row
  int64_t *upper_start; // [count]: where the first such list of a row is
  int64_t upper_size;
  uint32_t *next;       // [count]: the next row that equals this one, or 0
  int64_t twins;        // how many rows equal an earlier one
  uint32_t *pairs;      // [twins, 2]: each of them with the first row that it equals, ascending
  void *spare;          // the working memory of the last walk, for the next one
};

// Memory for something large; aligned to 64 bytes, in large pages where the system has them.
void *hg_large(size_t bytes);

// The lowest number of each element, where wanted, and the widest range of one.
double hg_ranges(const float *panels, int64_t count, int64_t width, float *lowest);

// The code of a number above the lowest one, from 0 to 255.
static inline double hg_code(double value, double step) {
  double code = floor(value / step + 0.5);
  return code < 0 ? 0 : code > 255 ? 255 : code;
}

// Makes the rows of a walk. Returns 0 when there is no memory.
int hg_vectors_make(hg_vectors *vectors, const float *panels, int64_t count, int64_t width,
                    int coded);
void hg_vectors_free(hg_vectors *vectors);

// Squared distances of two rows of a walk, as hnswlib calls them; `stride` points to their bytes.
int hg_distance_of_codes(const void *a, const void *b, const void *stride);
float hg_distance_of_rows(const void *a, const void *b, const void *stride);

// The highest level that a stored graph may have. hnswlib's levels are some ln(count) / ln(links),
// so that of 2^31 rows none is as high.
#define HG_MOST_LEVEL 63

// An empty graph of a shape, with room for upper lists of so many numbers and for so many twins.
// Takes the vectors over, and frees them where it fails.
hg_graph *hg_graph_make(hg_vectors vectors, int32_t links, int64_t upper_size, int64_t twins);

// Enters the twins, pairs of a row and the first row that it equals. Returns 0, HG_GRAPH_MEMORY, or
// HG_GRAPH_INVALID where they do not ascend or a pair is not equal.
int hg_graph_join(hg_graph *graph, const float *panels);

// Whether two rows in panels are equal, number by number.
int hg_rows_are_equal(const float *panels, int64_t width, int64_t a, int64_t b);

void hg_spare_free(void *spare);

#ifdef __cplusplus
}
#endif
