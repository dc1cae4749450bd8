#include "Sound.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SAMPLES = 1 << 16, LARGEST_CHANNEL_COUNT = 256 };

void hg_sound_free(hg_sound *sound) {
  free(sound->samples);
  sound->samples = NULL;
}

const char *hg_sound_message(const hg_sound *sound) { return sound->message; }

// A file in memory. One that is read has a size and a capacity that stay.
typedef struct {
  uint8_t *bytes;
  const uint8_t *source;
  sf_count_t size;
  sf_count_t capacity;
  sf_count_t at;
  int no_memory;
} memory_file;

static sf_count_t file_size(void *user) { return ((memory_file *)user)->size; }

static sf_count_t file_position(void *user) { return ((memory_file *)user)->at; }

static sf_count_t file_seek(sf_count_t offset, int whence, void *user) {
  memory_file *file = user;
  sf_count_t base = whence == SEEK_CUR ? file->at : whence == SEEK_END ? file->size : 0;
  sf_count_t target;
  if (__builtin_add_overflow(base, offset, &target) || target < 0 || target > file->size) return -1;
  file->at = target;
  return target;
}

static sf_count_t file_read(void *place, sf_count_t count, void *user) {
  memory_file *file = user;
  sf_count_t left = file->size - file->at;
  if (count > left) count = left;
  if (count <= 0) return 0;
  memcpy(place, file->source + file->at, (size_t)count);
  file->at += count;
  return count;
}

static sf_count_t refuse_write(const void *bytes, sf_count_t count, void *user) {
  (void)bytes;
  (void)count;
  (void)user;
  return 0;
}

static sf_count_t file_write(const void *bytes, sf_count_t count, void *user) {
  memory_file *file = user;
  if (count <= 0 || file->no_memory) return 0;
  if (file->capacity - file->at < count) {
    sf_count_t capacity = (file->at + count) * 3 / 2 + 4096;
    uint8_t *grown = realloc(file->bytes, (size_t)capacity);
    if (grown == NULL) {
      file->no_memory = 1;
      return 0;
    }
    file->bytes = grown;
    file->source = grown;
    file->capacity = capacity;
  }
  memcpy(file->bytes + file->at, bytes, (size_t)count);
  file->at += count;
  if (file->at > file->size) file->size = file->at;
  return count;
}

static void tell(hg_sound *sound, const char *message) {
  snprintf(sound->message, HG_CODEC_MESSAGE_SIZE, "%s", message);
  size_t length = strlen(sound->message);
  while (length > 0 && (sound->message[length - 1] == '.' || sound->message[length - 1] == '\n')) {
    sound->message[--length] = 0;
  }
}

static hg_codec_status read_frames(SNDFILE *file, size_t byte_limit, hg_sound *sound) {
  size_t channels = (size_t)sound->channels;
  size_t block = BLOCK_SAMPLES / channels;
  size_t limit = byte_limit / sizeof(float) / channels;
  if (sound->promised > limit && sound->promised < (uint64_t)1 << 40) return HG_CODEC_TOO_LARGE;
  // What the header promises is only a hint: the place grows with what is there.
  size_t capacity = 0;
  for (;;) {
    if (capacity - sound->frames < block) {
      capacity = capacity == 0 && sound->promised < (uint64_t)1 << 24
                     ? (size_t)sound->promised + block
                     : capacity * 3 / 2 + block;
      float *grown = realloc(sound->samples, capacity * channels * sizeof(float));
      if (grown == NULL) return HG_CODEC_MEMORY;
      sound->samples = grown;
    }
    float *place = sound->samples + sound->frames * channels;
    sf_count_t count = sf_readf_float(file, place, (sf_count_t)block);
    if (count <= 0) break;
    if ((size_t)count > block) return HG_CODEC_DAMAGED;
    sound->frames += (size_t)count;
    if (sound->frames > limit) return HG_CODEC_TOO_LARGE;
  }
  int error = sf_error(file);
  if (error == SF_ERR_NO_ERROR) return HG_CODEC_OK;
  tell(sound, sf_error_number(error));
  return HG_CODEC_DAMAGED;
}

hg_codec_status hg_sound_decode(const uint8_t *bytes, size_t size, size_t byte_limit,
                                hg_sound *sound) {
  memset(sound, 0, sizeof *sound);
  SF_VIRTUAL_IO calls = {file_size, file_seek, file_read, refuse_write, file_position};
  memory_file memory = {.source = bytes, .size = (sf_count_t)size};
  SF_INFO info = {0};
  SNDFILE *file = sf_open_virtual(&calls, SFM_READ, &info, &memory);
  if (file == NULL) {
    int error = sf_error(NULL);
    tell(sound, sf_error_number(error));
    return error == SF_ERR_UNRECOGNISED_FORMAT || error == SF_ERR_UNSUPPORTED_ENCODING
               ? HG_CODEC_UNSUPPORTED
               : HG_CODEC_DAMAGED;
  }
  hg_codec_status status = HG_CODEC_DAMAGED;
  sound->sample_rate = info.samplerate;
  sound->channels = info.channels;
  sound->promised = info.frames > 0 ? (uint64_t)info.frames : 0;
  if (info.channels < 1 || info.channels > LARGEST_CHANNEL_COUNT || info.samplerate < 1) {
    snprintf(sound->message, HG_CODEC_MESSAGE_SIZE, "%d channels at %d Hz", info.channels,
             info.samplerate);
  } else {
    status = read_frames(file, byte_limit, sound);
  }
  sf_close(file);
  if (status != HG_CODEC_OK) hg_sound_free(sound);
  return status;
}

