// Standardization, and its gradient.
//
// Both take two sums for each kept index, and then one pass that is linear in the elements:
//
//     first = sum(a - shift), second = sum((a - shift) (b - shift)),
//     dst = scale (a - center) + slope b + offset
//
// with a = b = x and shift = the first element forward (sums of differences from a number among
// the values do not cancel), and a = diff_dst, b = y, shift = 0 backward.
#include <math.h>
#include "Threads.h"
#include "include/Kernels.h"

// Kept indices and columns that are worked on at a time. Where less than HG_NARROW elements lie
// together, columns of several kept indices are worked on side by side.
#define HG_COLUMNS 256
#define HG_NARROW 32

typedef struct {
  const float *a, *b;
  float *dst;
  float *mean, *variance;     // forward
  const float *old_variance;  // backward
  int64_t outer, kept, inner, block;
  float epsilon;
} hg_standardize_task;

typedef struct {
  float center[HG_COLUMNS], scale[HG_COLUMNS], slope[HG_COLUMNS], offset[HG_COLUMNS];
} hg_factors;

// ---------------------------------------------------------------- the two sums

HG_LOOPS
static void hg_moments(const float *a, const float *b, int64_t rows, int64_t stride, int64_t width,
                       float shift, double *first, double *second) {
#pragma clang fp contract(fast) reassociate(on)
  double sum = 0, product = 0;
  for (int64_t row = 0; row < rows; row++) {
    const float *x = a + row * stride, *y = b + row * stride;
    for (int64_t i = 0; i < width; i++) {
      double difference = (double)x[i] - (double)shift;
      sum += difference;
      product += difference * ((double)y[i] - (double)shift);
    }
  }
  *first = sum;
  *second = product;
}

HG_LOOPS
static void hg_column_moments(const float *a, const float *b, int64_t rows, int64_t stride,
                              int64_t width, const float *restrict shift, double *restrict first,
                              double *restrict second) {
#pragma clang fp contract(fast)
  for (int64_t i = 0; i < width; i++) first[i] = second[i] = 0;
  int64_t row = 0;
  for (; row + 2 <= rows; row += 2) {
    const float *x0 = a + row * stride, *y0 = b + row * stride;
    const float *x1 = x0 + stride, *y1 = y0 + stride;
    for (int64_t i = 0; i < width; i++) {
      double from = (double)shift[i];
      double difference0 = (double)x0[i] - from, difference1 = (double)x1[i] - from;
      first[i] += difference0 + difference1;
      second[i] += difference0 * ((double)y0[i] - from) + difference1 * ((double)y1[i] - from);
    }
  }
  for (; row < rows; row++) {
    const float *x = a + row * stride, *y = b + row * stride;
    for (int64_t i = 0; i < width; i++) {
      double difference = (double)x[i] - (double)shift[i];
      first[i] += difference;
      second[i] += difference * ((double)y[i] - (double)shift[i]);
    }
  }
}

// ---------------------------------------------------------------- the linear pass

HG_LOOPS
static void hg_apply(const float *a, const float *b, float *dst, int64_t rows, int64_t stride,
                     int64_t width, float center, float scale, float slope, float offset) {
#pragma clang fp contract(fast)
  for (int64_t row = 0; row < rows; row++) {
    const float *x = a + row * stride, *y = b + row * stride;
    float *to = dst + row * stride;
    HG_INDEPENDENT
    for (int64_t i = 0; i < width; i++) to[i] = scale * (x[i] - center) + (slope * y[i] + offset);
  }
}

HG_LOOPS
static void hg_column_apply(const float *a, const float *b, float *dst, int64_t rows,
                            int64_t stride, int64_t width, const hg_factors *factors) {
#pragma clang fp contract(fast)
  const float *center = factors->center, *scale = factors->scale;
  const float *slope = factors->slope, *offset = factors->offset;
  for (int64_t row = 0; row < rows; row++) {
    const float *x = a + row * stride, *y = b + row * stride;
    float *to = dst + row * stride;
    HG_INDEPENDENT
    for (int64_t i = 0; i < width; i++) {
      to[i] = scale[i] * (x[i] - center[i]) + (slope[i] * y[i] + offset[i]);
    }
  }
}

// ---------------------------------------------------------------- both together

// The factors of a kept index from its sums; forward the statistics are written as well.
static void hg_finish(const hg_standardize_task *task, int64_t kept, float shift, double first,
                      double second, hg_factors *factors, int64_t slot) {
  double count = (double)task->outer * (double)task->inner;
  double first_mean = first / count, second_mean = second / count;
  if (task->mean) {
    double mean = (double)shift + first_mean;
    double variance = second_mean - first_mean * first_mean;
    if (variance < 0) variance = 0;
    double scale = 1 / sqrt(variance + (double)task->epsilon);
    task->mean[kept] = (float)mean;
    task->variance[kept] = (float)variance;
    // What the mean loses in rounding goes into the offset.
    factors->center[slot] = (float)mean;
    factors->scale[slot] = (float)scale;
    factors->slope[slot] = 0;
    factors->offset[slot] = (float)(((double)(float)mean - mean) * scale);
  } else {
    double scale = 1 / sqrt((double)task->old_variance[kept] + (double)task->epsilon);
    factors->center[slot] = 0;
    factors->scale[slot] = (float)scale;
    factors->slope[slot] = (float)(-scale * second_mean);
    factors->offset[slot] = (float)(-scale * first_mean);
  }
}

