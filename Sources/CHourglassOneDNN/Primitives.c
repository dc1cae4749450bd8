// Creation of primitives. A backward primitive needs the forward one's descriptor as a hint, which
// is made here and thrown away.
#include "Internal.h"

// Declared by hand: the header omp.h belongs to the compiler and need not be there.
extern int omp_get_max_threads(void);

static int32_t make_attributes(dnnl_primitive_attr_t *attributes, hg_fused fused, float alpha) {
  dnnl_post_ops_t operations = NULL;
  dnnl_alg_kind_t algorithm = dnnl_eltwise_relu;
  int32_t status = 0;
  *attributes = NULL;
  HG_TRY(dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create");
  HG_TRY(dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user),
         "dnnl_primitive_attr_set_scratchpad_mode");
  // The default of it may come from the environment, which must not change a result.
  HG_TRY(dnnl_primitive_attr_set_fpmath_mode(*attributes, dnnl_fpmath_mode_strict),
         "dnnl_primitive_attr_set_fpmath_mode");
  if (fused == HG_FUSE_NONE) return 0;
  switch (fused) {
    case HG_FUSE_ELU: algorithm = dnnl_eltwise_elu; break;
    case HG_FUSE_TANH: algorithm = dnnl_eltwise_tanh; break;
    case HG_FUSE_LOGISTIC: algorithm = dnnl_eltwise_logistic; break;
    case HG_FUSE_GELU: algorithm = dnnl_eltwise_gelu_erf; break;
    case HG_FUSE_SILU: algorithm = dnnl_eltwise_swish; alpha = 1; break;
    default: algorithm = dnnl_eltwise_relu; break;
  }
  HG_TRY(dnnl_post_ops_create(&operations), "dnnl_post_ops_create");
#if HG_IS_V3
  HG_TRY(dnnl_post_ops_append_eltwise(operations, algorithm, alpha, 0),
         "dnnl_post_ops_append_eltwise");
#else
  HG_TRY(dnnl_post_ops_append_eltwise(operations, 1, algorithm, alpha, 0),
         "dnnl_post_ops_append_eltwise");
#endif
  HG_TRY(dnnl_primitive_attr_set_post_ops(*attributes, operations),
         "dnnl_primitive_attr_set_post_ops");
  dnnl_post_ops_destroy(operations);
  return 0;
fail:
  status = 1;
  if (operations) dnnl_post_ops_destroy(operations);
  if (*attributes) dnnl_primitive_attr_destroy(*attributes);
  *attributes = NULL;
  return status;
}

// Turns a descriptor into a primitive; takes over the descriptor.
static int32_t finish(hg_primitive **primitive, dnnl_primitive_desc_t descriptor,
                      hg_direction direction) {
  hg_primitive *made = calloc(1, sizeof(*made));
  *primitive = NULL;
  if (!made) {
    dnnl_primitive_desc_destroy(descriptor);
    return hg_record(dnnl_out_of_memory, "calloc");
  }
  made->descriptor = descriptor;
  made->direction = direction;
  if (hg_record(dnnl_primitive_create(&made->primitive, descriptor), "dnnl_primitive_create")) {
    hg_primitive_destroy(made);
    return 1;
  }
  *primitive = made;
  return 0;
}

#define HG_PREPARE                                   \
  dnnl_primitive_desc_t forward = NULL, made = NULL; \
  dnnl_primitive_attr_t attributes = NULL;           \
  *primitive = NULL;                                 \
  if (make_attributes(&attributes, direction == HG_FORWARD ? fused : HG_FUSE_NONE, alpha)) return 1;

#define HG_FINISH                                                  \
  dnnl_primitive_attr_destroy(attributes);                         \
  if (direction == HG_FORWARD) return finish(primitive, forward, direction); \
  dnnl_primitive_desc_destroy(forward);                            \
  return finish(primitive, made, direction);                       \
  fail:                                                            \
  dnnl_primitive_attr_destroy(attributes);                         \
  if (forward) dnnl_primitive_desc_destroy(forward);               \
  return 1;

