// Bytes are compressed as one zlib stream (RFC 1950), in one call, into memory that the caller owns.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The most bytes that src_size bytes can take when compressed; 0 where that has no answer.
size_t hg_deflate_bound(size_t src_size);

// Compresses src into dst at a level from 1 (fast) to 9 (small), and says how many bytes it took.
// 0 when it is done, -1 when dst is too small, the level is none, or zlib found no memory.
int hg_deflate(const uint8_t *src, size_t src_size, int level, uint8_t *dst, size_t dst_size,
               size_t *produced);

#ifdef __cplusplus
}
#endif
