// The loops of element-wise programs over one chunk.
#pragma once
#include "Targets.h"
#include "include/Kernels.h"

// Elements that a chunk has at most, and the number that every loop's count is a multiple of.
#define HG_CHUNK 512
#define HG_GRAIN 32

// Runs the instructions over `count` elements of the registers, a multiple of HG_GRAIN.
void hg_run_instructions(const hg_instruction *instructions, int32_t instruction_count,
                         float *const *registers, int64_t count);

// The sum of any number of elements, in double precision.
double hg_sum_chunk(const float *values, int64_t count);

// Whether an instruction reads a register. Operands that an opcode does not have do not count.
HG_INLINE int hg_instruction_reads(const hg_instruction *instruction, int32_t number) {
  return instruction->a == number ||
         (instruction->opcode >= HG_OP_ADD && instruction->b == number) ||
         (instruction->opcode >= HG_OP_MULTIPLY_ADD && instruction->c == number);
}

// The time of an instruction for one element, in nanoseconds, roughly.
double hg_instruction_cost(uint16_t opcode);
