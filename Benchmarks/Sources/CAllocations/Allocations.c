#include "Allocations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

// The flag that the engine sets around calls of the library of primitives; null in a program
// without the engine.
extern _Atomic int32_t hg_is_in_library __attribute__((weak));

static _Atomic int32_t is_counting;
static _Atomic int64_t own, library;

void hg_allocations_start(void) {
  atomic_store(&own, 0);
  atomic_store(&library, 0);
  atomic_store(&is_counting, 1);
}

void hg_allocations_stop(void) { atomic_store(&is_counting, 0); }

int64_t hg_allocations_own(void) { return atomic_load(&own); }

int64_t hg_allocations_library(void) { return atomic_load(&library); }

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define HG_IS_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HG_IS_SANITIZED)

// The C library exports these for programs that replace malloc.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

int32_t hg_allocations_can_count(void) { return 1; }

static inline void count(void) {
  if (!atomic_load_explicit(&is_counting, memory_order_relaxed)) return;
  int inside = &hg_is_in_library && atomic_load_explicit(&hg_is_in_library, memory_order_relaxed);
  atomic_fetch_add_explicit(inside ? &library : &own, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
  count();
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count();
  return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
  count();
  return __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **pointer, size_t alignment, size_t size) {
  void *made;
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  count();
  made = __libc_memalign(alignment, size);
  if (!made) return ENOMEM;
  *pointer = made;
  return 0;
}

#else

int32_t hg_allocations_can_count(void) { return 0; }

#endif
