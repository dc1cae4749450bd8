#include "PNG.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// The most that deflate can shrink: 258 bytes in a little more than two bits.
enum { LARGEST_DEFLATE_RATIO = 1032 };

// The state of a decoding or an encoding; nothing of it is a local variable of the function that
// calls setjmp, so that a long jump leaves all of it as it was.
typedef struct {
  const uint8_t *source;
  size_t size;
  size_t at;
  hg_image *image;
  hg_block *result;
  size_t capacity;
  hg_codec_status status;
  png_structp png;
  png_infop info;
} job_t;

static void fail(png_structp png, png_const_charp message) {
  job_t *job = png_get_error_ptr(png);
  if (job->status == HG_CODEC_OK) job->status = HG_CODEC_DAMAGED;
  strncpy(job->image->message, message, HG_CODEC_MESSAGE_SIZE - 1);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size) {
  void *memory = malloc(size);
  job_t *job = png_get_mem_ptr(png);
  // libpng tries some allocations that it can do without; only those that matter end in an error.
  if (memory == NULL) job->status = HG_CODEC_MEMORY;
  return memory;
}

static void release(png_structp png, png_voidp memory) {
  (void)png;
  free(memory);
}

static void take(png_structp png, png_bytep place, size_t count) {
  job_t *job = png_get_io_ptr(png);
  if (job->size - job->at < count) {
    job->status = HG_CODEC_TRUNCATED;
    png_error(png, "the data stop early");
  }
  memcpy(place, job->source + job->at, count);
  job->at += count;
}

static int copy_block(hg_block *block, const void *bytes, size_t size) {
  if (size == 0) return 1;
  block->bytes = malloc(size);
  if (block->bytes == NULL) return 0;
  memcpy(block->bytes, bytes, size);
  block->size = size;
  return 1;
}

static void keep_metadata(job_t *job) {
  png_charp name;
  png_bytep bytes;
  png_uint_32 size;
  int method;
  if (png_get_iCCP(job->png, job->info, &name, &method, &bytes, &size) &&
      !copy_block(&job->image->profile, bytes, size)) {
    job->status = HG_CODEC_MEMORY;
  }
#ifdef PNG_eXIf_SUPPORTED
  if (png_get_eXIf_1(job->png, job->info, &size, &bytes) && job->image->exif.bytes == NULL &&
      !copy_block(&job->image->exif, bytes, size)) {
    job->status = HG_CODEC_MEMORY;
  }
#endif
  if (job->status == HG_CODEC_MEMORY) png_error(job->png, "there is no memory left");
}

static void read_header(job_t *job, uint64_t pixel_limit) {
  hg_image *image = job->image;
  png_read_info(job->png, job->info);
  image->width = png_get_image_width(job->png, job->info);
  image->height = png_get_image_height(job->png, job->info);
  if ((uint64_t)image->width * image->height > pixel_limit) {
    job->status = HG_CODEC_TOO_LARGE;
    png_error(job->png, "the image has too many pixels");
  }
  uint64_t row = png_get_rowbytes(job->png, job->info) + 1;
  if (row * image->height / LARGEST_DEFLATE_RATIO > job->size) {
    png_error(job->png, "the header promises more pixels than the file can hold");
  }
  int depth = png_get_bit_depth(job->png, job->info);
  png_set_expand(job->png);
  const uint16_t one = 1;
  if (depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(job->png);
  png_set_interlace_handling(job->png);
  png_read_update_info(job->png, job->info);
  image->channels = png_get_channels(job->png, job->info);
  image->depth = png_get_bit_depth(job->png, job->info);
  if (image->channels < 1 || image->channels > 4 ||
      (image->depth != 8 && image->depth != 16)) {
    png_error(job->png, "an unknown kind of pixels");
  }
  keep_metadata(job);
}

static void read_samples(job_t *job) {
  hg_image *image = job->image;
  size_t row = (size_t)image->width * image->channels * (image->depth / 8);
  if (png_get_rowbytes(job->png, job->info) != row) png_error(job->png, "rows of another length");
  image->samples.bytes = malloc(row * image->height);
  if (image->samples.bytes == NULL) {
    job->status = HG_CODEC_MEMORY;
    png_error(job->png, "there is no memory left");
  }
  image->samples.size = row * image->height;
  int interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;
  for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); ++pass) {
    for (uint32_t y = 0; y < image->height; ++y) {
      png_read_row(job->png, image->samples.bytes + y * row, NULL);
    }
  }
  png_read_end(job->png, job->info);
  // EXIF data may stand behind the pixels.
  hg_block_free(&image->profile);
  keep_metadata(job);
}

