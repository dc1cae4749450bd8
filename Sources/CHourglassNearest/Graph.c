// A graph in memory, and its stored form, which is checked before it is used.
#include "Graph.h"
#include <stdlib.h>
#include <string.h>

hg_graph *hg_graph_make(hg_vectors vectors, int32_t links, int64_t upper_size, int64_t twins) {
  hg_graph *graph = calloc(1, sizeof(hg_graph));
  if (!graph) {
    hg_vectors_free(&vectors);
    return NULL;
  }
  size_t count = (size_t)vectors.count;
  graph->vectors = vectors;
  graph->links = links;
  graph->upper_size = upper_size;
  graph->levels = calloc(count, 1);
  graph->base = hg_large(count * (size_t)(1 + 2 * links) * sizeof(uint32_t));
  graph->upper = calloc((size_t)upper_size + 1, sizeof(uint32_t));
  graph->upper_start = calloc(count, sizeof(int64_t));
  graph->next = calloc(count, sizeof(uint32_t));
  graph->pairs = calloc((size_t)twins + 1, 2 * sizeof(uint32_t));
  graph->twins = twins;
  if (!graph->next || !graph->pairs || !graph->levels || !graph->base || !graph->upper || !graph->upper_start) {
    hg_graph_free(graph);
    return NULL;
  }
  memset(graph->base, 0, count * (size_t)(1 + 2 * links) * sizeof(uint32_t));
  return graph;
}

void hg_graph_free(hg_graph *graph) {
  if (!graph) return;
  hg_vectors_free(&graph->vectors);
  hg_spare_free(graph->spare);
  free(graph->levels);
  free(graph->base);
  free(graph->upper);
  free(graph->upper_start);
  free(graph->next);
  free(graph->pairs);
  free(graph);
}

int64_t hg_graph_bytes(const hg_graph *graph) {
  int64_t row = graph->vectors.stride + (1 + 2 * graph->links) * 4 + 1 + 8 + 4;
  return graph->vectors.count * row + (graph->upper_size + 2 * graph->twins) * 4;
}

// The list of a row on a level: its first number says how many follow.
static uint32_t *hg_list(const hg_graph *graph, int64_t row, int level) {
  if (level == 0) return graph->base + row * (1 + 2 * graph->links);
  return graph->upper + graph->upper_start[row] + (level - 1) * (1 + (int64_t)graph->links);
}

int hg_rows_are_equal(const float *panels, int64_t width, int64_t a, int64_t b) {
  const float *left = panels + a / 16 * 16 * width + a % 16;
  const float *right = panels + b / 16 * 16 * width + b % 16;
  for (int64_t k = 0; k < width; k++)
    if (left[k * 16] != right[k * 16]) return 0;
  return 1;
}

int hg_graph_join(hg_graph *graph, const float *panels) {
  int64_t count = graph->vectors.count, previous = 0;
  uint32_t *last = calloc((size_t)count, sizeof(uint32_t));
  uint8_t *is_twin = calloc((size_t)count, 1);
  int status = last && is_twin ? 0 : HG_GRAPH_MEMORY;
  for (int64_t i = 0; i < graph->twins && status == 0; i++) {
    uint32_t row = graph->pairs[2 * i], first = graph->pairs[2 * i + 1];
    // Rows ascend along a chain, which thus ends; a first row is no twin itself.
    if (row >= count || row <= previous || first >= row || is_twin[first] ||
        !hg_rows_are_equal(panels, graph->vectors.width, row, first))
      status = HG_GRAPH_INVALID;
    else {
      graph->next[last[first] ? last[first] : first] = row;
      last[first] = row;
      is_twin[row] = 1;
    }
    previous = row;
  }
  free(last);
  free(is_twin);
  return status;
}

hg_graph_sizes hg_graph_measure(const hg_graph *graph) {
  hg_graph_sizes sizes = {.entry = graph->entry, .twins = graph->twins};
  for (int64_t row = 0; row < graph->vectors.count; row++)
    for (int level = 0; level <= graph->levels[row]; level++) {
      sizes.lists++;
      sizes.total += *hg_list(graph, row, level);
    }
  return sizes;
}

int64_t hg_graph_stored_bytes(hg_graph_shape shape, hg_graph_sizes sizes) {
  if (shape.count < 1 || shape.count >= INT32_MAX || shape.width < 1 || shape.links < 2 ||
      shape.links > HG_GRAPH_MOST_LINKS || (shape.coded != 0 && shape.coded != 1) ||
      (shape.coded && shape.width > HG_GRAPH_MOST_CODED) || sizes.entry >= shape.count ||
      sizes.twins < 0 || sizes.twins >= shape.count || sizes.lists < shape.count ||
      sizes.lists > shape.count * (HG_MOST_LEVEL + 1) || sizes.total < 0 ||
      sizes.total > sizes.lists * 2 * shape.links)
    return -1;
  return shape.count + sizes.lists + 4 * sizes.total + 8 * sizes.twins;
}

