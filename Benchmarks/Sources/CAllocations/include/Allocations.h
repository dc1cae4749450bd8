// Counts the allocations of the whole process while a benchmark asks for it.
//
// A program that links this target takes over malloc and its relatives from the C library: they
// forward to it, and count while counting is on. It is meant for the executable alone.
#pragma once
#include <stdint.h>

// Whether allocations can be counted: 1 with the GNU C library, else 0.
int32_t hg_allocations_can_count(void);

// Sets both counters to 0 and counts from now on.
void hg_allocations_start(void);

// Stops counting; the counters keep what they have.
void hg_allocations_stop(void);

// The allocations that were counted outside calls of the library of primitives.
int64_t hg_allocations_own(void);

// The allocations that were counted while the library of primitives ran.
int64_t hg_allocations_library(void);
