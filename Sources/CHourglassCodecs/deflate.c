#include "Deflate.h"

#include <limits.h>
#include <zlib.h>

size_t hg_deflate_bound(size_t src_size) {
  if (src_size > ULONG_MAX / 4) return 0;
  return (size_t)compressBound((uLong)src_size);
}

int hg_deflate(const uint8_t *src, size_t src_size, int level, uint8_t *dst, size_t dst_size,
               size_t *produced) {
  *produced = 0;
  if (src_size > ULONG_MAX / 4 || dst_size > ULONG_MAX / 4) return -1;
  uLongf size = (uLongf)dst_size;
  if (compress2(dst, &size, src, (uLong)src_size, level) != Z_OK) return -1;
  *produced = (size_t)size;
  return 0;
}
