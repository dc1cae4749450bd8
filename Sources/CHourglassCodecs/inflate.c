#include "Inflate.h"

#include <stdlib.h>
#include <zlib.h>

struct hg_inflater {
  z_stream stream;
  int between_members;  // a member has ended, and no byte of another one was seen
  int is_raw;           // there is no wrapper, and one member alone
};

// 15 bits of window, and 16 for a gzip wrapper whose checksum zlib verifies; negative without one.
enum {
  GZIP_WINDOW_BITS = 15 + 16,
  RAW_WINDOW_BITS = -15,
  GZIP_FIRST_BYTE = 0x1f,
  LARGEST_PIECE = 1 << 30
};

static hg_inflater *create(int window_bits) {
  hg_inflater *inflater = calloc(1, sizeof *inflater);
  if (inflater == NULL) return NULL;
  if (inflateInit2(&inflater->stream, window_bits) != Z_OK) {
    free(inflater);
    return NULL;
  }
  inflater->is_raw = window_bits < 0;
  return inflater;
}

hg_inflater *hg_inflater_create(void) { return create(GZIP_WINDOW_BITS); }

hg_inflater *hg_inflater_create_raw(void) { return create(RAW_WINDOW_BITS); }

void hg_inflater_destroy(hg_inflater *inflater) {
  if (inflater == NULL) return;
  inflateEnd(&inflater->stream);
  free(inflater);
}

// Steps over zeros between members (padding of tapes) and begins the next member.
static hg_inflate_status begin_member(hg_inflater *inflater) {
  z_stream *stream = &inflater->stream;
  while (stream->avail_in > 0 && *stream->next_in == 0) {
    stream->next_in += 1;
    stream->avail_in -= 1;
  }
  if (stream->avail_in == 0) return HG_INFLATE_OK;
  if (*stream->next_in != GZIP_FIRST_BYTE) return HG_INFLATE_TRAILING;
  if (inflateReset(stream) != Z_OK) return HG_INFLATE_CORRUPT;
  inflater->between_members = 0;
  return HG_INFLATE_OK;
}

static hg_inflate_status run(hg_inflater *inflater) {
  z_stream *stream = &inflater->stream;
  for (;;) {
    if (inflater->is_raw && inflater->between_members) {
      return stream->avail_in == 0 ? HG_INFLATE_OK : HG_INFLATE_TRAILING;
    }
    if (inflater->between_members) {
      hg_inflate_status status = begin_member(inflater);
      if (status != HG_INFLATE_OK) return status;
      if (inflater->between_members) return HG_INFLATE_OK;
    }
    if (stream->avail_out == 0 && !inflater->is_raw) return HG_INFLATE_OK;
    switch (inflate(stream, Z_NO_FLUSH)) {
      case Z_OK:
        if (stream->avail_in == 0 || stream->avail_out == 0) return HG_INFLATE_OK;
        break;
      case Z_STREAM_END:
        inflater->between_members = 1;
        break;
      case Z_BUF_ERROR:
        return HG_INFLATE_OK;
      case Z_MEM_ERROR:
        return HG_INFLATE_MEMORY;
      default:
        return HG_INFLATE_CORRUPT;
    }
  }
}

hg_inflate_status hg_inflater_run(hg_inflater *inflater, const uint8_t *src, size_t src_size,
                                  size_t *consumed, uint8_t *dst, size_t dst_size,
                                  size_t *produced) {
  static uint8_t nowhere;  // zlib wants a place even for no bytes
  z_stream *stream = &inflater->stream;
  uInt in = (uInt)(src_size < LARGEST_PIECE ? src_size : LARGEST_PIECE);
  uInt out = (uInt)(dst_size < LARGEST_PIECE ? dst_size : LARGEST_PIECE);
  stream->next_in = (Bytef *)src;  // zlib reads it and does not write it
  stream->avail_in = in;
  stream->next_out = dst_size == 0 ? &nowhere : dst;
  stream->avail_out = out;
  hg_inflate_status status = run(inflater);
  *consumed = in - stream->avail_in;
  *produced = out - stream->avail_out;
  stream->next_in = NULL;
  stream->avail_in = 0;
  stream->next_out = NULL;
  stream->avail_out = 0;
  return status;
}

int hg_inflater_may_end(const hg_inflater *inflater) { return inflater->between_members; }

const char *hg_inflater_message(const hg_inflater *inflater) {
  return inflater->stream.msg != NULL ? inflater->stream.msg : "the data are damaged";
}
