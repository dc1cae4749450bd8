// The interpreter of element-wise programs.
//
// Equal dimensions are merged, then the elements are cut into chunks of at most HG_CHUNK: pieces
// of a row where rows are long, several whole rows where they are short. The instructions run over
// one chunk after the other, so that temporaries stay in the nearest cache. Operands that lie in
// memory as the chunk needs them are used in place; the others are copied to scratch or back.
#include "ElementwiseLoops.h"

#include <stdbool.h>
#include <string.h>
#include "Threads.h"

// Rows up to this length are put together into chunks.
#define HG_SHORT_ROW 256

// The distance between registers in scratch: a chunk, and a line more so that equal elements of
// registers are not a multiple of a page apart.
#define HG_SCRATCH_STRIDE (HG_CHUNK + 16)

typedef enum {
  HG_IN_PLACE,   // a chunk is one piece of memory
  HG_CONSTANT,   // one number for all elements
  HG_PERIODIC,   // the same row again and again
  HG_SCATTERED,  // rows at strides
} hg_placement;

typedef struct {
  const hg_elementwise *program;
  // The merged dimensions: `rank` outer ones, and rows of `inner` elements.
  int32_t rank;
  int64_t extents[HG_MAX_RANK], inner, rows;
  int64_t strides[HG_MAX_OPERANDS][HG_MAX_RANK], inner_strides[HG_MAX_OPERANDS];
  hg_placement placements[HG_MAX_OPERANDS];
  // An output that is not written, or that shares memory with an input that is read later on.
  bool unwritten[HG_MAX_OPERANDS], deferred[HG_MAX_OPERANDS];
  bool short_rows;
  int64_t chunk_rows;      // rows in a chunk, where rows are short
  int64_t chunks_in_row;   // chunks in a row, where they are long
  int64_t chunk_count;
  double (*partial_sums)[HG_MAX_SUMS];
} hg_plan;

// ---------------------------------------------------------------- plan

// Leaves out dimensions of extent 1, and merges each with the next where all strides allow it.
static void hg_merge_dimensions(hg_plan *plan, int32_t operand_count) {
  const hg_elementwise *program = plan->program;
  // From the innermost outwards; kept[0] is the innermost.
  int64_t extents[HG_MAX_RANK + 1] = {1};
  int64_t strides[HG_MAX_RANK + 1][HG_MAX_OPERANDS];
  int32_t kept = 0;
  for (int32_t d = program->rank - 1; d >= 0; d--) {
    int64_t extent = program->extents[d];
    bool innermost = d == program->rank - 1;
    if (extent == 1 && !innermost) continue;
    bool merges = kept > 0;
    // An innermost dimension of extent 1 gives way if the next one can take its place.
    bool replaces = kept == 1 && extents[0] == 1;
    for (int32_t k = 0; k < operand_count && (merges || replaces); k++) {
      int64_t stride = program->operands[k].strides[d];
      if (stride != extents[kept - 1] * strides[kept - 1][k]) merges = false;
      bool is_input = k < program->input_count;
      if (stride != 1 && !(is_input && stride == 0)) replaces = false;
    }
    if (merges && !replaces) {
      extents[kept - 1] *= extent;
      continue;
    }
    if (replaces) kept--;
    extents[kept] = extent;
    for (int32_t k = 0; k < operand_count; k++) {
      strides[kept][k] = program->operands[k].strides[d];
    }
    kept++;
  }
  if (kept == 0) {
    for (int32_t k = 0; k < operand_count; k++) strides[0][k] = k < program->input_count ? 0 : 1;
    kept = 1;
  }
  plan->inner = extents[0];
  plan->rank = kept - 1;
  plan->rows = 1;
  for (int32_t d = 0; d < plan->rank; d++) {
    plan->extents[d] = extents[kept - 1 - d];
    plan->rows *= plan->extents[d];
  }
  for (int32_t k = 0; k < operand_count; k++) {
    plan->inner_strides[k] = strides[0][k];
    for (int32_t d = 0; d < plan->rank; d++) plan->strides[k][d] = strides[kept - 1 - d][k];
  }
}

