#include "Codes.h"
#include <math.h>
#include <stdlib.h>
#include "Graph.h"
#include "Scan.h"

static void hg_code_row(hg_codes *codes, const float *panels, int64_t width, int64_t row) {
  int64_t at = row / 16 * 16 * width + row % 16;
  double norm = 0, error = 0;
  for (int64_t k = 0; k < width; k++) {
    double value = (double)panels[at + k * 16] - codes->lowest[k];
    double code = hg_code(value, codes->step);
    codes->panels[at + k * 16] = (uint8_t)code;
    double rounded = codes->step * code;
    norm += rounded * rounded;
    error += (value - rounded) * (value - rounded);
  }
  codes->norms[row] = hg_lowered(norm, width);
  if (error > codes->error) codes->error = error;
}

hg_codes *hg_codes_make(const float *panels, int64_t rows, int64_t width) {
  if (rows <= 0 || width <= 0) return NULL;
  size_t lanes = (size_t)((rows + 15) / 16 * 16);
  hg_codes *codes = calloc(1, sizeof(hg_codes));
  if (!codes) return NULL;
  codes->panels = hg_large(lanes * (size_t)width);
  codes->norms = malloc(lanes * sizeof(float));
  codes->lowest = malloc((size_t)width * sizeof(float));
  if (!codes->panels || !codes->norms || !codes->lowest) {
    hg_codes_free(codes);
    return NULL;
  }
  double widest = hg_ranges(panels, rows, width, codes->lowest);
  codes->step = widest > 0 ? widest / 255 : 1;
  for (int64_t row = 0; row < rows; row++) hg_code_row(codes, panels, width, row);
  for (int64_t row = rows; row < (int64_t)lanes; row++) {
    for (int64_t k = 0; k < width; k++) codes->panels[row / 16 * 16 * width + k * 16 + row % 16] = 0;
    codes->norms[row] = INFINITY;
  }
  // Sums in double precision are right within far less than this.
  codes->error = sqrt(codes->error) * (1 + 1e-9);
  return codes;
}

void hg_codes_free(hg_codes *codes) {
  if (!codes) return;
  free(codes->panels);
  free(codes->norms);
  free(codes->lowest);
  free(codes);
}
