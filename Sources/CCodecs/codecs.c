#include "Codecs.h"

#include <stdlib.h>

void hg_block_free(hg_block *block) {
  free(block->bytes);
  block->bytes = NULL;
  block->size = 0;
}

void hg_picture_free(hg_picture *picture) {
  hg_block_free(&picture->samples);
  hg_block_free(&picture->profile);
  hg_block_free(&picture->exif);
}

const char *hg_picture_message(const hg_picture *picture) { return picture->message; }
