// Numbers of a table as text, many in one call.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The bytes that must follow the beginning of a cell for it to be read: more than the longest number takes
// with the eight bytes that are loaded last.
enum { HG_NUMBER_MARGIN = 64 };

// The most digits behind the point that hg_decimal_value takes.
enum { HG_MOST_DECIMALS = 19 };

// The double-precision number next to mantissa / 10^decimals, of two equally near ones the even one, for 0
// to HG_MOST_DECIMALS decimals.
double hg_decimal_value(uint64_t mantissa, int decimals);

// What is marked beside the counts of digits behind the point: a whole number that begins with a zero before
// other digits, and one of 2^53 or more.
enum { HG_LEADING_ZERO = 1 << 30, HG_LARGE_NUMBER = 1 << 29 };

// A table that is being read.
typedef struct {
  // Cells are read from the position on that have HG_NUMBER_MARGIN further bytes behind their beginning.
  const uint8_t *bytes;
  size_t count;
  uint8_t separator;
  // For each column whether its cells are read here, and a 0 behind the last one.
  const uint8_t *is_number;
  // The cells, [column_count][stride]: those of a column lie side by side.
  double *cells;
  int64_t column_count;
  int64_t stride;
  // For each column a bit for each count of digits behind the point, and the marks below.
  uint32_t *decimals;
  // The row to stop before.
  int64_t last_row;

  // The next byte, and the cell that it belongs to; they move on.
  size_t position;
  int64_t column;
  int64_t row;
} hg_number_cells;

// Reads cells for as long as they are numbers of at most 19 digits without an exponent, or empty (NaN). It
// stops before any other cell, column and blank line, near the end of the bytes, and at the last row.
void hg_number_cells_read(hg_number_cells *cells);

// Asks the system to back memory that will be used in no order by large pages, of which it takes fewer to
// find a place.
void hg_prefer_large_pages(const void *memory, size_t size);

// Gets the pages of memory that is about to be written, many in one call of the system and not one by one.
void hg_get_pages(const void *memory, size_t size);

#ifdef __cplusplus
}
#endif
