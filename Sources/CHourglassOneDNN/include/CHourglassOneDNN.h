// Our shim over oneDNN's C API, versions 2.6 to 3.x: opaque handles and integer statuses.
//
// Swift cannot call the library well directly: 2.x fills operation descriptors by value (a memory
// descriptor alone is 696 bytes), 3.x has none and hides memory descriptors. Here both look alike.
// Every function that can fail returns 0 when it succeeds; hg_last_call and hg_last_status then
// name what failed. Everything is to be called from one thread.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "Kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// The name of the library's function that failed last on this thread, and its status in words.
const char *hg_last_call(void);
const char *hg_last_status(void);

// The library's version, as in 2.6.3.
void hg_library_version(int32_t *major, int32_t *minor, int32_t *patch);

// What the library will generate code for: 0 below AVX2, 1 AVX2, 2 AVX-512, 3 AVX-512 with bfloat16.
int32_t hg_processor_level(void);

// The processor cores that this process may use, at least 1.
int32_t hg_core_count(void);

// The number of threads that the library and the loops use from now on.
void hg_set_threads(int32_t count);

// ---------------------------------------------------------------- engine, descriptors, memory

typedef struct hg_engine hg_engine;
typedef struct hg_desc hg_desc;
typedef struct hg_primitive hg_primitive;
typedef struct hg_program hg_program;

typedef enum { HG_FLOAT32 = 0, HG_BFLOAT16 } hg_type;

int32_t hg_engine_create(hg_engine **engine);
void hg_engine_destroy(hg_engine *engine);

// A descriptor with explicit strides in elements, or, with null strides, one whose layout the
// primitive is to choose.
int32_t hg_desc_create(hg_desc **desc, int32_t rank, const int64_t *dims, const int64_t *strides,
                       hg_type type);
// A descriptor of rank 4 with channels in blocks of 8 or 16 (nChw8c, nChw16c).
int32_t hg_desc_create_blocked(hg_desc **desc, const int64_t *dims, int32_t block, hg_type type);
void hg_desc_destroy(hg_desc *desc);
size_t hg_desc_size(const hg_desc *desc);
int32_t hg_desc_equal(const hg_desc *a, const hg_desc *b);

// ---------------------------------------------------------------- primitives

// An activation fused after a forward primitive.
typedef enum {
  HG_FUSE_NONE = 0,
  HG_FUSE_RELU,  // alpha is the slope below zero
  HG_FUSE_ELU,
  HG_FUSE_TANH,
  HG_FUSE_LOGISTIC,
  HG_FUSE_GELU,
  HG_FUSE_SILU,
} hg_fused;

// The arguments that a primitive reads and writes.
typedef enum {
  HG_ARG_SRC = 0,
  HG_ARG_WEIGHTS,
  HG_ARG_BIAS,
  HG_ARG_DST,
  HG_ARG_DIFF_SRC,
  HG_ARG_DIFF_WEIGHTS,
  HG_ARG_DIFF_BIAS,
  HG_ARG_DIFF_DST,
  HG_ARG_WORKSPACE,
  HG_ARG_SCRATCHPAD,
  HG_ARG_COUNT
} hg_arg;

// The geometry of a convolution or pooling over two dimensions of space. A dilation of 1 is none.
typedef struct {
  int64_t strides[2], dilations[2], padding_before[2], padding_after[2], window[2];
} hg_geometry;

typedef enum { HG_FORWARD = 0, HG_BACKWARD_DATA, HG_BACKWARD_WEIGHTS } hg_direction;

// The descriptors are those of the forward problem; in the backward directions they describe the
// gradients of the same tensors where it is these that are computed. `bias` may be null. The hints
// describe the forward problem before which a backward one is made; forward they are the same.
int32_t hg_convolution_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                              const hg_desc *src, const hg_desc *weights, const hg_desc *bias,
                              const hg_desc *dst, const hg_desc *hint_src,
                              const hg_desc *hint_weights, const hg_desc *hint_dst,
                              const hg_geometry *geometry, hg_fused fused, float alpha);
int32_t hg_inner_product_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                                const hg_desc *src, const hg_desc *weights, const hg_desc *bias,
                                const hg_desc *dst, const hg_desc *hint_src,
                                const hg_desc *hint_weights, const hg_desc *hint_dst,
                                hg_fused fused, float alpha);
