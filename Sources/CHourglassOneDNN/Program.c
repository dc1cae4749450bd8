// A program: primitives and loops in order, built once, run many times without allocating.
#include <stdatomic.h>
#include <time.h>

#include "Internal.h"

// 1 while a primitive runs, so that a program which counts allocations can tell those of the
// library apart. It is right while one engine computes.
_Atomic int32_t hg_is_in_library;

typedef enum {
  STEP_PRIMITIVE,
  STEP_ELEMENTWISE,
  STEP_REDUCE,
  STEP_RANDOM,
  STEP_STANDARDIZE,
  STEP_STANDARDIZE_BACKWARD,
  STEP_GATHER,
  STEP_SCATTER,
  STEP_ADAM,
  STEP_SGD,
  STEP_MOVING_AVERAGE,
  STEP_COPY,
} step_kind;

typedef struct {
  step_kind kind;
  double seconds;
  // A primitive with its arguments.
  hg_primitive *primitive;
  int32_t argument_count;
  dnnl_exec_arg_t arguments[HG_ARG_COUNT];
  // A loop with its operands; which fields are used depends on the kind.
  hg_elementwise *elementwise;
  const float *in[4];
  float *out[4];
  int64_t extents[3];
  float constants[4];
  uint64_t seed;
  uint32_t stream;
  int32_t mode;
} step;

struct hg_program {
  hg_engine *engine;
  int32_t threads, count, capacity, is_profiling;
  step *steps;
};

int32_t hg_program_create(hg_program **program, hg_engine *engine, int32_t threads) {
  hg_program *made = calloc(1, sizeof(*made));
  *program = made;
  if (!made) return hg_record(dnnl_out_of_memory, "calloc");
  made->engine = engine;
  made->threads = threads;
  return 0;
}

void hg_program_destroy(hg_program *program) {
  if (!program) return;
  for (int32_t i = 0; i < program->count; i++) {
    step *s = &program->steps[i];
    for (int32_t a = 0; a < s->argument_count; a++) dnnl_memory_destroy(s->arguments[a].memory);
    hg_primitive_destroy(s->primitive);
    free(s->elementwise);
  }
  free(program->steps);
  free(program);
}

// A new step at the end, or null when there is no memory.
static step *append(hg_program *program, step_kind kind) {
  if (program->count == program->capacity) {
    int32_t capacity = program->capacity ? 2 * program->capacity : 64;
    step *steps = realloc(program->steps, (size_t)capacity * sizeof(step));
    if (!steps) {
      hg_record(dnnl_out_of_memory, "realloc");
      return NULL;
    }
    program->steps = steps;
    program->capacity = capacity;
  }
  step *s = &program->steps[program->count++];
  memset(s, 0, sizeof(*s));
  s->kind = kind;
  return s;
}

int32_t hg_program_add_primitive(hg_program *program, hg_primitive *primitive,
                                 void *const pointers[HG_ARG_COUNT]) {
  step *s = append(program, STEP_PRIMITIVE);
  if (!s) {
    hg_primitive_destroy(primitive);
    return 1;
  }
  s->primitive = primitive;
  for (int32_t a = 0; a < HG_ARG_COUNT; a++) {
    hg_md_pointer md;
    dnnl_memory_t memory = NULL;
    if (!pointers[a]) continue;
    md = hg_primitive_md(primitive, (hg_arg)a);
    if (!md) continue;
    if (hg_record(dnnl_memory_create(&memory, md, program->engine->engine, pointers[a]),
                  "dnnl_memory_create"))
      return 1;
    s->arguments[s->argument_count].arg = hg_library_argument((hg_arg)a);
    s->arguments[s->argument_count].memory = memory;
    s->argument_count++;
  }
  return 0;
}

int32_t hg_program_add_elementwise(hg_program *program, int32_t rank, const int64_t *extents,
                                   int32_t inputs, int32_t outputs, int32_t registers) {
  step *s;
  if (rank < 1 || rank > HG_MAX_RANK || inputs < 0 || outputs < 0 ||
      inputs + outputs > HG_MAX_OPERANDS || registers > HG_MAX_REGISTERS)
    return hg_record(dnnl_invalid_arguments, "hg_program_add_elementwise");
  s = append(program, STEP_ELEMENTWISE);
  if (!s) return 1;
  s->elementwise = calloc(1, sizeof(hg_elementwise));
  if (!s->elementwise) return hg_record(dnnl_out_of_memory, "calloc");
  s->elementwise->rank = rank;
  for (int32_t i = 0; i < rank; i++) s->elementwise->extents[i] = extents[i];
  s->elementwise->input_count = inputs;
  s->elementwise->output_count = outputs;
  s->elementwise->register_count = registers;
  return 0;
}

// The element-wise program that is being put together, the last step.
static hg_elementwise *current(hg_program *program) {
  return program->count > 0 ? program->steps[program->count - 1].elementwise : NULL;
}

