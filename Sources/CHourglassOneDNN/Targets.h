// Processor targets: the loops of this library are compiled several times, and the dynamic linker
// picks the version that suits the processor at hand when the program starts.
//
// A function marked HG_LOOPS must hold its loops itself, or call nothing but HG_INLINE functions:
// a function that is really called is compiled for the lowest target alone.
#pragma once

#if defined(__cplusplus)
#error "The kernels are written in C."
#endif

#include <stdint.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__clang__)
#define HG_LOOPS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define HG_LOOPS
#endif

#define HG_INLINE static inline __attribute__((always_inline))

// The iterations of the next loop do not depend on each other through memory: operands are the
// same memory, or do not overlap.
#define HG_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

HG_INLINE int64_t hg_least(int64_t a, int64_t b) { return a < b ? a : b; }

HG_INLINE int64_t hg_greatest(int64_t a, int64_t b) { return a > b ? a : b; }
