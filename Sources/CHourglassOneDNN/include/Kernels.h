// The loops that oneDNN does not have, or cannot fuse: element-wise programs, reductions,
// random numbers, standardization, gather and scatter, and the optimizer updates.
//
// All pointers are to float unless said otherwise, and must be valid for the extents given.
// Every function that may use threads takes the number of threads, uses the OpenMP team that
// oneDNN uses as well, splits work by a rule that depends on the extents and the number of threads
// alone, and gives the same bytes each time for the same arguments.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// ---------------------------------------------------------------- element-wise programs

#define HG_MAX_RANK 6
#define HG_MAX_OPERANDS 40   // inputs + outputs of a program
#define HG_MAX_REGISTERS 64  // inputs + outputs + temporaries
#define HG_MAX_INSTRUCTIONS 128
#define HG_MAX_SUMS 4

// NaN gives NaN, but for comparisons and the conditions of gradients and of HG_OP_SELECT, where
// it counts as false (SELECT: as different from 0). The functions are right within a few units in
// the last place; those of HG_OP_GELU_BACKWARD and HG_OP_SILU_BACKWARD near their roots within
// 2e-7 of the gradient b.
typedef enum {
  // One operand: dst = f(a), with the constants p and q of the instruction.
  HG_OP_COPY = 0,    // a
  HG_OP_AFFINE,      // p * a + q
  HG_OP_ABS,         // |a|
  HG_OP_SQRT,        // sqrt(a)
  HG_OP_EXP,         // exp(a)
  HG_OP_LOG,         // ln(a)
  HG_OP_RECIPROCAL,  // 1 / a
  HG_OP_SQUARE,      // a * a
  HG_OP_SIGN,        // -1, 0 or 1
  HG_OP_FLOOR,       // the largest whole number that is not above a
  HG_OP_RELU,        // max(a, 0)
  HG_OP_LEAKY_RELU,  // a > 0 ? a : p * a
  HG_OP_ELU,         // a > 0 ? a : p * (exp(a) - 1)
  HG_OP_GELU,        // a * (1 + erf(a / sqrt 2)) / 2
  HG_OP_SILU,        // a / (1 + exp(-a))
  HG_OP_TANH,        // tanh(a)
  HG_OP_LOGISTIC,    // 1 / (1 + exp(-a))
  HG_OP_SOFTPLUS,    // ln(1 + exp(a)), without overflow
  HG_OP_CLIP,        // min(max(a, p), q)
  // Two operands: dst = f(a, b).
  HG_OP_ADD = 32,
  HG_OP_SUBTRACT,
  HG_OP_MULTIPLY,
  HG_OP_DIVIDE,
  HG_OP_MAXIMUM,
  HG_OP_MINIMUM,
  HG_OP_GREATER,  // a > b ? 1 : 0
  HG_OP_EQUAL,    // a == b ? 1 : 0
  // Gradients: a is the saved value (x or y as stated), b the gradient of the result.
  HG_OP_ABS_BACKWARD = 64,    // sign(x) * b
  HG_OP_SQRT_BACKWARD,        // b / (2 y)
  HG_OP_EXP_BACKWARD,         // b * y
  HG_OP_LOG_BACKWARD,         // b / x
  HG_OP_RECIPROCAL_BACKWARD,  // -b * y * y
  HG_OP_SQUARE_BACKWARD,      // 2 x b
  HG_OP_RELU_BACKWARD,        // y > 0 ? b : 0
  HG_OP_LEAKY_RELU_BACKWARD,  // x > 0 ? b : p * b
  HG_OP_ELU_BACKWARD,         // x > 0 ? b : p * exp(x) * b
  HG_OP_GELU_BACKWARD,        // of x
  HG_OP_SILU_BACKWARD,        // of x
  HG_OP_TANH_BACKWARD,        // b * (1 - y * y)
  HG_OP_LOGISTIC_BACKWARD,    // b * y * (1 - y)
  HG_OP_SOFTPLUS_BACKWARD,    // b * logistic(x)
  HG_OP_CLIP_BACKWARD,        // p <= x <= q ? b : 0
  // Three operands.
  HG_OP_MULTIPLY_ADD = 96,  // a * b + c
  HG_OP_SELECT,             // a != 0 ? b : c
} hg_opcode;

typedef struct {
  uint16_t opcode;
  uint16_t dst, a, b, c;  // register numbers
  float p, q;
} hg_instruction;

// A tensor seen through strides (in elements). The innermost stride of an input is 0 or 1, of an
// output 1; the outer strides are free (0 where an input is broadcast).
typedef struct {
  float *data;
  int64_t strides[HG_MAX_RANK];
  // Not 0: the elements are bfloat16 (2 bytes each), and lie without gaps in the order of the
  // extents. A result is rounded to the nearest, ties to even.
  int32_t is_half;
} hg_operand;

// The sum of a register over all elements: *dst = scale * sum.
typedef struct {
  uint16_t source;
  float scale;
  float *dst;
} hg_sum;