int32_t hg_convolution_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                              const hg_desc *src, const hg_desc *weights, const hg_desc *bias,
                              const hg_desc *dst, const hg_desc *hint_src,
                              const hg_desc *hint_weights, const hg_desc *hint_dst,
                              const hg_geometry *g, hg_fused fused, float alpha) {
  int64_t dilates[2] = {g->dilations[0] - 1, g->dilations[1] - 1};
  hg_md_pointer bias_md = bias ? HG_MD(bias) : NULL;
  HG_PREPARE
#if HG_IS_V3
  HG_TRY(dnnl_convolution_forward_primitive_desc_create(
             &forward, engine->engine, dnnl_forward_training, dnnl_convolution_direct,
             HG_MD(hint_src), HG_MD(hint_weights), bias_md, HG_MD(hint_dst), g->strides, dilates, g->padding_before,
             g->padding_after, attributes),
         "dnnl_convolution_forward_primitive_desc_create");
  if (direction == HG_BACKWARD_DATA)
    HG_TRY(dnnl_convolution_backward_data_primitive_desc_create(
               &made, engine->engine, dnnl_convolution_direct, HG_MD(src), HG_MD(weights),
               HG_MD(dst), g->strides, dilates, g->padding_before, g->padding_after, forward,
               attributes),
           "dnnl_convolution_backward_data_primitive_desc_create");
  if (direction == HG_BACKWARD_WEIGHTS)
    HG_TRY(dnnl_convolution_backward_weights_primitive_desc_create(
               &made, engine->engine, dnnl_convolution_direct, HG_MD(src), HG_MD(weights), bias_md,
               HG_MD(dst), g->strides, dilates, g->padding_before, g->padding_after, forward,
               attributes),
           "dnnl_convolution_backward_weights_primitive_desc_create");
#else
  dnnl_convolution_desc_t operation;
  HG_TRY(dnnl_dilated_convolution_forward_desc_init(
             &operation, dnnl_forward_training, dnnl_convolution_direct, HG_MD(hint_src),
             HG_MD(hint_weights), bias_md, HG_MD(hint_dst), g->strides, dilates, g->padding_before,
             g->padding_after),
         "dnnl_dilated_convolution_forward_desc_init");
  HG_TRY(dnnl_primitive_desc_create(&forward, &operation, attributes, engine->engine, NULL),
         "dnnl_primitive_desc_create (convolution forward)");
  if (direction == HG_BACKWARD_DATA) {
    HG_TRY(dnnl_dilated_convolution_backward_data_desc_init(
               &operation, dnnl_convolution_direct, HG_MD(src), HG_MD(weights), HG_MD(dst),
               g->strides, dilates, g->padding_before, g->padding_after),
           "dnnl_dilated_convolution_backward_data_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (convolution backward data)");
  }
  if (direction == HG_BACKWARD_WEIGHTS) {
    HG_TRY(dnnl_dilated_convolution_backward_weights_desc_init(
               &operation, dnnl_convolution_direct, HG_MD(src), HG_MD(weights), bias_md,
               HG_MD(dst), g->strides, dilates, g->padding_before, g->padding_after),
           "dnnl_dilated_convolution_backward_weights_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (convolution backward weights)");
  }
#endif
  HG_FINISH
}

// Whether the library may read a null pointer in the gradient of an inner product's data.
//
// With AVX-512 it cuts the sum over the outputs in parts, one for each thread, and then runs one
// thread alone where the gradient is a single block: the sum of the later parts is read from a
// buffer that this thread was not given (brgemm_inner_product_bwd_data_t, 2.6 to 3.0). A sum is
// cut only above 16 blocks of 16 outputs, and a block has at most 64 inputs and 128 rows. There
// one thread computes the gradient in any case, so that nothing is lost by planning for one.
static int32_t needs_one_thread(hg_direction direction, const hg_desc *src, const hg_desc *dst) {
  int64_t rows = hg_desc_dim(src, 0), inputs = hg_desc_dim(src, 1), outputs = hg_desc_dim(dst, 1);
  return direction == HG_BACKWARD_DATA && rows <= 128 && inputs <= 64 && outputs > 256;
}

