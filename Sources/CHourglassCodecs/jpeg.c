#include "JPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

enum {
  // A progressive image has some ten scans; each costs as much time as the image has pixels.
  LARGEST_SCAN = 100,
  LARGEST_SEGMENT = 65533,
  EXIF_PREFIX_SIZE = 6
};

static const char EXIF_PREFIX[EXIF_PREFIX_SIZE] = "Exif\0";

// The state of a decoding or an encoding; nothing of it is a local variable of the function that
// calls setjmp, so that a long jump leaves all of it as it was.
typedef struct {
  struct jpeg_error_mgr errors;  // first: the library hands it back
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  union {
    struct jpeg_common_struct common;
    struct jpeg_decompress_struct reader;
    struct jpeg_compress_struct writer;
  } state;
  jmp_buf escape;
  hg_image *image;
  hg_codec_status status;
  int ended;  // bytes were wanted behind the last one
  uint8_t *row;
  unsigned char *written;
  unsigned long written_size;
} job_t;

static job_t *job_of(j_common_ptr info) { return (job_t *)info->err; }

static void escape(job_t *job, hg_codec_status status) {
  job->status = status;
  longjmp(job->escape, 1);
}

static void fail(j_common_ptr info) {
  job_t *job = job_of(info);
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  snprintf(job->image->message, HG_CODEC_MESSAGE_SIZE, "%s", text);
  switch (info->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
      escape(job, HG_CODEC_MEMORY);
      break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
      escape(job, HG_CODEC_UNSUPPORTED);
      break;
    default:
      escape(job, job->ended ? HG_CODEC_TRUNCATED : HG_CODEC_DAMAGED);
  }
}

// Warnings that mean that pixels were made up are failures; the library goes on by itself.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_JPEG_EOF:
      fail(info);
      break;
    default:
      break;
  }
}

static void be_silent(j_common_ptr info) { (void)info; }

static void start_source(j_decompress_ptr reader) { (void)reader; }

// The bytes are all there from the start; who wants more gets an end of the image, once.
static boolean refill(j_decompress_ptr reader) {
  static const JOCTET end[2] = {0xff, JPEG_EOI};
  job_t *job = job_of((j_common_ptr)reader);
  if (job->ended) {
    snprintf(job->image->message, HG_CODEC_MESSAGE_SIZE, "the data stop early");
    escape(job, HG_CODEC_TRUNCATED);
  }
  job->ended = 1;
  reader->src->next_input_byte = end;
  reader->src->bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skip(j_decompress_ptr reader, long count) {
  if (count <= 0) return;
  struct jpeg_source_mgr *source = reader->src;
  if ((size_t)count > source->bytes_in_buffer) {
    source->next_input_byte += source->bytes_in_buffer;
    source->bytes_in_buffer = 0;
    refill(reader);
    return;
  }
  source->next_input_byte += count;
  source->bytes_in_buffer -= (size_t)count;
}

static void watch(j_common_ptr info) {
  job_t *job = job_of(info);
  if (job->state.reader.input_scan_number > LARGEST_SCAN) {
    snprintf(job->image->message, HG_CODEC_MESSAGE_SIZE, "more than %d scans", LARGEST_SCAN);
    escape(job, HG_CODEC_DAMAGED);
  }
}

static void prepare(job_t *job, hg_image *image) {
  memset(job, 0, sizeof *job);
  job->image = image;
  job->state.common.err = jpeg_std_error(&job->errors);
  job->errors.error_exit = fail;
  job->errors.emit_message = warn;
  job->errors.output_message = be_silent;
}

static void keep_metadata(job_t *job) {
  hg_image *image = job->image;
  struct jpeg_decompress_struct *reader = &job->state.reader;
  for (jpeg_saved_marker_ptr marker = reader->marker_list; marker != NULL; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1 || marker->data_length <= EXIF_PREFIX_SIZE) continue;
    if (memcmp(marker->data, EXIF_PREFIX, EXIF_PREFIX_SIZE) != 0) continue;
    size_t size = marker->data_length - EXIF_PREFIX_SIZE;
    image->exif.bytes = malloc(size);
    if (image->exif.bytes == NULL) escape(job, HG_CODEC_MEMORY);
    memcpy(image->exif.bytes, marker->data + EXIF_PREFIX_SIZE, size);
    image->exif.size = size;
    break;
  }
  JOCTET *profile = NULL;
  unsigned int size = 0;
  // A profile of inks says nothing about the colors that they were converted to.
  if (reader->num_components < 4 && jpeg_read_icc_profile(reader, &profile, &size)) {
    image->profile.bytes = profile;
    image->profile.size = size;
  }
}

