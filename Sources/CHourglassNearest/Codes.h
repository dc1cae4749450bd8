// The rows in a byte for each number: what the first look of a search reads in place of the rows.
#pragma once
#include <stdint.h>
#include "include/CHourglassNearest.h"

// Element k of a row x is about lowest[k] + step * code; `error` is the largest Euclidean distance of
// a row to what its codes say.
struct hg_codes {
  uint8_t *panels;  // as the rows lie: panel, element, 16 rows
  float *norms;     // the squared length of step * code, lowered as norms of rows are
  float *lowest;    // the smallest of each element
  double step;
  double error;
};
