// A stream of gzip members, or of deflated data without a wrapper as ZIP archives hold them, is
// inflated piece by piece, into memory that the caller owns.
//
// The caller gives a piece of compressed bytes and a place of a fixed size; nothing here grows with
// the contents, so a few bytes that promise terabytes cost no more memory than any others.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hg_inflater hg_inflater;

typedef enum {
  HG_INFLATE_OK = 0,        // give more input, or more room
  HG_INFLATE_CORRUPT = 1,   // the compressed data or its checksum is wrong
  HG_INFLATE_TRAILING = 2,  // other bytes follow the last gzip member or the raw data
  HG_INFLATE_MEMORY = 3     // zlib found no memory for its window
} hg_inflate_status;

// For gzip members; NULL when there is no memory.
hg_inflater *hg_inflater_create(void);
// For data without a wrapper; NULL when there is no memory.
hg_inflater *hg_inflater_create_raw(void);
void hg_inflater_destroy(hg_inflater *inflater);

// Takes some of src, and fills some of dst; says how many bytes of each. Of data without a wrapper
// the end can be taken where dst has no room.
hg_inflate_status hg_inflater_run(hg_inflater *inflater, const uint8_t *src, size_t src_size,
                                  size_t *consumed, uint8_t *dst, size_t dst_size,
                                  size_t *produced);

// 1 when a member has ended and no other has begun, or the data without a wrapper have ended, so
// that the stream may end here; 0 otherwise.
int hg_inflater_may_end(const hg_inflater *inflater);

// What zlib said about corrupt data; never NULL, valid until the next call for this inflater.
const char *hg_inflater_message(const hg_inflater *inflater);

#ifdef __cplusplus
}
#endif
