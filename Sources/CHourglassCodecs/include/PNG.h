// PNG images, by libpng.
#pragma once
#include "Codecs.h"

#ifdef __cplusplus
extern "C" {
#endif

// Decodes an image, or only its header. Palettes and samples of 1, 2 and 4 bits are expanded to 8
// bits, a transparent color becomes an alpha channel. `image` is filled anew and must be freed.
hg_codec_status hg_png_decode(const uint8_t *bytes, size_t size, int header_only,
                              uint64_t pixel_limit, hg_image *image);

// Encodes the samples of an image, with its profile and EXIF data where it has them. The message of
// the image tells of a failure.
hg_codec_status hg_png_encode(hg_image *image, int compression_level, hg_block *result);

#ifdef __cplusplus
}
#endif
