// JPEG images, by libjpeg-turbo.
#pragma once
#include "Codecs.h"

#ifdef __cplusplus
extern "C" {
#endif

// Decodes an image, or only its header, to gray or RGB of 8 bits; CMYK is converted. The image is as
// it is stored: what its EXIF data say about its orientation is left to the caller. `image` is
// filled anew and must be freed.
hg_codec_status hg_jpeg_decode(const uint8_t *bytes, size_t size, int header_only,
                               uint64_t pixel_limit, hg_image *image);

// Encodes the samples of an image of 8 bits with 1 or 3 channels, with its profile and EXIF data
// where it has them (EXIF data that no segment holds are left out). Color is kept at full
// resolution, or at half of it where `halves_color` says so. The message of the image tells of a
// failure.
hg_codec_status hg_jpeg_encode(hg_image *image, int quality, int halves_color,
                               hg_block *result);

#ifdef __cplusplus
}
#endif
