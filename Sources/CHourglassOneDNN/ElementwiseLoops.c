#include "ElementwiseLoops.h"
#include "VectorMath.h"

// 1, 0 or -1, and NaN for NaN.
HG_INLINE float hg_sign(float x) {
  float sign = x > 0.0f ? 1.0f : x;
  return x < 0.0f ? -1.0f : sign;
}

// x Phi(x), where Phi is the cumulative normal distribution.
HG_INLINE float hg_gelu(float x) {
  float bell;
  return x * hg_normal_cumulative(x, &bell);
}

// Phi(x) + x phi(x), where phi(x) = exp(-x * x / 2) / sqrt(2 pi).
HG_INLINE float hg_gelu_slope(float x) {
  float bell;
  float cumulative = hg_normal_cumulative(x, &bell);
  return cumulative + x * (bell * 0.398942280f);
}

// s (1 + x (1 - s)) with s = logistic(x); 1 - s = logistic(-x) is made without cancellation.
HG_INLINE float hg_silu_slope(float x) {
  float e = hg_exp(-hg_abs(x));
  float large = 1.0f / (1.0f + e), small = e * large;
  float s = x < 0.0f ? small : large;
  float rest = x < 0.0f ? large : small;
  return s * (1.0f + x * rest);
}

// A loop over the chunk: x, y and z are the elements of the operands.
#define HG_LOOP(result)                              \
  HG_INDEPENDENT                                     \
  for (int64_t i = 0; i < blocks * HG_GRAIN; i++) {  \
    float x = a[i];                                  \
    dst[i] = (result);                               \
  }                                                  \
  break
#define HG_LOOP_2(result)                            \
  HG_INDEPENDENT                                     \
  for (int64_t i = 0; i < blocks * HG_GRAIN; i++) {  \
    float x = a[i], y = b[i];                        \
    dst[i] = (result);                               \
  }                                                  \
  break
#define HG_LOOP_3(result)                            \
  HG_INDEPENDENT                                     \
  for (int64_t i = 0; i < blocks * HG_GRAIN; i++) {  \
    float x = a[i], y = b[i], z = c[i];              \
    dst[i] = (result);                               \
  }                                                  \
  break