int32_t hg_program_add_operand(hg_program *program, int32_t index, float *data,
                               const int64_t *strides, int32_t is_half) {
  hg_elementwise *e = current(program);
  if (!e || index < 0 || index >= e->input_count + e->output_count)
    return hg_record(dnnl_invalid_arguments, "hg_program_add_operand");
  e->operands[index].data = data;
  e->operands[index].is_half = is_half;
  for (int32_t i = 0; i < e->rank; i++) e->operands[index].strides[i] = strides[i];
  return 0;
}

int32_t hg_program_add_instruction(hg_program *program, hg_instruction instruction) {
  hg_elementwise *e = current(program);
  if (!e || e->instruction_count >= HG_MAX_INSTRUCTIONS)
    return hg_record(dnnl_invalid_arguments, "hg_program_add_instruction");
  e->instructions[e->instruction_count++] = instruction;
  return 0;
}

int32_t hg_program_add_sum(hg_program *program, hg_sum sum) {
  hg_elementwise *e = current(program);
  if (!e || e->sum_count >= HG_MAX_SUMS)
    return hg_record(dnnl_invalid_arguments, "hg_program_add_sum");
  e->sums[e->sum_count++] = sum;
  return 0;
}

int32_t hg_program_add_reduce(hg_program *program, hg_reduction kind, const float *src, float *dst,
                              int64_t outer, int64_t middle, int64_t inner, float scale) {
  step *s = append(program, STEP_REDUCE);
  if (!s) return 1;
  s->mode = kind;
  s->in[0] = src;
  s->out[0] = dst;
  s->extents[0] = outer;
  s->extents[1] = middle;
  s->extents[2] = inner;
  s->constants[0] = scale;
  return 0;
}

int32_t hg_program_add_random(hg_program *program, hg_random kind, uint64_t seed, uint32_t stream,
                              float *dst, int64_t count) {
  step *s = append(program, STEP_RANDOM);
  if (!s) return 1;
  s->mode = kind;
  s->seed = seed;
  s->stream = stream;
  s->out[0] = dst;
  s->extents[0] = count;
  return 0;
}

int32_t hg_program_add_standardize(hg_program *program, const float *src, float *dst, float *mean,
                                   float *variance, int64_t outer, int64_t kept, int64_t inner,
                                   float epsilon) {
  step *s = append(program, STEP_STANDARDIZE);
  if (!s) return 1;
  s->in[0] = src;
  s->out[0] = dst;
  s->out[1] = mean;
  s->out[2] = variance;
  s->extents[0] = outer;
  s->extents[1] = kept;
  s->extents[2] = inner;
  s->constants[0] = epsilon;
  return 0;
}

int32_t hg_program_add_standardize_backward(hg_program *program, const float *y,
                                            const float *variance, const float *diff_dst,
                                            float *diff_src, int64_t outer, int64_t kept,
                                            int64_t inner, float epsilon) {
  step *s = append(program, STEP_STANDARDIZE_BACKWARD);
  if (!s) return 1;
  s->in[0] = y;
  s->in[1] = variance;
  s->in[2] = diff_dst;
  s->out[0] = diff_src;
  s->extents[0] = outer;
  s->extents[1] = kept;
  s->extents[2] = inner;
  s->constants[0] = epsilon;
  return 0;
}

static int32_t add_look_up(hg_program *program, step_kind kind, const float *src,
                           const float *indices, float *dst, int64_t rows, int64_t count,
                           int64_t width) {
  step *s = append(program, kind);
  if (!s) return 1;
  s->in[0] = src;
  s->in[1] = indices;
  s->out[0] = dst;
  s->extents[0] = rows;
  s->extents[1] = count;
  s->extents[2] = width;
  return 0;
}

int32_t hg_program_add_gather(hg_program *program, const float *table, const float *indices,
                              float *dst, int64_t rows, int64_t count, int64_t width) {
  return add_look_up(program, STEP_GATHER, table, indices, dst, rows, count, width);
}

int32_t hg_program_add_scatter(hg_program *program, const float *src, const float *indices,
                               float *dst, int64_t rows, int64_t count, int64_t width) {
  return add_look_up(program, STEP_SCATTER, src, indices, dst, rows, count, width);
}

int32_t hg_program_add_adam(hg_program *program, float *w, const float *grad, float *m, float *v,
                            int64_t count, const float *lr, const float *step_number,
                            const float *grad_scale, float beta1, float beta2, float epsilon,
                            float decay) {
  step *s = append(program, STEP_ADAM);
  if (!s) return 1;
  s->out[0] = w;
  s->out[1] = m;
  s->out[2] = v;
  s->in[0] = grad;
  s->in[1] = lr;
  s->in[2] = step_number;
  s->in[3] = grad_scale;
  s->extents[0] = count;
  s->constants[0] = beta1;
  s->constants[1] = beta2;
  s->constants[2] = epsilon;
  s->constants[3] = decay;
  return 0;
}

