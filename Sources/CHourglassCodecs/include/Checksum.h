// The checksum of ZIP archives.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The CRC-32 of some bytes behind others whose CRC-32 is sum; 0 where there are none before.
uint32_t hg_crc32(uint32_t sum, const uint8_t *src, size_t src_size);

#ifdef __cplusplus
}
#endif
