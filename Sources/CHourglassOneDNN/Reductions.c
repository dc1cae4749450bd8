// Sums and maxima over dimensions.
//
// Everything rests on one step: rows of up to HG_COLUMNS elements are reduced to one row. Sums are
// carried in double precision.
#include <stdbool.h>
#include "ElementwiseLoops.h"
#include "Threads.h"
#include "VectorMath.h"

// Columns that are reduced at a time; rows narrower than HG_NARROW are put together.
#define HG_COLUMNS 512
#define HG_NARROW 32
#define HG_TOGETHER 64

// The most partial results that are kept when rows are split among threads.
#define HG_PARTIALS 4096

// The time to reduce an element, in nanoseconds.
#define HG_REDUCE_COST 0.15

// ---------------------------------------------------------------- rows to one row

// sums[column] += the sum of rows; `stride` elements lie between rows.
HG_LOOPS
static void hg_add_rows(const float *src, int64_t rows, int64_t stride, int64_t width,
                        double *restrict sums) {
  int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float *a = src + row * stride, *b = a + stride, *c = b + stride, *d = c + stride;
    for (int64_t i = 0; i < width; i++) {
      sums[i] += ((double)a[i] + (double)b[i]) + ((double)c[i] + (double)d[i]);
    }
  }
  for (; row < rows; row++) {
    const float *a = src + row * stride;
    for (int64_t i = 0; i < width; i++) sums[i] += (double)a[i];
  }
}

// maxima[column] = the larger of itself and of all rows.
HG_LOOPS
static void hg_raise_rows(const float *src, int64_t rows, int64_t stride, int64_t width,
                          float *restrict maxima) {
  int64_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    const float *a = src + row * stride, *b = a + stride;
    for (int64_t i = 0; i < width; i++) {
      maxima[i] = hg_maximum(maxima[i], hg_maximum(a[i], b[i]));
    }
  }
  for (; row < rows; row++) {
    const float *a = src + row * stride;
    for (int64_t i = 0; i < width; i++) maxima[i] = hg_maximum(maxima[i], a[i]);
  }
}

// Reduces rows of at most HG_COLUMNS elements to one. Maxima are numbers of single precision.
static void hg_reduce_rows(hg_reduction kind, const float *src, int64_t rows, int64_t stride,
                           int64_t width, double *result) {
  // Rows that lie one after the other are as good as fewer, longer rows.
  int64_t together = width < HG_NARROW && stride == width ? HG_TOGETHER / width : 1;
  int64_t wide_rows = rows / together, wide = together * width;
  const float *rest = src + wide_rows * wide;
  int64_t rest_rows = rows - wide_rows * together;
  if (kind == HG_REDUCE_MAX) {
    float maxima[HG_COLUMNS];
    for (int64_t i = 0; i < wide; i++) maxima[i] = -__builtin_inff();
    hg_raise_rows(src, wide_rows, together * stride, wide, maxima);
    hg_raise_rows(rest, rest_rows, stride, width, maxima);
    if (together > 1) hg_raise_rows(maxima + width, together - 1, width, width, maxima);
    for (int64_t i = 0; i < width; i++) result[i] = (double)maxima[i];
    return;
  }
  if (width == 1 && stride == 1) {
    result[0] = hg_sum_chunk(src, rows);
    return;
  }
  double sums[HG_COLUMNS];
  for (int64_t i = 0; i < wide; i++) sums[i] = 0;
  hg_add_rows(src, wide_rows, together * stride, wide, sums);
  hg_add_rows(rest, rest_rows, stride, width, sums);
  for (int64_t i = width; i < wide; i++) sums[i % width] += sums[i];
  for (int64_t i = 0; i < width; i++) result[i] = sums[i];
}

// ---------------------------------------------------------------- reduction over the middle

typedef struct {
  hg_reduction kind;
  const float *src;
  float *dst;
  int64_t outer, middle, inner;
  float scale;
  double *partials;  // [part][outer][inner], where the rows are split among threads
} hg_reduce_task;

// Pieces are the blocks of columns, for each index of the outer dimension.
static int64_t hg_column_blocks(const hg_reduce_task *task) {
  return (task->inner + HG_COLUMNS - 1) / HG_COLUMNS;
}

static void hg_reduce_part(void *context, int32_t part, int32_t parts) {
  const hg_reduce_task *task = context;
  int64_t blocks = hg_column_blocks(task), pieces = task->outer * blocks;
  bool split = task->partials != NULL;
  int64_t piece = split ? 0 : hg_part_start(pieces, part, parts);
  int64_t last_piece = split ? pieces : hg_part_start(pieces, part + 1, parts);
  int64_t row = split ? hg_part_start(task->middle, part, parts) : 0;
  int64_t last_row = split ? hg_part_start(task->middle, part + 1, parts) : task->middle;
  for (; piece < last_piece; piece++) {
    int64_t index = piece / blocks, column = (piece - index * blocks) * HG_COLUMNS;
    int64_t width = hg_least(HG_COLUMNS, task->inner - column);
    const float *src = task->src + (index * task->middle + row) * task->inner + column;
    double result[HG_COLUMNS];
    hg_reduce_rows(task->kind, src, last_row - row, task->inner, width, result);
    int64_t at = index * task->inner + column;
    for (int64_t i = 0; i < width; i++) {
      if (split) {
        task->partials[part * task->outer * task->inner + at + i] = result[i];
      } else {
        task->dst[at + i] = (float)((double)task->scale * result[i]);
      }
    }
  }
}