static void hg_put(uint8_t **bytes, uint32_t number) {
  for (int byte = 0; byte < 4; byte++) *(*bytes)++ = (uint8_t)(number >> 8 * byte);
}

static uint32_t hg_get(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
}

void hg_graph_store(const hg_graph *graph, uint8_t *bytes) {
  int64_t count = graph->vectors.count;
  hg_graph_sizes sizes = hg_graph_measure(graph);
  uint8_t *counts = bytes + count, *ids = counts + sizes.lists;
  memcpy(bytes, graph->levels, (size_t)count);
  for (int64_t row = 0; row < count; row++) {
    for (int level = 0; level <= graph->levels[row]; level++) {
      const uint32_t *list = hg_list(graph, row, level);
      *counts++ = (uint8_t)list[0];
      for (uint32_t i = 1; i <= list[0]; i++) hg_put(&ids, list[i]);
    }
  }
  for (int64_t i = 0; i < 2 * graph->twins; i++) hg_put(&ids, graph->pairs[i]);
}

// Fills one list from what was stored; 0 where a link leads nowhere, to the row itself, or to a row
// that is not on this level.
static int hg_fill(hg_graph *graph, int64_t row, int level, uint8_t links, const uint8_t *ids) {
  uint32_t *list = hg_list(graph, row, level);
  if (links > (level ? 1 : 2) * graph->links) return 0;
  list[0] = links;
  for (uint32_t i = 0; i < links; i++) {
    uint32_t id = hg_get(ids + i * 4);
    if (id >= graph->vectors.count || id == row || graph->levels[id] < level) return 0;
    list[1 + i] = id;
  }
  return 1;
}

// Whether the levels and the numbers of links add up to the sizes.
static int hg_adds_up(hg_graph_shape shape, hg_graph_sizes sizes, const uint8_t *levels,
                      const uint8_t *counts) {
  int64_t lists = 0, total = 0;
  for (int64_t row = 0; row < shape.count; row++) {
    if (levels[row] > HG_MOST_LEVEL || levels[row] > levels[sizes.entry]) return 0;
    lists += 1 + levels[row];
  }
  if (lists != sizes.lists) return 0;
  for (int64_t list = 0; list < lists; list++) total += counts[list];
  return total == sizes.total;
}

int hg_graph_load(const float *panels, hg_graph_shape shape, hg_graph_sizes sizes,
                  const uint8_t *bytes, int64_t offset, int64_t end, hg_graph **made) {
  *made = NULL;
  int64_t size = hg_graph_stored_bytes(shape, sizes);
  if (size < 0 || offset < 0 || end - offset != size) return HG_GRAPH_INVALID;
  const uint8_t *levels = bytes + offset, *counts = levels + shape.count;
  const uint8_t *ids = counts + sizes.lists, *pairs = ids + 4 * sizes.total;
  if (!hg_adds_up(shape, sizes, levels, counts)) return HG_GRAPH_INVALID;
  hg_vectors vectors;
  if (!hg_vectors_make(&vectors, panels, shape.count, shape.width, shape.coded))
    return HG_GRAPH_MEMORY;
  int64_t stride = 1 + (int64_t)shape.links;
  int64_t upper_size = (sizes.lists - shape.count) * stride;
  hg_graph *graph = hg_graph_make(vectors, shape.links, upper_size, sizes.twins);
  if (!graph) return HG_GRAPH_MEMORY;
  memcpy(graph->levels, levels, (size_t)shape.count);
  graph->entry = sizes.entry;
  graph->top = levels[sizes.entry];
  int64_t start = 0;
  int good = 1;
  for (int64_t row = 0; row < shape.count && good; row++) {
    graph->upper_start[row] = start;
    start += levels[row] * stride;
    for (int level = 0; level <= levels[row] && good; level++) {
      good = hg_fill(graph, row, level, *counts, ids);
      ids += (int64_t)*counts++ * 4;
    }
  }
  for (int64_t i = 0; i < 2 * sizes.twins; i++) graph->pairs[i] = hg_get(pairs + 4 * i);
  int status = good ? hg_graph_join(graph, panels) : HG_GRAPH_INVALID;
  if (status == 0) *made = graph;
  else hg_graph_free(graph);
  return status;
}
