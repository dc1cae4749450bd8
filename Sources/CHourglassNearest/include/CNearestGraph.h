// Approximate nearest neighbors: a graph over the rows, which is walked towards a query.
//
// The graph is that of Malkov and Yashunin, 2018, "Efficient and robust approximate nearest neighbor
// search using Hierarchical Navigable Small World graphs", arXiv:1603.09320; hnswlib makes it, row by
// row on one thread, so that the same rows always give the same graph. It is walked by a loop of our
// own, over codes of a byte for each number where these are fine enough: a row is then one or two
// lines of the cache. What the walk ends at is compared again with the rows themselves: distances
// are those of hg_nearest_search, bit for bit.
//
// Every function returns 0 when it is good, HG_GRAPH_MEMORY, HG_GRAPH_REFUSED or HG_GRAPH_INVALID.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HG_GRAPH_MEMORY -1   // there is no memory
#define HG_GRAPH_REFUSED -2  // hnswlib refused
#define HG_GRAPH_INVALID -3  // a stored graph cannot be right

// The most links of a row in the upper layers; in the lowest one there are twice as many.
#define HG_GRAPH_MOST_LINKS 64

// The most numbers of a row that is walked by codes.
#define HG_GRAPH_MOST_CODED 4096

typedef struct hg_graph hg_graph;
typedef struct hg_graph_builder hg_graph_builder;

// What a graph is made of. `coded` is 1 where it is walked over codes, 0 where over the rows.
typedef struct {
  int64_t count;
  int64_t width;
  int32_t links;
  int32_t coded;
} hg_graph_shape;

// The sizes of a stored graph. It is a level for each row [count]; how many links each list has
// [lists], the lists of a row from the lowest layer to its level; these links [total]; and rows that
// equal an earlier one, which the graph leaves out, each with the first of those that it equals
// [twins, 2]. The first two are bytes, the others 4 bytes each, little-endian.
typedef struct {
  int64_t lists;
  int64_t total;
  int64_t twins;
  uint32_t entry;
} hg_graph_sizes;

// The rows of a search in panels (CHourglassNearest.h), with what hg_nearest_search needs to scan them.
typedef struct {
  const float *panels;
  const float *norms;
  const int32_t *items;
  int64_t rows;
} hg_graph_rows;

// The widest range of an element among the rows; codes divide it into 255 steps.
double hg_graph_range(const float *panels, int64_t count, int64_t width);

// Begins a graph over rows in panels. The pointers are not kept.
// breadth: how many candidates are kept while the neighbors of a row are looked for.
// held: rows that are added last, ascending, so that a graph made before that has never seen them.
int hg_graph_begin(const float *panels, hg_graph_shape shape, int32_t breadth, uint64_t seed,
                   const int64_t *held, int64_t held_count, hg_graph_builder **made);

// How many rows are to be added before those that are held, and in all.
int64_t hg_graph_first_part(const hg_graph_builder *builder);
int64_t hg_graph_whole(const hg_graph_builder *builder);

// Adds the next rows, up to `end` of them in all.
int hg_graph_add(hg_graph_builder *builder, int64_t end);

// Makes a graph of the rows that have been added so far; the panels are those that it was begun with.
int hg_graph_finish(const hg_graph_builder *builder, const float *panels, hg_graph **made);

void hg_graph_builder_free(hg_graph_builder *builder);

// The bytes of a stored graph, or -1 where the sizes cannot be those of a graph of this shape.
int64_t hg_graph_stored_bytes(hg_graph_shape shape, hg_graph_sizes sizes);

// Makes a graph of what was stored from an offset of some bytes on, which is not trusted:
// HG_GRAPH_INVALID where a level, a number of links, a link or a twin is not one that a graph of
// these rows can have.
int hg_graph_load(const float *panels, hg_graph_shape shape, hg_graph_sizes sizes,
                  const uint8_t *bytes, int64_t offset, int64_t end, hg_graph **made);

// How large the stored form of a graph is.
hg_graph_sizes hg_graph_measure(const hg_graph *graph);

// Writes the stored form of a graph, as many bytes as hg_graph_stored_bytes gives.
void hg_graph_store(const hg_graph *graph, uint8_t *bytes);

// The bytes of memory that a graph takes.
int64_t hg_graph_bytes(const hg_graph *graph);

void hg_graph_free(hg_graph *graph);

// Near rows of each query [queries, width], nearest first, as hg_nearest_search gives them: exact
// distances of `count` rows, of which some may not be the nearest ones. Rows from the graph's count
// on are all compared. `breadth` says how many candidates the walk keeps, at least `count`.
//
// found is -1 where the walk came upon fewer rows (or items, with one_per_item), and -2 in the first
// place of a query that is too far from all rows for the codes, which the walk cannot answer.
int hg_graph_search(const hg_graph *graph, hg_graph_rows rows, const float *query,
                    int64_t queries, int64_t count, int64_t breadth, int one_per_item,
                    int threads, double *distances, int64_t *found);

#ifdef __cplusplus
}
#endif