static int32_t create_inner_product(hg_primitive **primitive, hg_engine *engine,
                                    hg_direction direction, const hg_desc *src,
                                    const hg_desc *weights, const hg_desc *bias,
                                    const hg_desc *dst, const hg_desc *hint_src,
                                    const hg_desc *hint_weights, const hg_desc *hint_dst,
                                    hg_fused fused, float alpha) {
  hg_md_pointer bias_md = bias ? HG_MD(bias) : NULL;
  HG_PREPARE
#if HG_IS_V3
  HG_TRY(dnnl_inner_product_forward_primitive_desc_create(
             &forward, engine->engine, dnnl_forward_training, HG_MD(hint_src),
             HG_MD(hint_weights), bias_md, HG_MD(hint_dst), attributes),
         "dnnl_inner_product_forward_primitive_desc_create");
  if (direction == HG_BACKWARD_DATA)
    HG_TRY(dnnl_inner_product_backward_data_primitive_desc_create(
               &made, engine->engine, HG_MD(src), HG_MD(weights), HG_MD(dst), forward, attributes),
           "dnnl_inner_product_backward_data_primitive_desc_create");
  if (direction == HG_BACKWARD_WEIGHTS)
    HG_TRY(dnnl_inner_product_backward_weights_primitive_desc_create(
               &made, engine->engine, HG_MD(src), HG_MD(weights), bias_md, HG_MD(dst), forward,
               attributes),
           "dnnl_inner_product_backward_weights_primitive_desc_create");
#else
  dnnl_inner_product_desc_t operation;
  HG_TRY(dnnl_inner_product_forward_desc_init(&operation, dnnl_forward_training, HG_MD(hint_src),
                                              HG_MD(hint_weights), bias_md, HG_MD(hint_dst)),
         "dnnl_inner_product_forward_desc_init");
  HG_TRY(dnnl_primitive_desc_create(&forward, &operation, attributes, engine->engine, NULL),
         "dnnl_primitive_desc_create (inner product forward)");
  if (direction == HG_BACKWARD_DATA) {
    HG_TRY(dnnl_inner_product_backward_data_desc_init(&operation, HG_MD(src), HG_MD(weights),
                                                      HG_MD(dst)),
           "dnnl_inner_product_backward_data_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (inner product backward data)");
  }
  if (direction == HG_BACKWARD_WEIGHTS) {
    HG_TRY(dnnl_inner_product_backward_weights_desc_init(&operation, HG_MD(src), HG_MD(weights),
                                                         bias_md, HG_MD(dst)),
           "dnnl_inner_product_backward_weights_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (inner product backward weights)");
  }
#endif
  HG_FINISH
}

int32_t hg_inner_product_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                                const hg_desc *src, const hg_desc *weights, const hg_desc *bias,
                                const hg_desc *dst, const hg_desc *hint_src,
                                const hg_desc *hint_weights, const hg_desc *hint_dst,
                                hg_fused fused, float alpha) {
  int32_t threads = omp_get_max_threads(), status;
  int32_t is_alone = needs_one_thread(direction, src, dst);
  if (is_alone) hg_set_threads(1);
  status = create_inner_product(primitive, engine, direction, src, weights, bias, dst, hint_src,
                                hint_weights, hint_dst, fused, alpha);
  if (is_alone) hg_set_threads(threads);
  return status;
}

int32_t hg_pooling_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                          const hg_desc *src, const hg_desc *dst, const hg_geometry *g,
                          int32_t is_maximum) {
  dnnl_alg_kind_t algorithm = is_maximum ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
  hg_fused fused = HG_FUSE_NONE;
  float alpha = 0;
  HG_PREPARE
#if HG_IS_V3
  int64_t dilates[2] = {0, 0};
  HG_TRY(dnnl_pooling_forward_primitive_desc_create(
             &forward, engine->engine, dnnl_forward_training, algorithm, HG_MD(src), HG_MD(dst),
             g->strides, g->window, dilates, g->padding_before, g->padding_after, attributes),
         "dnnl_pooling_forward_primitive_desc_create");
  if (direction != HG_FORWARD)
    HG_TRY(dnnl_pooling_backward_primitive_desc_create(
               &made, engine->engine, algorithm, HG_MD(src), HG_MD(dst), g->strides, g->window,
               dilates, g->padding_before, g->padding_after, forward, attributes),
           "dnnl_pooling_backward_primitive_desc_create");
#else
  dnnl_pooling_desc_t operation;
  HG_TRY(dnnl_pooling_forward_desc_init(&operation, dnnl_forward_training, algorithm, HG_MD(src),
                                        HG_MD(dst), g->strides, g->window, g->padding_before,
                                        g->padding_after),
         "dnnl_pooling_forward_desc_init");
  HG_TRY(dnnl_primitive_desc_create(&forward, &operation, attributes, engine->engine, NULL),
         "dnnl_primitive_desc_create (pooling forward)");
  if (direction != HG_FORWARD) {
    HG_TRY(dnnl_pooling_backward_desc_init(&operation, algorithm, HG_MD(src), HG_MD(dst),
                                           g->strides, g->window, g->padding_before,
                                           g->padding_after),
           "dnnl_pooling_backward_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (pooling backward)");
  }
#endif
  HG_FINISH
}

