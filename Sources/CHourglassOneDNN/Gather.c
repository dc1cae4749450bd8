// Rows picked from a table, and rows added to a table.
#include <string.h>
#include "Targets.h"
#include "include/Kernels.h"

// The row that an index stands for: the nearest one of the table, and 0 for NaN.
HG_INLINE int64_t hg_table_row(float index, int64_t rows) {
  if (!(index > 0.0f)) return 0;
  return index >= (float)(rows - 1) ? rows - 1 : (int64_t)index;
}

void hg_gather(const float *table, const float *indices, float *dst, int64_t rows, int64_t count,
               int64_t width) {
  if (count <= 0 || width <= 0) return;
  if (rows <= 0) {
    memset(dst, 0, (size_t)(count * width) * sizeof(float));
    return;
  }
  if (width == 1) {
    for (int64_t i = 0; i < count; i++) dst[i] = table[hg_table_row(indices[i], rows)];
    return;
  }
  for (int64_t i = 0; i < count; i++) {
    const float *row = table + hg_table_row(indices[i], rows) * width;
    memcpy(dst + i * width, row, (size_t)width * sizeof(float));
  }
}

HG_LOOPS
static void hg_add_at(const float *restrict src, const float *restrict indices,
                      float *restrict dst, int64_t rows, int64_t count, int64_t width) {
  for (int64_t i = 0; i < count; i++) {
    float *row = dst + hg_table_row(indices[i], rows) * width;
    const float *from = src + i * width;
    for (int64_t k = 0; k < width; k++) row[k] += from[k];
  }
}

void hg_scatter_add(const float *src, const float *indices, float *dst, int64_t rows, int64_t count,
                    int64_t width) {
  if (rows <= 0 || width <= 0) return;
  memset(dst, 0, (size_t)(rows * width) * sizeof(float));
  hg_add_at(src, indices, dst, rows, count, width);
}