static void read_header(job_t *job, const uint8_t *bytes, size_t size, uint64_t pixel_limit) {
  hg_image *image = job->image;
  struct jpeg_decompress_struct *reader = &job->state.reader;
  jpeg_create_decompress(reader);
  job->source = (struct jpeg_source_mgr){.next_input_byte = bytes,
                                         .bytes_in_buffer = size,
                                         .init_source = start_source,
                                         .fill_input_buffer = refill,
                                         .skip_input_data = skip,
                                         .resync_to_restart = jpeg_resync_to_restart,
                                         .term_source = start_source};
  reader->src = &job->source;
  job->progress.progress_monitor = watch;
  reader->progress = &job->progress;
  jpeg_save_markers(reader, JPEG_APP0 + 1, 0xffff);
  jpeg_save_markers(reader, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header(reader, TRUE);
  image->width = reader->image_width;
  image->height = reader->image_height;
  image->depth = 8;
  image->channels = reader->num_components == 1 ? 1 : 3;
  if ((uint64_t)image->width * image->height > pixel_limit) escape(job, HG_CODEC_TOO_LARGE);
  switch (reader->num_components) {
    case 1:
      reader->out_color_space = JCS_GRAYSCALE;
      break;
    case 3:
      reader->out_color_space = JCS_RGB;
      break;
    case 4:
      reader->out_color_space = JCS_CMYK;
      break;
    default:
      snprintf(image->message, HG_CODEC_MESSAGE_SIZE, "%d channels", reader->num_components);
      escape(job, HG_CODEC_UNSUPPORTED);
  }
  keep_metadata(job);
}

// Inks to light: each color is what its own ink and black let through. Files with an Adobe marker
// hold the light that the inks leave and not the inks.
static void convert_inks(const uint8_t *inks, uint8_t *place, uint32_t width, int inverted) {
  for (uint32_t x = 0; x < width; ++x) {
    const uint8_t *ink = inks + 4 * (size_t)x;
    unsigned black = inverted ? ink[3] : 255u - ink[3];
    for (int c = 0; c < 3; ++c) {
      unsigned light = inverted ? ink[c] : 255u - ink[c];
      place[3 * (size_t)x + c] = (uint8_t)((light * black + 127) / 255);
    }
  }
}

static void read_samples(job_t *job) {
  hg_image *image = job->image;
  struct jpeg_decompress_struct *reader = &job->state.reader;
  jpeg_start_decompress(reader);
  // Several scans are gathered first: where they stop, detail or whole channels are missing.
  if (job->ended) escape(job, HG_CODEC_TRUNCATED);
  size_t row = (size_t)image->width * image->channels;
  image->samples.bytes = malloc(row * image->height);
  if (image->samples.bytes == NULL) escape(job, HG_CODEC_MEMORY);
  image->samples.size = row * image->height;
  int inks = reader->out_color_components == 4;
  if (reader->output_width != image->width || reader->output_height != image->height ||
      (!inks && reader->out_color_components != image->channels)) {
    snprintf(image->message, HG_CODEC_MESSAGE_SIZE, "rows of another length");
    escape(job, HG_CODEC_DAMAGED);
  }
  if (inks) {
    job->row = malloc((size_t)image->width * 4);
    if (job->row == NULL) escape(job, HG_CODEC_MEMORY);
  }
  while (reader->output_scanline < reader->output_height) {
    JSAMPROW place = image->samples.bytes + reader->output_scanline * row;
    JSAMPROW target = inks ? job->row : place;
    if (jpeg_read_scanlines(reader, &target, 1) != 1) escape(job, HG_CODEC_TRUNCATED);
    if (inks) convert_inks(job->row, place, image->width, reader->saw_Adobe_marker);
  }
}

static void decode(job_t *job, const uint8_t *bytes, size_t size, int header_only,
                   uint64_t pixel_limit) {
  if (setjmp(job->escape)) return;
  read_header(job, bytes, size, pixel_limit);
  if (!header_only) read_samples(job);
}

hg_codec_status hg_jpeg_decode(const uint8_t *bytes, size_t size, int header_only,
                               uint64_t pixel_limit, hg_image *image) {
  memset(image, 0, sizeof *image);
  job_t job;
  prepare(&job, image);
  decode(&job, bytes, size, header_only, pixel_limit);
  if (job.status != HG_CODEC_OK) hg_image_free(image);
  jpeg_destroy(&job.state.common);
  free(job.row);
  return job.status;
}

static void write_image(job_t *job, int quality, int halves_color) {
  hg_image *image = job->image;
  struct jpeg_compress_struct *writer = &job->state.writer;
  jpeg_create_compress(writer);
  jpeg_mem_dest(writer, &job->written, &job->written_size);
  writer->image_width = image->width;
  writer->image_height = image->height;
  writer->input_components = image->channels;
  writer->in_color_space = image->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(writer);
  jpeg_set_quality(writer, quality, TRUE);
  writer->optimize_coding = TRUE;
  if (!halves_color) {
    writer->comp_info[0].h_samp_factor = 1;
    writer->comp_info[0].v_samp_factor = 1;
  }
  jpeg_start_compress(writer, TRUE);
  if (image->exif.size > 0 && image->exif.size <= LARGEST_SEGMENT - EXIF_PREFIX_SIZE) {
    jpeg_write_m_header(writer, JPEG_APP0 + 1, (unsigned)image->exif.size + EXIF_PREFIX_SIZE);
    for (int i = 0; i < EXIF_PREFIX_SIZE; ++i) jpeg_write_m_byte(writer, EXIF_PREFIX[i]);
    for (size_t i = 0; i < image->exif.size; ++i) {
      jpeg_write_m_byte(writer, image->exif.bytes[i]);
    }
  }
  if (image->profile.size > 0) {
    jpeg_write_icc_profile(writer, image->profile.bytes, (unsigned)image->profile.size);
  }
  size_t row = (size_t)image->width * image->channels;
  while (writer->next_scanline < writer->image_height) {
    JSAMPROW place = image->samples.bytes + writer->next_scanline * row;
    jpeg_write_scanlines(writer, &place, 1);
  }
  jpeg_finish_compress(writer);
}

static void encode(job_t *job, int quality, int halves_color) {
  if (setjmp(job->escape)) return;
  write_image(job, quality, halves_color);
}

hg_codec_status hg_jpeg_encode(hg_image *image, int quality, int halves_color,
                               hg_block *result) {
  memset(result, 0, sizeof *result);
  job_t job;
  prepare(&job, image);
  encode(&job, quality, halves_color);
  // The library grows its buffer in secret, and tells where it is when it is asked to end.
  struct jpeg_destination_mgr *destination = job.state.writer.dest;
  if (job.status != HG_CODEC_OK && destination != NULL) {
    destination->term_destination(&job.state.writer);
  }
  jpeg_destroy(&job.state.common);
  if (job.status == HG_CODEC_OK) {
    result->bytes = job.written;
    result->size = job.written_size;
  } else {
    free(job.written);
  }
  return job.status;
}