// Pooling: maximum when is_maximum, else the average without padding. Forward and backward of one
// problem share a workspace when there is one.
int32_t hg_pooling_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                          const hg_desc *src, const hg_desc *dst, const hg_geometry *geometry,
                          int32_t is_maximum);
int32_t hg_resampling_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                             const hg_desc *src, const hg_desc *dst, int32_t is_linear);
int32_t hg_softmax_create(hg_primitive **primitive, hg_engine *engine, const hg_desc *src,
                          const hg_desc *dst, int32_t axis, int32_t is_log);
int32_t hg_reorder_create(hg_primitive **primitive, hg_engine *engine, const hg_desc *src,
                          const hg_desc *dst);
// Reorders once, outside a program.
int32_t hg_reorder_now(hg_engine *engine, const hg_desc *from, void *src, const hg_desc *to,
                       void *dst);
void hg_primitive_destroy(hg_primitive *primitive);

// A new descriptor of what the primitive wants for an argument; null where it has none.
hg_desc *hg_primitive_desc(const hg_primitive *primitive, hg_arg argument);
// The library's name of the implementation, as in jit:avx2.
const char *hg_primitive_implementation(const hg_primitive *primitive);

// ---------------------------------------------------------------- programs

// A list of steps that is built once and run many times. Pointers must outlive the program.
int32_t hg_program_create(hg_program **program, hg_engine *engine, int32_t threads);
void hg_program_destroy(hg_program *program);
// Adds a primitive; pointers[i] is the memory of argument i, null where it is not used. The program
// takes over the primitive, also when it fails.
int32_t hg_program_add_primitive(hg_program *program, hg_primitive *primitive,
                                 void *const pointers[HG_ARG_COUNT]);
// Adds an element-wise program in parts: first its extents and the numbers of its registers, then
// its operands (inputs first, then outputs), instructions and sums.
int32_t hg_program_add_elementwise(hg_program *program, int32_t rank, const int64_t *extents,
                                   int32_t inputs, int32_t outputs, int32_t registers);
int32_t hg_program_add_operand(hg_program *program, int32_t index, float *data,
                               const int64_t *strides, int32_t is_half);
int32_t hg_program_add_instruction(hg_program *program, hg_instruction instruction);
int32_t hg_program_add_sum(hg_program *program, hg_sum sum);
int32_t hg_program_add_reduce(hg_program *program, hg_reduction kind, const float *src, float *dst,
                              int64_t outer, int64_t middle, int64_t inner, float scale);
int32_t hg_program_add_random(hg_program *program, hg_random kind, uint64_t seed, uint32_t stream,
                              float *dst, int64_t count);
int32_t hg_program_add_standardize(hg_program *program, const float *src, float *dst, float *mean,
                                   float *variance, int64_t outer, int64_t kept, int64_t inner,
                                   float epsilon);
int32_t hg_program_add_standardize_backward(hg_program *program, const float *y,
                                            const float *variance, const float *diff_dst,
                                            float *diff_src, int64_t outer, int64_t kept,
                                            int64_t inner, float epsilon);
int32_t hg_program_add_gather(hg_program *program, const float *table, const float *indices,
                              float *dst, int64_t rows, int64_t count, int64_t width);
int32_t hg_program_add_scatter(hg_program *program, const float *src, const float *indices,
                               float *dst, int64_t rows, int64_t count, int64_t width);
int32_t hg_program_add_adam(hg_program *program, float *w, const float *grad, float *m, float *v,
                            int64_t count, const float *lr, const float *step,
                            const float *grad_scale, float beta1, float beta2, float epsilon,
                            float decay);
int32_t hg_program_add_sgd(hg_program *program, float *w, const float *grad, float *m,
                           int64_t count, const float *lr, const float *grad_scale, float momentum,
                           int32_t nesterov, float decay);
int32_t hg_program_add_moving_average(hg_program *program, float *average, const float *w,
                                      int64_t count, float decay, const float *limit);
int32_t hg_program_add_copy(hg_program *program, const void *src, void *dst, size_t bytes);

// Runs all steps in order. `step` is the counter of the random numbers.
int32_t hg_program_run(hg_program *program, uint64_t step);

// The seconds that each step took, added up over the runs since profiling was switched on.
void hg_program_profile(hg_program *program, int32_t is_on);
int32_t hg_program_count(const hg_program *program);
double hg_program_seconds(const hg_program *program, int32_t step);

// Memory aligned for the vector unit; null when there is none.
void *hg_allocate(size_t bytes);
void hg_free(void *memory);

#ifdef __cplusplus
}
#endif
