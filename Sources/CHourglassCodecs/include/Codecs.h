// What the shims over the image and sound libraries share.
//
// Each decodes from memory to memory and encodes from memory to memory. A library that gives up by a
// long jump is caught in C. Nothing that a file says is believed before it was compared with a limit
// that the caller gives.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  HG_CODEC_OK = 0,
  HG_CODEC_DAMAGED = 1,      // the bytes are not what the format allows; see the message
  HG_CODEC_TRUNCATED = 2,    // the bytes stop before the end of the data
  HG_CODEC_TOO_LARGE = 3,    // more pixels or samples than the limit
  HG_CODEC_UNSUPPORTED = 4,  // a variant of the format that the library does not read; see the message
  HG_CODEC_MEMORY = 5        // there is no memory left
} hg_codec_status;

enum { HG_CODEC_MESSAGE_SIZE = 256 };

// Bytes from malloc, or NULL and 0.
typedef struct {
  uint8_t *bytes;
  size_t size;
} hg_block;

void hg_block_free(hg_block *block);

// An image: interleaved rows from the top, without padding.
typedef struct {
  uint32_t width;
  uint32_t height;
  int channels;      // 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA
  int depth;         // 8 or 16 bits; samples of 16 bits are in the byte order of the machine
  hg_block samples;  // none after reading a header alone
  hg_block profile;  // the ICC profile, or none
  hg_block exif;     // the EXIF data from the TIFF header on, or none
  char message[HG_CODEC_MESSAGE_SIZE];
} hg_image;

// Frees what an image holds, after a success and after a failure.
void hg_image_free(hg_image *image);

// What the library said about a failure; never NULL, as long as the image is there.
const char *hg_image_message(const hg_image *image);

#ifdef __cplusplus
}
#endif