// Registers 0 ..< input_count are the inputs, the next output_count are the outputs, the others
// temporaries. The program runs over `extents`, the innermost last; rank 0 is one element. No
// instruction may write to an input register. Outputs may alias inputs of equal strides: the input
// register keeps its old values until the program ends. An output register may be read after it
// was written; an output that no instruction writes is left as it is. Operands that an opcode does
// not have are not looked at, but `a` must be a register. Sums are accumulated in double precision.
typedef struct {
  int32_t rank;
  int64_t extents[HG_MAX_RANK];
  int32_t input_count, output_count, register_count, instruction_count, sum_count;
  hg_operand operands[HG_MAX_OPERANDS];
  hg_instruction instructions[HG_MAX_INSTRUCTIONS];
  hg_sum sums[HG_MAX_SUMS];
} hg_elementwise;

// Runs a program over its extents. `threads` is the most threads to use; small work uses one.
void hg_elementwise_run(const hg_elementwise *program, int32_t threads);

// ---------------------------------------------------------------- reductions

typedef enum { HG_REDUCE_SUM = 0, HG_REDUCE_MAX } hg_reduction;

// dst[outer][inner] = scale * reduction over `middle` of src[outer][middle][inner]. The maximum of
// no elements is -infinity, and of elements with a NaN among them NaN.
void hg_reduce(hg_reduction kind, const float *src, float *dst, int64_t outer, int64_t middle,
               int64_t inner, float scale, int32_t threads);

// dst[channel] = sum over batch and space of src[batch][channel][space].
void hg_channel_sum(const float *src, float *dst, int64_t batch, int64_t channels, int64_t space,
                    int32_t threads);

// ---------------------------------------------------------------- random numbers

typedef enum { HG_RANDOM_UNIFORM = 0, HG_RANDOM_NORMAL } hg_random;

// Fills dst[0 ..< count] from Philox4x32-10 (Salmon et al. 2011). Element i is made from block
// i / 4 with the counter (i / 4, stream, low half of step, high half of step) and the key `seed`
// (low half first). Uniform: word i % 4, (word >> 8) * 2^-24. Normal: words 0 and 1 give elements
// 0 and 1 of the block, words 2 and 3 give 2 and 3: u = ((first >> 8) + 0.5) * 2^-24,
// v = (second >> 8) * 2^-24, r = sqrt(-2 ln u), (r cos 2 pi v, r sin 2 pi v).
void hg_random_fill(hg_random kind, uint64_t seed, uint32_t stream, uint64_t step, float *dst,
                    int64_t count, int32_t threads);

// ---------------------------------------------------------------- standardization

// dst = (src - mean) / sqrt(variance + epsilon) over outer and inner of src[outer][kept][inner],
// separately for each `kept`. The biased mean and variance [kept] are written too. dst may be src.
void hg_standardize(const float *src, float *dst, float *mean, float *variance, int64_t outer,
                    int64_t kept, int64_t inner, float epsilon, int32_t threads);

// The gradient of the above: with y the standardized values and s = 1 / sqrt(variance + epsilon),
// diff_src = s * (diff_dst - mean(diff_dst) - y * mean(diff_dst * y)). diff_src may be diff_dst
// or y.
void hg_standardize_backward(const float *y, const float *variance, const float *diff_dst,
                             float *diff_src, int64_t outer, int64_t kept, int64_t inner,
                             float epsilon, int32_t threads);

// ---------------------------------------------------------------- gather and scatter

// dst[i][width] = table[clamp(indices[i], 0, rows - 1)][width]; indices are whole numbers as float;
// one that is not a number counts as 0.
void hg_gather(const float *table, const float *indices, float *dst, int64_t rows, int64_t count,
               int64_t width);

// dst[rows][width] = 0, then dst[clamp(indices[i])] += src[i], in the order of i.
void hg_scatter_add(const float *src, const float *indices, float *dst, int64_t rows, int64_t count,
                    int64_t width);

// ---------------------------------------------------------------- optimizer updates

// The scalars are read through pointers when the update runs. grad_scale may be null (1).
// Adam: g = grad_scale * grad; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g g;
// w -= lr * decay * w (decoupled, AdamW); w -= lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
// where *step is t, counted from 1. Arithmetic on the scalars is in double, on elements in float.
void hg_adam(float *w, const float *grad, float *m, float *v, int64_t count, const float *lr,
             const float *step, const float *grad_scale, float beta1, float beta2, float epsilon,
             float decay, int32_t threads);

// Stochastic gradient descent: g = grad_scale * grad + decay * w; m = momentum m + g;
// w -= lr * (nesterov ? g + momentum m : m). m may be null when momentum is 0.
void hg_sgd(float *w, const float *grad, float *m, int64_t count, const float *lr,
            const float *grad_scale, float momentum, int32_t nesterov, float decay,
            int32_t threads);

// average = decay * average + (1 - decay) * w; limit, which may be null, is the most that decay may be.
void hg_moving_average(float *average, const float *w, int64_t count, float decay,
                       const float *limit, int32_t threads);

#ifdef __cplusplus
}
#endif
