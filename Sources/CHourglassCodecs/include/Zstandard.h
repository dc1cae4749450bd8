// A stream of Zstandard frames is decompressed piece by piece, into memory that the caller owns.
//
// As for gzip, nothing grows with the contents. The memory of a frame is that of its window, which the
// library refuses above 128 MiB.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "Inflate.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hg_zstd hg_zstd;

// NULL when there is no memory.
hg_zstd *hg_zstd_create(void);
void hg_zstd_destroy(hg_zstd *stream);

// Takes some of src, and fills some of dst; says how many bytes of each.
hg_inflate_status hg_zstd_run(hg_zstd *stream, const uint8_t *src, size_t src_size, size_t *consumed,
                              uint8_t *dst, size_t dst_size, size_t *produced);

// 1 when a frame has ended and no other has begun, so that the stream may end here; 0 otherwise.
int hg_zstd_may_end(const hg_zstd *stream);

// What the library said about damaged data; never NULL.
const char *hg_zstd_message(const hg_zstd *stream);

#ifdef __cplusplus
}
#endif