static hg_placement hg_place(const hg_plan *plan, int32_t operand) {
  bool constant = plan->inner_strides[operand] == 0;
  bool periodic = true, dense = plan->inner_strides[operand] == 1;
  int64_t span = plan->inner;
  for (int32_t d = plan->rank - 1; d >= 0; d--) {
    if (plan->strides[operand][d] != 0) periodic = false;
    if (plan->strides[operand][d] != span) dense = false;
    span *= plan->extents[d];
  }
  if (constant && periodic) return HG_CONSTANT;
  if (dense) return HG_IN_PLACE;
  if (!plan->short_rows) return constant ? HG_SCATTERED : HG_IN_PLACE;
  return periodic ? HG_PERIODIC : HG_SCATTERED;
}

// Finds outputs that are not written, and those that are written before an input in the same
// memory is read for the last time.
static void hg_find_deferred(hg_plan *plan) {
  const hg_elementwise *program = plan->program;
  for (int32_t k = program->input_count; k < program->input_count + program->output_count; k++) {
    int32_t first_write = 0;
    while (first_write < program->instruction_count &&
           program->instructions[first_write].dst != k) {
      first_write++;
    }
    plan->unwritten[k] = first_write == program->instruction_count;
    plan->deferred[k] = false;
    for (int32_t i = 0; i < program->input_count; i++) {
      if (program->operands[i].data != program->operands[k].data) continue;
      for (int32_t n = first_write + 1; n < program->instruction_count; n++) {
        const hg_instruction *now = &program->instructions[n];
        plan->deferred[k] |= hg_instruction_reads(now, i);
      }
      for (int32_t s = 0; s < program->sum_count; s++) {
        plan->deferred[k] |= program->sums[s].source == i;
      }
    }
  }
}

// ---------------------------------------------------------------- copies

// The offset of a row of an operand, and how many rows from there on lie at one stride.
static int64_t hg_row_offset(const hg_plan *plan, int32_t operand, int64_t row,
                             int64_t *following) {
  *following = 1;
  if (plan->rank == 0) return 0;
  int64_t last = plan->rank - 1, offset = 0;
  for (int64_t d = last; d > 0; d--) {
    int64_t next = row / plan->extents[d], at = row - next * plan->extents[d];
    offset += at * plan->strides[operand][d];
    if (d == last) *following = plan->extents[d] - at;
    row = next;
  }
  if (last == 0) *following = plan->extents[0] - row;
  return offset + row * plan->strides[operand][0];
}

// Clears the elements from `count` on, so that no stray value slows the instructions down.
static void hg_pad(float *scratch, int64_t count, int64_t padded) {
  if (count < padded) memset(scratch + count, 0, (size_t)(padded - count) * sizeof(float));
}

HG_LOOPS
static void hg_fill(float *dst, float value, int64_t count) {
  for (int64_t i = 0; i < count; i++) dst[i] = value;
}

// From bfloat16, the upper half of a float.
HG_LOOPS
static void hg_widen(float *dst, const uint16_t *src, int64_t count) {
  uint32_t *bits = (uint32_t *)(void *)dst;
  HG_INDEPENDENT
  for (int64_t i = 0; i < count; i++) bits[i] = (uint32_t)src[i] << 16;
}

// To bfloat16, to the nearest, ties to even; what is not a number stays none.
HG_LOOPS
static void hg_narrow(uint16_t *dst, const float *src, int64_t count) {
  const uint32_t *bits = (const uint32_t *)(const void *)src;
  HG_INDEPENDENT
  for (int64_t i = 0; i < count; i++) {
    uint32_t x = bits[i];
    uint32_t rounded = (x + 0x7fff + ((x >> 16) & 1)) >> 16;
    dst[i] = (uint16_t)((x & 0x7fffffff) > 0x7f800000 ? (x >> 16) | 0x40 : rounded);
  }
}