int32_t hg_resampling_create(hg_primitive **primitive, hg_engine *engine, hg_direction direction,
                             const hg_desc *src, const hg_desc *dst, int32_t is_linear) {
  dnnl_alg_kind_t algorithm = is_linear ? dnnl_resampling_linear : dnnl_resampling_nearest;
  hg_fused fused = HG_FUSE_NONE;
  float alpha = 0;
  HG_PREPARE
#if HG_IS_V3
  HG_TRY(dnnl_resampling_forward_primitive_desc_create(&forward, engine->engine,
                                                       dnnl_forward_training, algorithm, NULL,
                                                       HG_MD(src), HG_MD(dst), attributes),
         "dnnl_resampling_forward_primitive_desc_create");
  if (direction != HG_FORWARD)
    HG_TRY(dnnl_resampling_backward_primitive_desc_create(&made, engine->engine, algorithm, NULL,
                                                          HG_MD(src), HG_MD(dst), forward,
                                                          attributes),
           "dnnl_resampling_backward_primitive_desc_create");
#else
  dnnl_resampling_desc_t operation;
  HG_TRY(dnnl_resampling_forward_desc_init(&operation, dnnl_forward_training, algorithm, NULL,
                                           HG_MD(src), HG_MD(dst)),
         "dnnl_resampling_forward_desc_init");
  HG_TRY(dnnl_primitive_desc_create(&forward, &operation, attributes, engine->engine, NULL),
         "dnnl_primitive_desc_create (resampling forward)");
  if (direction != HG_FORWARD) {
    HG_TRY(dnnl_resampling_backward_desc_init(&operation, algorithm, NULL, HG_MD(src), HG_MD(dst)),
           "dnnl_resampling_backward_desc_init");
    HG_TRY(dnnl_primitive_desc_create(&made, &operation, attributes, engine->engine, forward),
           "dnnl_primitive_desc_create (resampling backward)");
  }
#endif
  HG_FINISH
}

int32_t hg_softmax_create(hg_primitive **primitive, hg_engine *engine, const hg_desc *src,
                          const hg_desc *dst, int32_t axis, int32_t is_log) {
  hg_direction direction = HG_FORWARD;
  hg_fused fused = HG_FUSE_NONE;
  float alpha = 0;
  HG_PREPARE
#if HG_IS_V3
  HG_TRY(dnnl_softmax_forward_primitive_desc_create(
             &forward, engine->engine, dnnl_forward_inference,
             is_log ? dnnl_softmax_log : dnnl_softmax_accurate, HG_MD(src), HG_MD(dst), axis,
             attributes),
         "dnnl_softmax_forward_primitive_desc_create");
#else
  dnnl_softmax_v2_desc_t operation;
  HG_TRY(dnnl_softmax_v2_forward_desc_init(&operation, dnnl_forward_inference,
                                           is_log ? dnnl_softmax_log : dnnl_softmax_accurate,
                                           HG_MD(src), HG_MD(dst), axis),
         "dnnl_softmax_v2_forward_desc_init");
  HG_TRY(dnnl_primitive_desc_create(&forward, &operation, attributes, engine->engine, NULL),
         "dnnl_primitive_desc_create (softmax)");
#endif
  (void)made;
  dnnl_primitive_attr_destroy(attributes);
  return finish(primitive, forward, direction);
fail:
  dnnl_primitive_attr_destroy(attributes);
  return 1;
}

int32_t hg_reorder_create(hg_primitive **primitive, hg_engine *engine, const hg_desc *src,
                          const hg_desc *dst) {
  dnnl_primitive_desc_t made = NULL;
  dnnl_primitive_attr_t attributes = NULL;
  *primitive = NULL;
  if (make_attributes(&attributes, HG_FUSE_NONE, 0)) return 1;
  HG_TRY(dnnl_reorder_primitive_desc_create(&made, HG_MD(src), engine->engine, HG_MD(dst),
                                            engine->engine, attributes),
         "dnnl_reorder_primitive_desc_create");
  dnnl_primitive_attr_destroy(attributes);
  return finish(primitive, made, HG_FORWARD);
fail:
  dnnl_primitive_attr_destroy(attributes);
  return 1;
}