void hg_reduce(hg_reduction kind, const float *src, float *dst, int64_t outer, int64_t middle,
               int64_t inner, float scale, int32_t threads) {
  if (outer <= 0 || inner <= 0) return;
  hg_reduce_task task = {kind, src, dst, outer, middle, inner, scale, NULL};
  double nanoseconds = HG_REDUCE_COST * (double)outer * (double)middle * (double)inner;
  int64_t pieces = outer * hg_column_blocks(&task), results = outer * inner;
  int32_t parts = hg_part_count(nanoseconds, hg_greatest(pieces, middle), threads);
  if (pieces >= parts || results > HG_PARTIALS / parts) {
    hg_parallel((int32_t)hg_least(parts, pieces), &task, hg_reduce_part);
    return;
  }
  double partials[HG_PARTIALS];
  task.partials = partials;
  hg_parallel(parts, &task, hg_reduce_part);
  for (int64_t i = 0; i < results; i++) {
    double result = partials[i];
    for (int32_t part = 1; part < parts; part++) {
      double other = partials[part * results + i];
      if (kind == HG_REDUCE_SUM) {
        result += other;
      } else if (other > result || other != other) {
        result = other;
      }
    }
    dst[i] = (float)((double)scale * result);
  }
}

// ---------------------------------------------------------------- sum over batch and space

typedef struct {
  const float *src;
  float *dst;
  int64_t batch, channels, space;
  double *partials;  // [part][channels], where the batch is split among threads
} hg_channel_task;

// The sums of one channel after the other, from blocks of columns that are added over the batch.
static void hg_channel_part(void *context, int32_t part, int32_t parts) {
  const hg_channel_task *task = context;
  bool split = task->partials != NULL;
  int64_t first = split ? 0 : hg_part_start(task->channels, part, parts);
  int64_t last = split ? task->channels : hg_part_start(task->channels, part + 1, parts);
  int64_t row = split ? hg_part_start(task->batch, part, parts) : 0;
  int64_t last_row = split ? hg_part_start(task->batch, part + 1, parts) : task->batch;
  int64_t stride = task->channels * task->space, end = last * task->space;
  int64_t channel = first, in_channel = 0;
  double sum = 0;
  for (int64_t column = first * task->space; column < end; column += HG_COLUMNS) {
    int64_t width = hg_least(HG_COLUMNS, end - column);
    double result[HG_COLUMNS] = {0};
    hg_add_rows(task->src + row * stride + column, last_row - row, stride, width, result);
    for (int64_t i = 0; i < width;) {
      int64_t now = hg_least(task->space - in_channel, width - i);
      for (int64_t k = 0; k < now; k++) sum += result[i + k];
      i += now;
      in_channel += now;
      if (in_channel < task->space) continue;
      if (split) {
        task->partials[part * task->channels + channel] = sum;
      } else {
        task->dst[channel] = (float)sum;
      }
      channel++;
      in_channel = 0;
      sum = 0;
    }
  }
}

void hg_channel_sum(const float *src, float *dst, int64_t batch, int64_t channels, int64_t space,
                    int32_t threads) {
  if (channels <= 0) return;
  if (space <= 0 || batch <= 0) {
    for (int64_t channel = 0; channel < channels; channel++) dst[channel] = 0;
    return;
  }
  hg_channel_task task = {src, dst, batch, channels, space, NULL};
  double nanoseconds = HG_REDUCE_COST * (double)batch * (double)channels * (double)space;
  int32_t parts = hg_part_count(nanoseconds, hg_greatest(channels, batch), threads);
  // Few channels are split unevenly, and narrow columns are slow: then the batch is split.
  bool fine = channels >= 8 * parts && channels * space >= HG_NARROW * parts;
  if (parts == 1 || fine || channels > HG_PARTIALS / parts || batch < parts) {
    hg_parallel((int32_t)hg_least(parts, channels), &task, hg_channel_part);
    return;
  }
  double partials[HG_PARTIALS];
  task.partials = partials;
  hg_parallel(parts, &task, hg_channel_part);
  for (int64_t channel = 0; channel < channels; channel++) {
    double sum = 0;
    for (int32_t part = 0; part < parts; part++) sum += partials[part * channels + channel];
    dst[channel] = (float)sum;
  }
}
