#include "Checksum.h"

#include <zlib.h>

enum { LARGEST_PIECE = 1 << 30 };

uint32_t hg_crc32(uint32_t sum, const uint8_t *src, size_t src_size) {
  uLong all = sum;
  while (src_size > 0) {
    uInt size = (uInt)(src_size < LARGEST_PIECE ? src_size : LARGEST_PIECE);
    all = crc32(all, src, size);
    src += size;
    src_size -= size;
  }
  return (uint32_t)all;
}