static void hg_standardize_columns(const hg_standardize_task *task, int64_t start, int64_t end) {
  int64_t inner = task->inner, stride = task->kept * inner, width = (end - start) * inner;
  const float *a = task->a + start * inner, *b = task->b + start * inner;
  float shift[HG_COLUMNS];
  double first[HG_COLUMNS], second[HG_COLUMNS];
  hg_factors factors;
  for (int64_t k = 0; k < end - start; k++) {
    for (int64_t i = 0; i < inner; i++) shift[k * inner + i] = task->mean ? a[k * inner] : 0;
  }
  hg_column_moments(a, b, task->outer, stride, width, shift, first, second);
  for (int64_t k = 0; k < end - start; k++) {
    int64_t at = k * inner;
    for (int64_t i = 1; i < inner; i++) {
      first[at] += first[at + i];
      second[at] += second[at + i];
    }
    hg_finish(task, start + k, shift[at], first[at], second[at], &factors, at);
    for (int64_t i = 1; i < inner; i++) {
      factors.center[at + i] = factors.center[at];
      factors.scale[at + i] = factors.scale[at];
      factors.slope[at + i] = factors.slope[at];
      factors.offset[at + i] = factors.offset[at];
    }
  }
  hg_column_apply(a, b, task->dst + start * inner, task->outer, stride, width, &factors);
}

static void hg_standardize_part(void *context, int32_t part, int32_t parts) {
  const hg_standardize_task *task = context;
  int64_t inner = task->inner, stride = task->kept * inner;
  int64_t blocks = (task->kept + task->block - 1) / task->block;
  int64_t last_block = hg_part_start(blocks, part + 1, parts);
  for (int64_t block = hg_part_start(blocks, part, parts); block < last_block; block++) {
    int64_t start = block * task->block, end = hg_least(start + task->block, task->kept);
    if (inner < HG_NARROW) {
      hg_standardize_columns(task, start, end);
      continue;
    }
    for (int64_t kept = start; kept < end; kept++) {
      const float *a = task->a + kept * inner, *b = task->b + kept * inner;
      float shift = task->mean ? *a : 0;
      double first, second;
      hg_factors factors;
      hg_moments(a, b, task->outer, stride, inner, shift, &first, &second);
      hg_finish(task, kept, shift, first, second, &factors, 0);
      hg_apply(a, b, task->dst + kept * inner, task->outer, stride, inner, factors.center[0],
               factors.scale[0], factors.slope[0], factors.offset[0]);
    }
  }
}

static void hg_standardize_run(hg_standardize_task *task, int32_t threads) {
  if (task->outer <= 0 || task->inner <= 0 || task->kept <= 0) return;
  double nanoseconds = 0.5 * (double)task->outer * (double)task->kept * (double)task->inner;
  int32_t parts = hg_part_count(nanoseconds, task->kept, threads);
  task->block = 1;
  if (task->inner < HG_NARROW) {
    // Wide enough for the vector loops, and at least a block for each thread.
    int64_t most = HG_COLUMNS / task->inner;
    int64_t least = (HG_NARROW + task->inner - 1) / task->inner;
    int64_t even = (task->kept + parts - 1) / parts;
    task->block = hg_least(hg_greatest(even, least), most);
  }
  int64_t blocks = (task->kept + task->block - 1) / task->block;
  hg_parallel((int32_t)hg_least(parts, blocks), task, hg_standardize_part);
}

void hg_standardize(const float *src, float *dst, float *mean, float *variance, int64_t outer,
                    int64_t kept, int64_t inner, float epsilon, int32_t threads) {
  hg_standardize_task task = {
      .a = src,
      .b = src,
      .dst = dst,
      .mean = mean,
      .variance = variance,
      .outer = outer,
      .kept = kept,
      .inner = inner,
      .epsilon = epsilon,
  };
  hg_standardize_run(&task, threads);
}

void hg_standardize_backward(const float *y, const float *variance, const float *diff_dst,
                             float *diff_src, int64_t outer, int64_t kept, int64_t inner,
                             float epsilon, int32_t threads) {
  hg_standardize_task task = {
      .a = diff_dst,
      .b = y,
      .dst = diff_src,
      .old_variance = variance,
      .outer = outer,
      .kept = kept,
      .inner = inner,
      .epsilon = epsilon,
  };
  hg_standardize_run(&task, threads);
}