int32_t hg_reorder_now(hg_engine *engine, const hg_desc *from, void *src, const hg_desc *to,
                       void *dst) {
  hg_program *program = NULL;
  hg_primitive *primitive = NULL;
  void *pointers[HG_ARG_COUNT] = {0};
  void *scratch = NULL;
  hg_desc *scratchpad;
  int32_t status = hg_program_create(&program, engine, 1);
  if (status == 0) status = hg_reorder_create(&primitive, engine, from, to);
  if (status == 0) {
    scratchpad = hg_primitive_desc(primitive, HG_ARG_SCRATCHPAD);
    if (scratchpad) scratch = hg_allocate(hg_desc_size(scratchpad));
    hg_desc_destroy(scratchpad);
    pointers[HG_ARG_SRC] = src;
    pointers[HG_ARG_DST] = dst;
    pointers[HG_ARG_SCRATCHPAD] = scratch;
    status = hg_program_add_primitive(program, primitive, pointers);
  }
  if (status == 0) status = hg_program_run(program, 0);
  hg_program_destroy(program);
  hg_free(scratch);
  return status;
}

void hg_primitive_destroy(hg_primitive *primitive) {
  if (!primitive) return;
  if (primitive->primitive) dnnl_primitive_destroy(primitive->primitive);
  if (primitive->descriptor) dnnl_primitive_desc_destroy(primitive->descriptor);
  free(primitive);
}

int32_t hg_library_argument(hg_arg argument) {
  switch (argument) {
    case HG_ARG_SRC: return DNNL_ARG_SRC;
    case HG_ARG_WEIGHTS: return DNNL_ARG_WEIGHTS;
    case HG_ARG_BIAS: return DNNL_ARG_BIAS;
    case HG_ARG_DST: return DNNL_ARG_DST;
    case HG_ARG_DIFF_SRC: return DNNL_ARG_DIFF_SRC;
    case HG_ARG_DIFF_WEIGHTS: return DNNL_ARG_DIFF_WEIGHTS;
    case HG_ARG_DIFF_BIAS: return DNNL_ARG_DIFF_BIAS;
    case HG_ARG_DIFF_DST: return DNNL_ARG_DIFF_DST;
    case HG_ARG_WORKSPACE: return DNNL_ARG_WORKSPACE;
    default: return DNNL_ARG_SCRATCHPAD;
  }
}

hg_md_pointer hg_primitive_md(const hg_primitive *primitive, hg_arg argument) {
  dnnl_query_t what = dnnl_query_src_md;
  int index = 0;
  switch (argument) {
    case HG_ARG_SRC: what = dnnl_query_src_md; break;
    case HG_ARG_WEIGHTS: what = dnnl_query_weights_md; break;
    case HG_ARG_BIAS: what = dnnl_query_weights_md; index = 1; break;
    case HG_ARG_DST: what = dnnl_query_dst_md; break;
    case HG_ARG_DIFF_SRC: what = dnnl_query_diff_src_md; break;
    case HG_ARG_DIFF_WEIGHTS: what = dnnl_query_diff_weights_md; break;
    case HG_ARG_DIFF_BIAS: what = dnnl_query_diff_weights_md; index = 1; break;
    case HG_ARG_DIFF_DST: what = dnnl_query_diff_dst_md; break;
    case HG_ARG_WORKSPACE: what = dnnl_query_workspace_md; break;
    default: what = dnnl_query_scratchpad_md; break;
  }
  return dnnl_primitive_desc_query_md(primitive->descriptor, what, index);
}

hg_desc *hg_primitive_desc(const hg_primitive *primitive, hg_arg argument) {
  hg_md_pointer md = hg_primitive_md(primitive, argument);
  hg_desc *made;
  if (!md || dnnl_memory_desc_get_size(md) == 0) return NULL;
  made = calloc(1, sizeof(*made));
  if (!made) return NULL;
#if HG_IS_V3
  if (dnnl_memory_desc_clone(&made->md, md) != dnnl_success) {
    free(made);
    return NULL;
  }
#else
  made->md = *md;
#endif
  return made;
}

const char *hg_primitive_implementation(const hg_primitive *primitive) {
  const char *name = "";
  dnnl_primitive_desc_query(primitive->descriptor, dnnl_query_impl_info_str, 0, &name);
  return name;
}
