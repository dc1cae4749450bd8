// Processor targets: the loops are compiled several times, and the dynamic linker picks the version
// that suits the processor at hand when the program starts.
//
// A function marked HG_LOOPS must hold its loops itself, or call HG_INLINE functions for them: a
// function that is really called is compiled for the lowest target alone.
#pragma once
#include <stdint.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__clang__)
#define HG_LOOPS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HG_LOOPS
#endif

#define HG_INLINE static inline __attribute__((always_inline))

// 16 rows side by side, in registers and at any address.
typedef float hg_lanes __attribute__((vector_size(64)));
typedef float hg_lanes_at __attribute__((vector_size(64), aligned(4), may_alias));
typedef float hg_half __attribute__((vector_size(32)));
typedef float hg_half_at __attribute__((vector_size(32), aligned(4), may_alias));
typedef double hg_sums __attribute__((vector_size(64)));
typedef uint8_t hg_bytes __attribute__((vector_size(16)));
typedef uint8_t hg_bytes_at __attribute__((vector_size(16), aligned(1), may_alias));
typedef int32_t hg_mask __attribute__((vector_size(64)));
