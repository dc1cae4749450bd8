// WAV, FLAC, Ogg Vorbis and MP3 sounds, by libsndfile.
#pragma once
#include "Codecs.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int sample_rate;
  int channels;
  size_t frames;           // that were read
  uint64_t promised;       // that the header promises
  float *samples;          // interleaved, from -1 to 1 (files of floats may hold more); from malloc
  char message[HG_CODEC_MESSAGE_SIZE];
} hg_sound;

typedef enum { HG_SOUND_WAV = 0, HG_SOUND_FLAC = 1, HG_SOUND_OGG = 2, HG_SOUND_MP3 = 3 } hg_sound_format;

void hg_sound_free(hg_sound *sound);

// What the library said about a failure; never NULL, as long as the sound is there.
const char *hg_sound_message(const hg_sound *sound);

// Decodes a sound whose samples take at most `byte_limit` bytes. `sound` is filled anew and must be
// freed.
hg_codec_status hg_sound_decode(const uint8_t *bytes, size_t size, size_t byte_limit,
                                hg_sound *sound);

// The bits of a sample as the file keeps it: 8 to 32 of whole numbers, 33 of single or double precision,
// 0 where it keeps none (lossy formats) or cannot be read.
int hg_sound_bits(const uint8_t *bytes, size_t size);

// Encodes a sound. `bits` is 16 or 24 for WAV and FLAC, or 32 for WAV of floats; samples beyond -1
// and 1 are cut off where the format holds whole numbers. Ogg Vorbis and MP3, of a constant bit rate, take
// `quality` from 0 to 1; libsndfile 1.1 and later write MP3 where they were built to.
hg_codec_status hg_sound_encode(hg_sound *sound, hg_sound_format format, int bits, double quality,
                                hg_block *result);

#ifdef __cplusplus
}
#endif