// dst[i][0 ..< width] = src[i * stride + 0 ..< width], the width being short.
HG_INLINE void hg_copy_rows(float *dst, int64_t dst_stride, const float *src, int64_t src_stride,
                            int64_t rows, int64_t width) {
  if (width == 1) {
    for (int64_t i = 0; i < rows; i++) dst[i * dst_stride] = src[i * src_stride];
    return;
  }
  for (int64_t i = 0; i < rows; i++) {
    float *to = dst + i * dst_stride;
    const float *from = src + i * src_stride;
    int64_t k = 0;
    for (; k + 4 <= width; k += 4) memcpy(to + k, from + k, 4 * sizeof(float));
    for (; k < width; k++) to[k] = from[k];
  }
}

// Copies whole rows of an operand into scratch, or from scratch when `back` is set.
static void hg_move_rows(const hg_plan *plan, int32_t operand, float *scratch, int64_t row,
                         int64_t rows, bool back) {
  float *data = plan->program->operands[operand].data;
  int64_t inner = plan->inner;
  int64_t stride = plan->rank == 0 ? 0 : plan->strides[operand][plan->rank - 1];
  while (rows > 0) {
    int64_t following;
    float *at = data + hg_row_offset(plan, operand, row, &following);
    int64_t now = hg_least(rows, following);
    if (back) {
      hg_copy_rows(at, stride, scratch, inner, now, inner);
    } else if (plan->inner_strides[operand] == 1) {
      hg_copy_rows(scratch, inner, at, stride, now, inner);
    } else {
      for (int64_t i = 0; i < now; i++) {
        float value = at[i * stride];
        for (int64_t k = 0; k < inner; k++) scratch[i * inner + k] = value;
      }
    }
    scratch += now * inner;
    row += now;
    rows -= now;
  }
}

// ---------------------------------------------------------------- run

static void hg_run_part(void *context, int32_t part, int32_t parts) {
  const hg_plan *plan = context;
  const hg_elementwise *program = plan->program;
  const int32_t inputs = program->input_count, operands = inputs + program->output_count;
  _Alignas(64) float scratch[HG_MAX_REGISTERS * HG_SCRATCH_STRIDE];
  float *own[HG_MAX_REGISTERS], *registers[HG_MAX_REGISTERS];
  for (int32_t k = 0; k < program->register_count; k++) {
    own[k] = registers[k] = scratch + k * HG_SCRATCH_STRIDE;
  }
  double sums[HG_MAX_SUMS] = {0};

  for (int32_t k = 0; k < inputs; k++) {
    if (plan->placements[k] == HG_CONSTANT) hg_fill(own[k], *program->operands[k].data, HG_CHUNK);
    if (plan->placements[k] == HG_PERIODIC) {
      int64_t rows = hg_least(plan->chunk_rows, plan->rows);
      hg_move_rows(plan, k, own[k], 0, rows, false);
      hg_pad(own[k], rows * plan->inner, HG_CHUNK);
    }
  }

  int64_t chunk = hg_part_start(plan->chunk_count, part, parts);
  int64_t last_chunk = hg_part_start(plan->chunk_count, part + 1, parts);
  int64_t filled_row = -1;
  for (; chunk < last_chunk; chunk++) {
    int64_t row, rows, start, count;  // the rows of the chunk, or a piece of one row
    if (plan->short_rows) {
      row = chunk * plan->chunk_rows;
      rows = hg_least(plan->chunk_rows, plan->rows - row);
      start = 0;
      count = rows * plan->inner;
    } else {
      row = plan->rows == 1 ? 0 : chunk / plan->chunks_in_row;
      rows = 1;
      start = (chunk - row * plan->chunks_in_row) * HG_CHUNK;
      count = hg_least(HG_CHUNK, plan->inner - start);
    }
    int64_t padded = (count + HG_GRAIN - 1) / HG_GRAIN * HG_GRAIN;
    bool whole = padded == count;

    // Where an operand's chunk lies in memory, if it is used in place.
    float *places[HG_MAX_OPERANDS];
    for (int32_t k = 0; k < operands; k++) {
      bool is_input = k < inputs;
      if (plan->placements[k] == HG_IN_PLACE) {
        int64_t following;
        int64_t offset = plan->short_rows
                             ? row * plan->inner
                             : hg_row_offset(plan, k, row, &following) + start;
        if (program->operands[k].is_half) {
          const uint16_t *half = (const uint16_t *)(const void *)program->operands[k].data + offset;
          places[k] = (float *)(uintptr_t)half;
          registers[k] = own[k];
          if (is_input) {
            hg_widen(own[k], half, count);
            hg_pad(own[k], count, padded);
          }
          continue;
        }
        places[k] = program->operands[k].data + offset;
        if (whole && (is_input || !plan->deferred[k])) {
          registers[k] = places[k];
        } else {
          registers[k] = own[k];
          if (is_input) {
            memcpy(own[k], places[k], (size_t)count * sizeof(float));
            hg_pad(own[k], count, padded);
          }
        }
      } else if (is_input && plan->placements[k] == HG_SCATTERED) {
        if (plan->short_rows) {
          hg_move_rows(plan, k, own[k], row, rows, false);
          hg_pad(own[k], count, padded);
        } else if (row != filled_row) {
          int64_t following;
          int64_t offset = hg_row_offset(plan, k, row, &following);
          hg_fill(own[k], program->operands[k].data[offset], HG_CHUNK);
        }
      }
    }
    filled_row = row;

    hg_run_instructions(program->instructions, program->instruction_count, registers, padded);

    for (int32_t s = 0; s < program->sum_count; s++) {
      sums[s] += hg_sum_chunk(registers[program->sums[s].source], count);
    }
    for (int32_t k = inputs; k < operands; k++) {
      if (plan->unwritten[k]) continue;
      if (program->operands[k].is_half) {
        hg_narrow((uint16_t *)(void *)places[k], own[k], count);
      } else if (plan->placements[k] != HG_IN_PLACE) {
        hg_move_rows(plan, k, own[k], row, rows, true);
      } else if (registers[k] == own[k]) {
        memcpy(places[k], own[k], (size_t)count * sizeof(float));
      }
    }
  }
  for (int32_t s = 0; s < program->sum_count; s++) plan->partial_sums[part][s] = sums[s];
}

