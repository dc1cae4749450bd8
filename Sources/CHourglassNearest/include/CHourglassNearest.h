// Exact nearest neighbors by Euclidean distance, among rows of numbers in memory.
//
// Rows lie in panels of 16: element k of row r is at panels[(r / 16) * 16 * width + k * 16 + r % 16],
// so that 16 distances are computed side by side, each summed in the order of its elements. Of a
// distance nothing depends on the other rows, on the other queries or on the number of threads.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "CNearestGraph.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HG_NEAREST_LANES 16

// Puts a row of little-endian single-precision numbers, 4 * width bytes, into the panels, and what
// the search needs of its squared length into norms[row]. Returns 1, or 0 and changes nothing where
// a number is not finite or its magnitude is above `limit`, which is at most 1e15.
int hg_nearest_set_row(float *panels, float *norms, int64_t width, int64_t row,
                       const uint8_t *bytes, double limit);

// Takes a row out of the panels again, `width` numbers.
void hg_nearest_get_row(const float *panels, int64_t width, int64_t row, float *dst);

// The squared distance of a row to a query, summed in double precision.
double hg_nearest_distance(const float *panels, int64_t width, int64_t row, const float *query);

// The rows in a byte for each number. With them a search for one query reads a quarter of the memory
// and finds the same: they tell which rows can be among the nearest, and these alone are compared.
typedef struct hg_codes hg_codes;

// Makes codes; NULL when there is no memory. They are valid as long as the rows do not change.
hg_codes *hg_codes_make(const float *panels, int64_t rows, int64_t width);
void hg_codes_free(hg_codes *codes);

// The `count` rows nearest to each of `queries` queries [queries, width], by the sum of squared
// differences in double precision; of equal ones, the row that comes first.
//
// norms: one for each row, and INFINITY for the rest of the last panel.
// codes: those of the rows, or NULL.
// items: the item of each row, at least 0. With one_per_item, an item is found once, by its best row.
// allowed: a byte for each item, 0 for the items that must not be found; read when filtered is not 0.
// distances, found: [queries, count]; found is -1 where there are fewer rows.
// Returns 0, or -1 when there is no memory. A thread is one of `threads` at most.
int hg_nearest_search(const float *panels, const float *norms, const hg_codes *codes,
                      const int32_t *items, const uint8_t *allowed, int filtered, int64_t rows, int64_t width,
                      const float *query, int64_t queries, int64_t count, int one_per_item,
                      int threads, double *distances, int64_t *found);

#ifdef __cplusplus
}
#endif
