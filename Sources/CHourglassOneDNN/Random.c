// Random numbers: Philox4x32-10 and the transforms from its words to distributions.
//
// Reference: Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3",
// doi:10.1145/2063384.2063405.
#include <string.h>
#include "Threads.h"
#include "VectorMath.h"
#include "include/Kernels.h"

// Blocks of four words that are made at a time, and the elements that they give.
#define HG_RANDOM_BLOCKS 64
#define HG_RANDOM_CHUNK (4 * HG_RANDOM_BLOCKS)

typedef struct {
  hg_random kind;
  uint32_t stream;
  uint64_t seed, step;
  float *dst;
  int64_t count;
} hg_random_task;

// sqrt(-2 ln u) with u = (2 n + 1) / 2^25 and n the upper 24 bits of a word. Close to u = 1, where
// u would be rounded, ln(1 - (1 - u)) is taken from 1 - u, which is exact.
HG_INLINE float hg_radius(uint32_t word) {
  int32_t odd = (int32_t)(word >> 8) * 2 + 1;
  float e;
  float f = hg_split((float)odd * 0x1p-25f, &e);
  float below = (float)(odd - (1 << 25)) * 0x1p-25f;
  float logarithm = hg_log_assemble(e == 0.0f ? below : f, e);
  return hg_sqrt(-2.0f * logarithm);
}

// One round for words in the lower halves of 64-bit lanes; the upper halves are not looked at.
#define HG_PHILOX_ROUND(k)                                     \
  do {                                                         \
    uint64_t product0 = (c0 & 0xffffffffu) * 0xd2511f53u;      \
    uint64_t product1 = (c2 & 0xffffffffu) * 0xcd9e8d57u;      \
    c0 = (product1 >> 32) ^ c1 ^ (key0 + (k)*0x9e3779b9u);     \
    c2 = (product0 >> 32) ^ c3 ^ (key1 + (k)*0xbb67ae85u);     \
    c1 = product1;                                             \
    c3 = product0;                                             \
  } while (0)

HG_LOOPS
static void hg_random_chunk(const hg_random_task *task, uint32_t first_block, float *dst) {
#pragma clang fp contract(fast)
  uint32_t words[4][HG_RANDOM_BLOCKS];
  const uint32_t key0 = (uint32_t)task->seed, key1 = (uint32_t)(task->seed >> 32);
  const uint32_t stream = task->stream;
  const uint32_t step0 = (uint32_t)task->step, step1 = (uint32_t)(task->step >> 32);
  for (uint32_t i = 0; i < HG_RANDOM_BLOCKS; i++) {
    uint64_t c0 = first_block + i, c1 = stream, c2 = step0, c3 = step1;
    HG_PHILOX_ROUND(0u);
    HG_PHILOX_ROUND(1u);
    HG_PHILOX_ROUND(2u);
    HG_PHILOX_ROUND(3u);
    HG_PHILOX_ROUND(4u);
    HG_PHILOX_ROUND(5u);
    HG_PHILOX_ROUND(6u);
    HG_PHILOX_ROUND(7u);
    HG_PHILOX_ROUND(8u);
    HG_PHILOX_ROUND(9u);
    words[0][i] = (uint32_t)c0;
    words[1][i] = (uint32_t)c1;
    words[2][i] = (uint32_t)c2;
    words[3][i] = (uint32_t)c3;
  }
  if (task->kind == HG_RANDOM_UNIFORM) {
    for (int64_t i = 0; i < HG_RANDOM_BLOCKS; i++) {
      dst[4 * i] = (float)(int32_t)(words[0][i] >> 8) * 0x1p-24f;
      dst[4 * i + 1] = (float)(int32_t)(words[1][i] >> 8) * 0x1p-24f;
      dst[4 * i + 2] = (float)(int32_t)(words[2][i] >> 8) * 0x1p-24f;
      dst[4 * i + 3] = (float)(int32_t)(words[3][i] >> 8) * 0x1p-24f;
    }
    return;
  }
  // Box, Muller, 1958, "A note on the generation of random normal deviates",
  // doi:10.1214/aoms/1177706645.
  for (int64_t i = 0; i < HG_RANDOM_BLOCKS; i++) {
    float sine0, cosine0, sine1, cosine1;
    float radius0 = hg_radius(words[0][i]);
    float radius1 = hg_radius(words[2][i]);
    hg_sin_cos_turn((int32_t)(words[1][i] >> 8), &sine0, &cosine0);
    hg_sin_cos_turn((int32_t)(words[3][i] >> 8), &sine1, &cosine1);
    dst[4 * i] = radius0 * cosine0;
    dst[4 * i + 1] = radius0 * sine0;
    dst[4 * i + 2] = radius1 * cosine1;
    dst[4 * i + 3] = radius1 * sine1;
  }
}

static void hg_random_part(void *context, int32_t part, int32_t parts) {
  const hg_random_task *task = context;
  int64_t chunks = (task->count + HG_RANDOM_CHUNK - 1) / HG_RANDOM_CHUNK;
  int64_t end = hg_part_start(chunks, part + 1, parts);
  for (int64_t chunk = hg_part_start(chunks, part, parts); chunk < end; chunk++) {
    int64_t start = chunk * HG_RANDOM_CHUNK;
    uint32_t first_block = (uint32_t)(chunk * HG_RANDOM_BLOCKS);
    if (start + HG_RANDOM_CHUNK <= task->count) {
      hg_random_chunk(task, first_block, task->dst + start);
    } else {
      float last[HG_RANDOM_CHUNK];
      hg_random_chunk(task, first_block, last);
      memcpy(task->dst + start, last, (size_t)(task->count - start) * sizeof(float));
    }
  }
}

void hg_random_fill(hg_random kind, uint64_t seed, uint32_t stream, uint64_t step, float *dst,
                    int64_t count, int32_t threads) {
  if (count <= 0) return;
  hg_random_task task = {kind, stream, seed, step, dst, count};
  int64_t chunks = (count + HG_RANDOM_CHUNK - 1) / HG_RANDOM_CHUNK;
  double cost = kind == HG_RANDOM_NORMAL ? 3.0 : 1.0;
  hg_parallel(hg_part_count(cost * (double)count, chunks, threads), &task, hg_random_part);
}
