// What the files of the shim share.
#pragma once
#include <dnnl.h>
#include <stdlib.h>
#include <string.h>

#include "CHourglassOneDNN.h"

#define HG_IS_V3 (DNNL_VERSION_MAJOR >= 3)

struct hg_engine {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
};

// In 2.x a memory descriptor is a struct by value, in 3.x a handle.
struct hg_desc {
  dnnl_memory_desc_t md;
};

#if HG_IS_V3
#define HG_MD(desc) ((desc)->md)
typedef const_dnnl_memory_desc_t hg_md_pointer;
#else
#define HG_MD(desc) (&(desc)->md)
typedef const dnnl_memory_desc_t *hg_md_pointer;
#endif

// The extent of a dimension.
int64_t hg_desc_dim(const hg_desc *desc, int32_t axis);

struct hg_primitive {
  dnnl_primitive_desc_t descriptor;
  dnnl_primitive_t primitive;
  hg_direction direction;
};

// Chooses whether idle threads spin or sleep, by how busy the machine is (Waiting.c). To be called
// now and then from the thread that owns the programs.
void hg_choose_waiting(void);

// Gives each thread of a team as large as the machine a core of its own, and takes it back for
// other teams (Placement.c). To be called from the thread that owns the programs.
void hg_place_threads(int32_t threads);

// Remembers which call failed; gives the status back.
int32_t hg_record(dnnl_status_t status, const char *call);

// Calls a function of the library and leaves the caller's scope when it fails.
#define HG_TRY(call, name)                                 \
  do {                                                     \
    int32_t hg_status_ = hg_record((call), name);          \
    if (hg_status_ != 0) goto fail;                        \
  } while (0)

// The argument number of the library for one of ours.
int32_t hg_library_argument(hg_arg argument);
hg_md_pointer hg_primitive_md(const hg_primitive *primitive, hg_arg argument);