int32_t hg_program_add_sgd(hg_program *program, float *w, const float *grad, float *m,
                           int64_t count, const float *lr, const float *grad_scale, float momentum,
                           int32_t nesterov, float decay) {
  step *s = append(program, STEP_SGD);
  if (!s) return 1;
  s->out[0] = w;
  s->out[1] = m;
  s->in[0] = grad;
  s->in[1] = lr;
  s->in[2] = grad_scale;
  s->extents[0] = count;
  s->constants[0] = momentum;
  s->constants[1] = decay;
  s->mode = nesterov;
  return 0;
}

int32_t hg_program_add_moving_average(hg_program *program, float *average, const float *w,
                                      int64_t count, float decay, const float *limit) {
  step *s = append(program, STEP_MOVING_AVERAGE);
  if (!s) return 1;
  s->out[0] = average;
  s->in[0] = w;
  s->in[1] = limit;
  s->extents[0] = count;
  s->constants[0] = decay;
  return 0;
}

int32_t hg_program_add_copy(hg_program *program, const void *src, void *dst, size_t bytes) {
  step *s = append(program, STEP_COPY);
  if (!s) return 1;
  s->in[0] = src;
  s->out[0] = dst;
  s->extents[0] = (int64_t)bytes;
  return 0;
}

static int32_t run_step(hg_program *program, step *s, uint64_t counter) {
  int32_t threads = program->threads;
  switch (s->kind) {
    case STEP_PRIMITIVE: {
      dnnl_status_t status;
      atomic_store_explicit(&hg_is_in_library, 1, memory_order_relaxed);
      status = dnnl_primitive_execute(s->primitive->primitive, program->engine->stream,
                                      s->argument_count, s->arguments);
      atomic_store_explicit(&hg_is_in_library, 0, memory_order_relaxed);
      return hg_record(status, "dnnl_primitive_execute");
    }
    case STEP_ELEMENTWISE: hg_elementwise_run(s->elementwise, threads); break;
    case STEP_REDUCE:
      hg_reduce((hg_reduction)s->mode, s->in[0], s->out[0], s->extents[0], s->extents[1],
                s->extents[2], s->constants[0], threads);
      break;
    case STEP_RANDOM:
      hg_random_fill((hg_random)s->mode, s->seed, s->stream, counter, s->out[0], s->extents[0],
                     threads);
      break;
    case STEP_STANDARDIZE:
      hg_standardize(s->in[0], s->out[0], s->out[1], s->out[2], s->extents[0], s->extents[1],
                     s->extents[2], s->constants[0], threads);
      break;
    case STEP_STANDARDIZE_BACKWARD:
      hg_standardize_backward(s->in[0], s->in[1], s->in[2], s->out[0], s->extents[0],
                              s->extents[1], s->extents[2], s->constants[0], threads);
      break;
    case STEP_GATHER:
      hg_gather(s->in[0], s->in[1], s->out[0], s->extents[0], s->extents[1], s->extents[2]);
      break;
    case STEP_SCATTER:
      hg_scatter_add(s->in[0], s->in[1], s->out[0], s->extents[0], s->extents[1], s->extents[2]);
      break;
    case STEP_ADAM:
      hg_adam(s->out[0], s->in[0], s->out[1], s->out[2], s->extents[0], s->in[1], s->in[2],
              s->in[3], s->constants[0], s->constants[1], s->constants[2], s->constants[3],
              threads);
      break;
    case STEP_SGD:
      hg_sgd(s->out[0], s->in[0], s->out[1], s->extents[0], s->in[1], s->in[2], s->constants[0],
             s->mode, s->constants[1], threads);
      break;
    case STEP_MOVING_AVERAGE:
      hg_moving_average(s->out[0], s->in[0], s->extents[0], s->constants[0], s->in[1], threads);
      break;
    case STEP_COPY: memcpy(s->out[0], s->in[0], (size_t)s->extents[0]); break;
  }
  return 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int32_t hg_program_run(hg_program *program, uint64_t counter) {
  hg_set_threads(program->threads);
  hg_place_threads(program->threads);
  if (program->threads > 1) hg_choose_waiting();
  for (int32_t i = 0; i < program->count; i++) {
    step *s = &program->steps[i];
    double start = program->is_profiling ? now() : 0;
    int32_t status = run_step(program, s, counter);
    if (status != 0) return status;
    if (program->is_profiling) s->seconds += now() - start;
  }
  return 0;
}

void hg_program_profile(hg_program *program, int32_t is_on) {
  program->is_profiling = is_on;
  if (is_on)
    for (int32_t i = 0; i < program->count; i++) program->steps[i].seconds = 0;
}

int32_t hg_program_count(const hg_program *program) { return program->count; }

double hg_program_seconds(const hg_program *program, int32_t index) {
  return index >= 0 && index < program->count ? program->steps[index].seconds : 0;
}