static int decode(job_t *job, int header_only, uint64_t pixel_limit) {
  if (setjmp(png_jmpbuf(job->png))) return 0;
  png_set_read_fn(job->png, job, take);
  png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Nothing is made of these, and a file may have a thousand that inflate to megabytes each.
  static const png_byte unused[] = "tEXt\0zTXt\0iTXt\0sPLT";
  png_set_keep_unknown_chunks(job->png, PNG_HANDLE_CHUNK_NEVER, unused, 4);
  read_header(job, pixel_limit);
  if (!header_only) read_samples(job);
  return 1;
}

static hg_codec_status finish_decoding(job_t *job, int good) {
  png_destroy_read_struct(&job->png, &job->info, NULL);
  if (good) return HG_CODEC_OK;
  hg_image_free(job->image);
  return job->status == HG_CODEC_OK ? HG_CODEC_DAMAGED : job->status;
}

hg_codec_status hg_png_decode(const uint8_t *bytes, size_t size, int header_only,
                              uint64_t pixel_limit, hg_image *image) {
  memset(image, 0, sizeof *image);
  job_t job = {.source = bytes, .size = size, .image = image};
  job.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &job, fail, ignore, &job, allocate,
                                     release);
  if (job.png == NULL) return HG_CODEC_MEMORY;
  job.info = png_create_info_struct(job.png);
  if (job.info == NULL) {
    png_destroy_read_struct(&job.png, NULL, NULL);
    return HG_CODEC_MEMORY;
  }
  return finish_decoding(&job, decode(&job, header_only, pixel_limit));
}

static void put(png_structp png, png_bytep bytes, size_t count) {
  job_t *job = png_get_io_ptr(png);
  hg_block *result = job->result;
  if (job->capacity - result->size < count) {
    size_t capacity = (job->capacity + count) * 3 / 2 + 4096;
    uint8_t *grown = realloc(result->bytes, capacity);
    if (grown == NULL) {
      job->status = HG_CODEC_MEMORY;
      png_error(png, "there is no memory left");
    }
    result->bytes = grown;
    job->capacity = capacity;
  }
  memcpy(result->bytes + result->size, bytes, count);
  result->size += count;
}

static void flush(png_structp png) { (void)png; }

static void write_image(job_t *job, int compression_level) {
  hg_image *image = job->image;
  const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                       PNG_COLOR_TYPE_RGB_ALPHA};
  png_set_benign_errors(job->png, 1);
  png_set_compression_level(job->png, compression_level);
  png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_IHDR(job->png, job->info, image->width, image->height, image->depth,
               types[image->channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (image->profile.size > 0) {
    png_set_iCCP(job->png, job->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE,
                 image->profile.bytes, (png_uint_32)image->profile.size);
  }
#ifdef PNG_eXIf_SUPPORTED
  if (image->exif.size > 0) {
    png_set_eXIf_1(job->png, job->info, (png_uint_32)image->exif.size, image->exif.bytes);
  }
#endif
  png_write_info(job->png, job->info);
  const uint16_t one = 1;
  if (image->depth == 16 && *(const uint8_t *)&one == 1) png_set_swap(job->png);
  size_t row = (size_t)image->width * image->channels * (image->depth / 8);
  for (uint32_t y = 0; y < image->height; ++y) {
    png_write_row(job->png, image->samples.bytes + y * row);
  }
  png_write_end(job->png, job->info);
}

static int encode(job_t *job, int compression_level) {
  if (setjmp(png_jmpbuf(job->png))) return 0;
  png_set_write_fn(job->png, job, put, flush);
  write_image(job, compression_level);
  return 1;
}

static hg_codec_status finish_encoding(job_t *job, int good) {
  png_destroy_write_struct(&job->png, &job->info);
  if (good) return HG_CODEC_OK;
  hg_block_free(job->result);
  return job->status == HG_CODEC_OK ? HG_CODEC_DAMAGED : job->status;
}

hg_codec_status hg_png_encode(hg_image *image, int compression_level, hg_block *result) {
  memset(result, 0, sizeof *result);
  job_t job = {.image = image, .result = result};
  job.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &job, fail, ignore, &job, allocate,
                                      release);
  if (job.png == NULL) return HG_CODEC_MEMORY;
  job.info = png_create_info_struct(job.png);
  if (job.info == NULL) {
    png_destroy_write_struct(&job.png, NULL);
    return HG_CODEC_MEMORY;
  }
  return finish_encoding(&job, encode(&job, compression_level));
}
