// Engine, descriptors, threads and errors.
#include "Internal.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// Declared by hand: the header omp.h belongs to the compiler and need not be there.
extern void omp_set_num_threads(int);

static _Thread_local const char *last_call = "";
static _Thread_local dnnl_status_t last_status = dnnl_success;

int32_t hg_record(dnnl_status_t status, const char *call) {
  if (status != dnnl_success) {
    last_call = call;
    last_status = status;
  }
  return (int32_t)status;
}

const char *hg_last_call(void) { return last_call; }

const char *hg_last_status(void) {
  switch (last_status) {
    case dnnl_success: return "success";
    case dnnl_out_of_memory: return "out of memory";
    case dnnl_invalid_arguments: return "invalid arguments";
    case dnnl_unimplemented: return "not implemented";
    case dnnl_runtime_error: return "run-time error";
    case dnnl_not_required: return "not required";
    default: return "unknown status";
  }
}

void hg_library_version(int32_t *major, int32_t *minor, int32_t *patch) {
  const dnnl_version_t *version = dnnl_version();
  *major = version->major;
  *minor = version->minor;
  *patch = version->patch;
}

int32_t hg_processor_level(void) {
#if defined(__x86_64__)
  // The values of dnnl_cpu_isa_t are bit sets: each level holds the bits of those below it.
  dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
  if ((isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16) return 3;
  if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return 2;
  if ((isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2) return 1;
#endif
  return 0;
}

void hg_set_threads(int32_t count) { omp_set_num_threads(count); }

int32_t hg_engine_create(hg_engine **engine) {
  hg_engine *made = calloc(1, sizeof(*made));
  *engine = NULL;
  if (!made) return hg_record(dnnl_out_of_memory, "calloc");
  HG_TRY(dnnl_engine_create(&made->engine, dnnl_cpu, 0), "dnnl_engine_create");
  HG_TRY(dnnl_stream_create(&made->stream, made->engine, dnnl_stream_default_flags),
         "dnnl_stream_create");
  *engine = made;
  return 0;
fail:
  hg_engine_destroy(made);
  return (int32_t)last_status;
}

void hg_engine_destroy(hg_engine *engine) {
  if (!engine) return;
  if (engine->stream) dnnl_stream_destroy(engine->stream);
  if (engine->engine) dnnl_engine_destroy(engine->engine);
  free(engine);
}

static dnnl_data_type_t library_type(hg_type type) {
  return type == HG_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

static int32_t create_with_tag(hg_desc *made, int32_t rank, const int64_t *dims, hg_type type,
                               dnnl_format_tag_t tag) {
#if HG_IS_V3
  return hg_record(dnnl_memory_desc_create_with_tag(&made->md, rank, dims, library_type(type), tag),
                   "dnnl_memory_desc_create_with_tag");
#else
  return hg_record(dnnl_memory_desc_init_by_tag(&made->md, rank, dims, library_type(type), tag),
                   "dnnl_memory_desc_init_by_tag");
#endif
}

int32_t hg_desc_create(hg_desc **desc, int32_t rank, const int64_t *dims, const int64_t *strides,
                       hg_type type) {
  hg_desc *made = calloc(1, sizeof(*made));
  int32_t status;
  *desc = NULL;
  if (!made) return hg_record(dnnl_out_of_memory, "calloc");
  if (!strides) {
    status = create_with_tag(made, rank, dims, type, dnnl_format_tag_any);
  } else {
#if HG_IS_V3
    status = hg_record(
        dnnl_memory_desc_create_with_strides(&made->md, rank, dims, library_type(type), strides),
        "dnnl_memory_desc_create_with_strides");
#else
    status = hg_record(
        dnnl_memory_desc_init_by_strides(&made->md, rank, dims, library_type(type), strides),
        "dnnl_memory_desc_init_by_strides");
#endif
  }
  if (status != 0) {
    free(made);
    return status;
  }
  *desc = made;
  return 0;
}

int32_t hg_desc_create_blocked(hg_desc **desc, const int64_t *dims, int32_t block, hg_type type) {
  hg_desc *made = calloc(1, sizeof(*made));
  int32_t status;
  *desc = NULL;
  if (!made) return hg_record(dnnl_out_of_memory, "calloc");
  status = create_with_tag(made, 4, dims, type, block == 16 ? dnnl_nChw16c : dnnl_nChw8c);
  if (status != 0) {
    free(made);
    return status;
  }
  *desc = made;
  return 0;
}

void hg_desc_destroy(hg_desc *desc) {
  if (!desc) return;
#if HG_IS_V3
  if (desc->md) dnnl_memory_desc_destroy(desc->md);
#endif
  free(desc);
}

size_t hg_desc_size(const hg_desc *desc) { return dnnl_memory_desc_get_size(HG_MD(desc)); }

int64_t hg_desc_dim(const hg_desc *desc, int32_t axis) {
#if HG_IS_V3
  dnnl_dims_t *dims = NULL;
  dnnl_memory_desc_query(desc->md, dnnl_query_dims, &dims);
  return dims ? (*dims)[axis] : 0;
#else
  return desc->md.dims[axis];
#endif
}

int32_t hg_desc_equal(const hg_desc *a, const hg_desc *b) {
  return dnnl_memory_desc_equal(HG_MD(a), HG_MD(b));
}

void *hg_allocate(size_t bytes) {
  void *memory = NULL;
  return posix_memalign(&memory, 64, bytes ? bytes : 64) == 0 ? memory : NULL;
}

void hg_free(void *memory) { free(memory); }