void hg_elementwise_run(const hg_elementwise *program, int32_t threads) {
  hg_plan plan;
  plan.program = program;
  int32_t operand_count = program->input_count + program->output_count;
  hg_merge_dimensions(&plan, operand_count);
  int64_t elements = plan.inner * plan.rows;
  double partial_sums[HG_MAX_PARTS][HG_MAX_SUMS];
  plan.partial_sums = partial_sums;
  int32_t parts = 1;
  if (elements > 0) {
    plan.short_rows = plan.rows > 1 && plan.inner <= HG_SHORT_ROW;
    for (int32_t k = 0; k < operand_count; k++) plan.placements[k] = hg_place(&plan, k);
    hg_find_deferred(&plan);
    plan.chunk_rows = HG_CHUNK / hg_least(plan.inner, HG_CHUNK);
    plan.chunks_in_row = (plan.inner + HG_CHUNK - 1) / HG_CHUNK;
    plan.chunk_count = plan.short_rows ? (plan.rows + plan.chunk_rows - 1) / plan.chunk_rows
                                       : plan.rows * plan.chunks_in_row;
    if (threads > 1) {
      double cost = 0.1 * operand_count + 0.1 * program->sum_count;
      for (int32_t i = 0; i < program->instruction_count; i++) {
        cost += hg_instruction_cost(program->instructions[i].opcode);
      }
      parts = hg_part_count(cost * (double)elements, plan.chunk_count, threads);
    }
    hg_parallel(parts, &plan, hg_run_part);
  }
  for (int32_t s = 0; s < program->sum_count; s++) {
    double sum = 0;
    for (int32_t part = 0; part < parts && elements > 0; part++) sum += partial_sums[part][s];
    *program->sums[s].dst = (float)((double)program->sums[s].scale * sum);
  }
}
