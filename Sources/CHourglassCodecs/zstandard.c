#include "Zstandard.h"

#include <stdlib.h>
#include <zstd.h>

struct hg_zstd {
  ZSTD_DStream *stream;
  int between_frames;   // a frame has ended, and no byte of another one was seen
  const char *message;  // what was wrong
};

// The largest window is 2^27 bytes: what `zstd` itself reads without --long.
enum { LARGEST_WINDOW_LOG = 27 };

hg_zstd *hg_zstd_create(void) {
  hg_zstd *stream = calloc(1, sizeof *stream);
  if (stream == NULL) return NULL;
  stream->stream = ZSTD_createDStream();
  if (stream->stream == NULL ||
      ZSTD_isError(ZSTD_DCtx_setParameter(stream->stream, ZSTD_d_windowLogMax, LARGEST_WINDOW_LOG))) {
    hg_zstd_destroy(stream);
    return NULL;
  }
  stream->message = "the data are damaged";
  return stream;
}

void hg_zstd_destroy(hg_zstd *stream) {
  if (stream == NULL) return;
  ZSTD_freeDStream(stream->stream);
  free(stream);
}

hg_inflate_status hg_zstd_run(hg_zstd *stream, const uint8_t *src, size_t src_size, size_t *consumed,
                              uint8_t *dst, size_t dst_size, size_t *produced) {
  ZSTD_inBuffer in = {src, src_size, 0};
  ZSTD_outBuffer out = {dst, dst_size, 0};
  hg_inflate_status status = HG_INFLATE_OK;
  while (in.pos < in.size || !stream->between_frames) {
    size_t before_in = in.pos, before_out = out.pos;
    size_t left = ZSTD_decompressStream(stream->stream, &out, &in);
    if (ZSTD_isError(left)) {
      stream->message = ZSTD_getErrorName(left);
      status = HG_INFLATE_CORRUPT;
      break;
    }
    // 0 says that a frame is complete and all of it was given out.
    stream->between_frames = left == 0;
    if (out.pos == out.size || (in.pos == before_in && out.pos == before_out)) break;
  }
  *consumed = in.pos;
  *produced = out.pos;
  return status;
}

int hg_zstd_may_end(const hg_zstd *stream) { return stream->between_frames; }

const char *hg_zstd_message(const hg_zstd *stream) { return stream->message; }