HG_LOOPS
void hg_run_instructions(const hg_instruction *instructions, int32_t instruction_count,
                         float *const *registers, int64_t count) {
#pragma clang fp contract(fast)
  int64_t blocks = count / HG_GRAIN;
  for (int32_t k = 0; k < instruction_count; k++) {
    // An operand that an opcode does not have may be any number; it is not looked at.
    const hg_instruction *now = &instructions[k];
    const float p = now->p, q = now->q;
    float *dst = registers[now->dst];
    const float *a = registers[now->a];
    const float *b = now->opcode >= HG_OP_ADD ? registers[now->b] : a;
    const float *c = now->opcode >= HG_OP_MULTIPLY_ADD ? registers[now->c] : a;
    switch (now->opcode) {
      case HG_OP_COPY: HG_LOOP(x);
      case HG_OP_AFFINE: HG_LOOP(p * x + q);
      case HG_OP_ABS: HG_LOOP(hg_abs(x));
      case HG_OP_SQRT: HG_LOOP(hg_sqrt(x));
      case HG_OP_EXP: HG_LOOP(hg_exp(x));
      case HG_OP_LOG: HG_LOOP(hg_log(x));
      case HG_OP_RECIPROCAL: HG_LOOP(1.0f / x);
      case HG_OP_SQUARE: HG_LOOP(x * x);
      case HG_OP_SIGN: HG_LOOP(hg_sign(x));
      case HG_OP_FLOOR: HG_LOOP(__builtin_elementwise_floor(x));
      case HG_OP_RELU: HG_LOOP(x < 0.0f ? 0.0f : x);
      case HG_OP_LEAKY_RELU: HG_LOOP(x > 0.0f ? x : p * x);
      case HG_OP_ELU: HG_LOOP(x > 0.0f ? x : p * hg_expm1(x));
      case HG_OP_GELU: HG_LOOP(hg_gelu(x));
      case HG_OP_SILU: HG_LOOP(x * hg_logistic(x));
      case HG_OP_TANH: HG_LOOP(hg_tanh(x));
      case HG_OP_LOGISTIC: HG_LOOP(hg_logistic(x));
      case HG_OP_SOFTPLUS: HG_LOOP(hg_softplus(x));
      case HG_OP_CLIP: HG_LOOP(hg_clamp(x, p, q));

      case HG_OP_ADD: HG_LOOP_2(x + y);
      case HG_OP_SUBTRACT: HG_LOOP_2(x - y);
      case HG_OP_MULTIPLY: HG_LOOP_2(x * y);
      case HG_OP_DIVIDE: HG_LOOP_2(x / y);
      case HG_OP_MAXIMUM: HG_LOOP_2(hg_maximum(x, y));
      case HG_OP_MINIMUM: HG_LOOP_2(hg_minimum(x, y));
      case HG_OP_GREATER: HG_LOOP_2(x > y ? 1.0f : 0.0f);
      case HG_OP_EQUAL: HG_LOOP_2(x == y ? 1.0f : 0.0f);

      case HG_OP_ABS_BACKWARD: HG_LOOP_2(hg_sign(x) * y);
      case HG_OP_SQRT_BACKWARD: HG_LOOP_2(0.5f * y / x);
      case HG_OP_EXP_BACKWARD: HG_LOOP_2(x * y);
      case HG_OP_LOG_BACKWARD: HG_LOOP_2(y / x);
      case HG_OP_RECIPROCAL_BACKWARD: HG_LOOP_2(-(y * x) * x);
      case HG_OP_SQUARE_BACKWARD: HG_LOOP_2(2.0f * (x * y));
      case HG_OP_RELU_BACKWARD: HG_LOOP_2(x > 0.0f ? y : 0.0f);
      case HG_OP_LEAKY_RELU_BACKWARD: HG_LOOP_2(x > 0.0f ? y : p * y);
      case HG_OP_ELU_BACKWARD: HG_LOOP_2(x > 0.0f ? y : p * hg_exp(x) * y);
      case HG_OP_GELU_BACKWARD: HG_LOOP_2(hg_gelu_slope(x) * y);
      case HG_OP_SILU_BACKWARD: HG_LOOP_2(hg_silu_slope(x) * y);
      case HG_OP_TANH_BACKWARD: HG_LOOP_2(y * (1.0f - x * x));
      case HG_OP_LOGISTIC_BACKWARD: HG_LOOP_2(y * x * (1.0f - x));
      case HG_OP_SOFTPLUS_BACKWARD: HG_LOOP_2(hg_logistic(x) * y);
      case HG_OP_CLIP_BACKWARD: HG_LOOP_2(((x >= p) & (x <= q)) ? y : 0.0f);

      case HG_OP_MULTIPLY_ADD: HG_LOOP_3(x * y + z);
      case HG_OP_SELECT: HG_LOOP_3(x != 0.0f ? y : z);
      default: break;
    }
  }
}

HG_LOOPS
double hg_sum_chunk(const float *values, int64_t count) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (int64_t i = 0; i < count; i++) sum += (double)values[i];
  return sum;
}

double hg_instruction_cost(uint16_t opcode) {
  switch (opcode) {
    case HG_OP_EXP:
    case HG_OP_LOG:
    case HG_OP_ELU:
    case HG_OP_TANH:
    case HG_OP_LOGISTIC:
    case HG_OP_SILU:
    case HG_OP_ELU_BACKWARD:
    case HG_OP_SOFTPLUS_BACKWARD:
    case HG_OP_SILU_BACKWARD: return 0.8;
    case HG_OP_GELU:
    case HG_OP_GELU_BACKWARD:
    case HG_OP_SOFTPLUS: return 1.2;
    case HG_OP_SQRT:
    case HG_OP_RECIPROCAL:
    case HG_OP_DIVIDE:
    case HG_OP_SQRT_BACKWARD:
    case HG_OP_LOG_BACKWARD: return 0.2;
    default: return 0.06;
  }
}
