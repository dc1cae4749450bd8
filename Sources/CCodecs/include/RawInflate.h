// Deflated data without a wrapper, as ZIP archives hold them, are inflated at once into memory of
// the size that the archive promises.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "Inflate.h"

#ifdef __cplusplus
extern "C" {
#endif

// Fills some of dst and says how many bytes; HG_INFLATE_CORRUPT where the data are damaged, stop
// early, end before src does, or need more room than dst has.
hg_inflate_status hg_inflate_raw(const uint8_t *src, size_t src_size, uint8_t *dst, size_t dst_size,
                                 size_t *produced);

// The CRC-32 of some bytes, as ZIP archives hold it.
uint32_t hg_crc32(const uint8_t *src, size_t src_size);

#ifdef __cplusplus
}
#endif
