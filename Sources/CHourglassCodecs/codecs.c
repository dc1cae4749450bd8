#include "Codecs.h"

#include <stdlib.h>

void hg_block_free(hg_block *block) {
  free(block->bytes);
  block->bytes = NULL;
  block->size = 0;
}

void hg_image_free(hg_image *image) {
  hg_block_free(&image->samples);
  hg_block_free(&image->profile);
  hg_block_free(&image->exif);
}

const char *hg_image_message(const hg_image *image) { return image->message; }
