#include "RawInflate.h"

#include <string.h>
#include <zlib.h>

enum { RAW_WINDOW_BITS = -15, LARGEST_PIECE = 1 << 30 };

static uInt piece(size_t size) { return (uInt)(size < LARGEST_PIECE ? size : LARGEST_PIECE); }

hg_inflate_status hg_inflate_raw(const uint8_t *src, size_t src_size, uint8_t *dst, size_t dst_size,
                                 size_t *produced) {
  static uint8_t nowhere;  // zlib wants a place even for no bytes
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  *produced = 0;
  int made = inflateInit2(&stream, RAW_WINDOW_BITS);
  if (made != Z_OK) return made == Z_MEM_ERROR ? HG_INFLATE_MEMORY : HG_INFLATE_CORRUPT;
  size_t read = 0, written = 0;
  int result;
  do {
    uInt in = piece(src_size - read), out = piece(dst_size - written);
    stream.next_in = (Bytef *)src + read;  // zlib reads it and does not write it
    stream.avail_in = in;
    stream.next_out = dst_size == 0 ? &nowhere : dst + written;
    stream.avail_out = out;
    result = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += out - stream.avail_out;
  } while (result == Z_OK);  // without progress it is Z_BUF_ERROR
  inflateEnd(&stream);
  *produced = written;
  if (result == Z_MEM_ERROR) return HG_INFLATE_MEMORY;
  return result == Z_STREAM_END && read == src_size ? HG_INFLATE_OK : HG_INFLATE_CORRUPT;
}

uint32_t hg_crc32(const uint8_t *src, size_t src_size) {
  uLong sum = crc32(0, NULL, 0);
  while (src_size > 0) {
    uInt size = piece(src_size);
    sum = crc32(sum, src, size);
    src += size;
    src_size -= size;
  }
  return (uint32_t)sum;
}
