// Optimizer updates: one pass over the parameters each.
#include <math.h>
#include "Threads.h"
#include "VectorMath.h"
#include "include/Kernels.h"

// Parts start at multiples of this many elements, so that threads do not write to the same line.
#define HG_UPDATE_BLOCK 64

typedef struct {
  float *w, *m, *v;
  const float *grad;
  int64_t count;
  // Adam: g = scale * grad, w = keep * w - rate * m / (correction * sqrt(v) + epsilon).
  float scale, keep, rate, correction, epsilon, beta1, beta2, rest1, rest2;
  // Stochastic gradient descent.
  float momentum, decay;
  int32_t nesterov;
} hg_update;

static void hg_update_range(const hg_update *update, int32_t part, int32_t parts, int64_t *start,
                            int64_t *end) {
  int64_t blocks = (update->count + HG_UPDATE_BLOCK - 1) / HG_UPDATE_BLOCK;
  *start = hg_least(hg_part_start(blocks, part, parts) * HG_UPDATE_BLOCK, update->count);
  *end = hg_least(hg_part_start(blocks, part + 1, parts) * HG_UPDATE_BLOCK, update->count);
}

static void hg_update_run(hg_update *update, double nanoseconds, int32_t threads,
                          void (*body)(void *, int32_t, int32_t)) {
  int64_t blocks = (update->count + HG_UPDATE_BLOCK - 1) / HG_UPDATE_BLOCK;
  if (blocks <= 0) return;
  int32_t parts = hg_part_count(nanoseconds * (double)update->count, blocks, threads);
  hg_parallel(parts, update, body);
}

// ---------------------------------------------------------------- Adam

HG_LOOPS
static void hg_adam_loop(const hg_update *update, int64_t start, int64_t end) {
#pragma clang fp contract(fast)
  const hg_update now = *update;
  HG_INDEPENDENT
  for (int64_t i = start; i < end; i++) {
    float g = now.scale * now.grad[i];
    float m = now.beta1 * now.m[i] + now.rest1 * g;
    float v = now.beta2 * now.v[i] + now.rest2 * (g * g);
    now.m[i] = m;
    now.v[i] = v;
    float step = now.rate * m / (now.correction * hg_sqrt(v) + now.epsilon);
    now.w[i] = now.keep * now.w[i] - step;
  }
}

static void hg_adam_part(void *context, int32_t part, int32_t parts) {
  int64_t start, end;
  hg_update_range(context, part, parts, &start, &end);
  hg_adam_loop(context, start, end);
}

// Reference: Kingma, Ba, 2015, "Adam: A method for stochastic optimization"; Loshchilov, Hutter,
// 2019, "Decoupled weight decay regularization".
void hg_adam(float *w, const float *grad, float *m, float *v, int64_t count, const float *lr,
             const float *step, const float *grad_scale, float beta1, float beta2, float epsilon,
             float decay, int32_t threads) {
  double rate = *lr, t = *step;
  hg_update update = {
      .w = w,
      .m = m,
      .v = v,
      .grad = grad,
      .count = count,
      .scale = grad_scale ? *grad_scale : 1.0f,
      .keep = (float)(1.0 - rate * decay),
      .rate = (float)(rate / (1.0 - pow(beta1, t))),
      .correction = (float)(1.0 / sqrt(1.0 - pow(beta2, t))),
      .epsilon = epsilon,
      .beta1 = beta1,
      .beta2 = beta2,
      .rest1 = (float)(1.0 - beta1),
      .rest2 = (float)(1.0 - beta2),
  };
  hg_update_run(&update, 0.5, threads, hg_adam_part);
}

// ---------------------------------------------------------------- stochastic gradient descent

HG_LOOPS
static void hg_sgd_loop(const hg_update *update, int64_t start, int64_t end) {
#pragma clang fp contract(fast)
  const hg_update now = *update;
  if (!now.m) {
    HG_INDEPENDENT
    for (int64_t i = start; i < end; i++) {
      now.w[i] -= now.rate * (now.scale * now.grad[i] + now.decay * now.w[i]);
    }
  } else if (now.nesterov) {
    HG_INDEPENDENT
    for (int64_t i = start; i < end; i++) {
      float g = now.scale * now.grad[i] + now.decay * now.w[i];
      float m = now.momentum * now.m[i] + g;
      now.m[i] = m;
      now.w[i] -= now.rate * (g + now.momentum * m);
    }
  } else {
    HG_INDEPENDENT
    for (int64_t i = start; i < end; i++) {
      float g = now.scale * now.grad[i] + now.decay * now.w[i];
      float m = now.momentum * now.m[i] + g;
      now.m[i] = m;
      now.w[i] -= now.rate * m;
    }
  }
}

static void hg_sgd_part(void *context, int32_t part, int32_t parts) {
  int64_t start, end;
  hg_update_range(context, part, parts, &start, &end);
  hg_sgd_loop(context, start, end);
}

// Reference: Sutskever et al., 2013, "On the importance of initialization and momentum in deep
// learning".
void hg_sgd(float *w, const float *grad, float *m, int64_t count, const float *lr,
            const float *grad_scale, float momentum, int32_t nesterov, float decay,
            int32_t threads) {
  hg_update update = {
      .w = w,
      .m = m,
      .grad = grad,
      .count = count,
      .scale = grad_scale ? *grad_scale : 1.0f,
      .rate = *lr,
      .momentum = momentum,
      .decay = decay,
      .nesterov = nesterov,
  };
  hg_update_run(&update, 0.4, threads, hg_sgd_part);
}

// ---------------------------------------------------------------- moving average

HG_LOOPS
static void hg_moving_average_loop(const hg_update *update, int64_t start, int64_t end) {
#pragma clang fp contract(fast)
  const hg_update now = *update;
  HG_INDEPENDENT
  for (int64_t i = start; i < end; i++) now.w[i] = now.keep * now.w[i] + now.rate * now.grad[i];
}

static void hg_moving_average_part(void *context, int32_t part, int32_t parts) {
  int64_t start, end;
  hg_update_range(context, part, parts, &start, &end);
  hg_moving_average_loop(context, start, end);
}

void hg_moving_average(float *average, const float *w, int64_t count, float decay,
                       const float *limit, int32_t threads) {
  if (limit && *limit < decay) decay = *limit;
  hg_update update = {
      .w = average,
      .grad = w,
      .count = count,
      .keep = decay,
      .rate = (float)(1.0 - decay),
  };
  hg_update_run(&update, 0.3, threads, hg_moving_average_part);
}