int hg_sound_bits(const uint8_t *bytes, size_t size) {
  SF_VIRTUAL_IO calls = {file_size, file_seek, file_read, refuse_write, file_position};
  memory_file memory = {.source = bytes, .size = (sf_count_t)size};
  SF_INFO info = {0};
  SNDFILE *file = sf_open_virtual(&calls, SFM_READ, &info, &memory);
  if (file == NULL) return 0;
  sf_close(file);
  switch (info.format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8: return 8;
    case SF_FORMAT_PCM_16: return 16;
    case SF_FORMAT_PCM_24: return 24;
    case SF_FORMAT_PCM_32: return 32;
    case SF_FORMAT_FLOAT:
    case SF_FORMAT_DOUBLE: return 33;
    default: return 0;
  }
}

// Whole numbers of the full range of 32 bits whose upper `bits` are the rounded samples.
static void quantize(const float *samples, size_t count, int bits, int *place) {
  const double largest = ldexp(1, bits - 1);
  for (size_t i = 0; i < count; ++i) {
    double value = rint((double)samples[i] * largest);
    if (!(value < largest)) value = value >= largest ? largest - 1 : 0;
    if (value < -largest) value = -largest;
    place[i] = (int)((int64_t)value * ((int64_t)1 << (32 - bits)));
  }
}

static hg_codec_status write_frames(SNDFILE *file, const hg_sound *sound, int bits) {
  size_t channels = (size_t)sound->channels;
  size_t block = BLOCK_SAMPLES / channels;
  int *whole = bits > 0 ? malloc(block * channels * sizeof(int)) : NULL;
  if (bits > 0 && whole == NULL) return HG_CODEC_MEMORY;
  hg_codec_status status = HG_CODEC_OK;
  for (size_t frame = 0; frame < sound->frames; frame += block) {
    size_t count = sound->frames - frame < block ? sound->frames - frame : block;
    const float *samples = sound->samples + frame * channels;
    sf_count_t written;
    if (whole != NULL) {
      quantize(samples, count * channels, bits, whole);
      written = sf_writef_int(file, whole, (sf_count_t)count);
    } else {
      written = sf_writef_float(file, samples, (sf_count_t)count);
    }
    if (written != (sf_count_t)count) {
      status = HG_CODEC_DAMAGED;
      break;
    }
  }
  free(whole);
  return status;
}

hg_codec_status hg_sound_encode(hg_sound *sound, hg_sound_format format, int bits, double quality,
                                hg_block *result) {
  // SF_FORMAT_MPEG, SF_FORMAT_MPEG_LAYER_III and SFC_SET_BITRATE_MODE, which older headers lack.
  enum { MPEG = 0x230000, LAYER_III = 0x82, SET_BITRATE_MODE = 0x1305 };
  static const int formats[] = {SF_FORMAT_WAV, SF_FORMAT_FLAC, SF_FORMAT_OGG, MPEG};
  memset(result, 0, sizeof *result);
  int encoding = format == HG_SOUND_OGG   ? SF_FORMAT_VORBIS
                 : format == HG_SOUND_MP3 ? LAYER_III
                 : bits == 32           ? SF_FORMAT_FLOAT
                 : bits == 24           ? SF_FORMAT_PCM_24
                                        : SF_FORMAT_PCM_16;
  SF_VIRTUAL_IO calls = {file_size, file_seek, file_read, file_write, file_position};
  memory_file memory = {0};
  SF_INFO info = {.samplerate = sound->sample_rate,
                  .channels = sound->channels,
                  .format = formats[format] | encoding};
  SNDFILE *file = sf_open_virtual(&calls, SFM_WRITE, &info, &memory);
  if (file == NULL) {
    tell(sound, sf_error_number(sf_error(NULL)));
    free(memory.bytes);
    return memory.no_memory ? HG_CODEC_MEMORY : HG_CODEC_UNSUPPORTED;
  }
  // The chunk of peaks holds the time of day; the same sound is to give the same bytes.
  sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
  if (format == HG_SOUND_MP3) {
    int constant = 0;
    double level = 1 - quality;
    sf_command(file, SET_BITRATE_MODE, &constant, sizeof constant);
    sf_command(file, SFC_SET_COMPRESSION_LEVEL, &level, sizeof level);
  } else {
    sf_command(file, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
  }
  int whole = format == HG_SOUND_OGG || format == HG_SOUND_MP3 || bits == 32 ? 0 : bits;
  hg_codec_status status = write_frames(file, sound, whole);
  if (status != HG_CODEC_OK) tell(sound, sf_strerror(file));
  if (sf_close(file) != 0 && status == HG_CODEC_OK) status = HG_CODEC_DAMAGED;
  if (memory.no_memory) status = HG_CODEC_MEMORY;
  if (status != HG_CODEC_OK) {
    free(memory.bytes);
    return status;
  }
  result->bytes = memory.bytes;
  result->size = (size_t)memory.size;
  return HG_CODEC_OK;
}
