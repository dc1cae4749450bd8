// Gradient-boosted trees: XGBoost grows them, and what it grew is handed over as plain numbers.
//
// XGBoost's own model files are never read, and its predictions are not used: the caller keeps the numbers
// and follows the trees itself.
//
// Reference: Chen, Guestrin, 2016, "XGBoost: A Scalable Tree Boosting System",
// doi:10.1145/2939672.2939785.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How trees are grown.
typedef struct {
  int32_t rounds;          // 1 or more
  int32_t depth;           // the most splits above a leaf, 1 or more
  int32_t classes;         // 0 for numbers; 2 for a logistic output; 3 or more for softmax outputs
  float learning_rate;     // above 0, at most 1
  float row_share;         // of the rows for each tree, above 0, at most 1
  float column_share;      // of the columns for each split, above 0, at most 1
  float least_weight;      // the least sum of second derivatives of a leaf, at least 0
  float penalty;           // of squared values of leaves, at least 0
  int32_t bins;            // the most thresholds of a column that are tried, 2 or more
  int32_t seed;            // at least 0
} hg_growth;

// The nodes of trees, one tree after the other, each breadth first: the k-th split of a tree, counted from
// 0, has the nodes 1 + 2 k and 2 + 2 k of the tree as its children. Trees of several outputs take turns.
typedef struct {
  int64_t nodes;
  int32_t *columns;  // [nodes] the column of a split; -1 for a leaf
  float *values;     // [nodes] the threshold of a split, below which a row goes to the first child; of a
                     // leaf what it adds to the output
} hg_trees;

// Grows trees for `rows` rows of `width` finite values [rows, width], and the number or class of each.
// The result is that of one thread, whatever else runs. Returns 0 and the trees, which the caller
// frees; else why there are none in `problem`, which has room for HG_TREES_PROBLEM bytes: 1 when there
// is no memory, 2 when XGBoost refuses.
int hg_trees_grow(const float *values, const float *targets, int64_t rows, int64_t width,
                  const hg_growth *growth, hg_trees *trees, char *problem);

#define HG_TREES_PROBLEM 256

void hg_trees_free(hg_trees *trees);

#ifdef __cplusplus
}
#endif
