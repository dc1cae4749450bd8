// Grows trees with XGBoost, on one thread so that sums are added in one order.
#include <xgboost/c_api.h>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <locale>
#include <memory>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include "Model.h"
#include "include/CHourglassTrees.h"

namespace {

void check(int status) {
  if (status != 0) throw std::runtime_error(XGBGetLastError());
}

struct Matrix {
  DMatrixHandle handle = nullptr;
  ~Matrix() { if (handle) XGDMatrixFree(handle); }
};

struct Booster {
  BoosterHandle handle = nullptr;
  ~Booster() { if (handle) XGBoosterFree(handle); }

  void set(const char *name, const std::string &value) {
    check(XGBoosterSetParam(handle, name, value.c_str()));
  }
};

// A number as XGBoost reads it, whatever the locale of the process is.
template <typename Number>
std::string text(Number number) {
  std::ostringstream stream;
  stream.imbue(std::locale::classic());
  stream << std::fixed << number;
  return stream.str();
}

void say(const char *what, char *problem) {
  size_t length = strnlen(what, HG_TREES_PROBLEM - 1);
  memcpy(problem, what, length);
  problem[length] = 0;
}

void configure(Booster &booster, const hg_growth &growth) {
  booster.set("verbosity", "0");
  booster.set("nthread", "1");
  booster.set("tree_method", "hist");
  booster.set("max_bin", text(growth.bins));
  booster.set("max_depth", text(growth.depth));
  booster.set("eta", text(growth.learning_rate));
  booster.set("subsample", text(growth.row_share));
  booster.set("colsample_bynode", text(growth.column_share));
  booster.set("min_child_weight", text(growth.least_weight));
  booster.set("lambda", text(growth.penalty));
  booster.set("seed", text(growth.seed));
  // The output without trees is 0: that of the logistic function at a half.
  booster.set("base_score", growth.classes == 0 ? "0" : "0.5");
  if (growth.classes == 0) {
    booster.set("objective", "reg:squarederror");
  } else if (growth.classes == 2) {
    booster.set("objective", "binary:logistic");
  } else {
    booster.set("objective", "multi:softprob");
    booster.set("num_class", text(growth.classes));
  }
}

// Appends the nodes of a tree breadth first.
void append(const WrittenTree &tree, int64_t width, std::vector<int32_t> &columns,
            std::vector<float> &values) {
  size_t count = tree.left.size();
  if (count == 0 || tree.right.size() != count || tree.columns.size() != count || tree.values.size() != count)
    throw std::runtime_error("a tree with arrays of several lengths");
  std::vector<int64_t> order = {0};
  for (size_t i = 0; i < order.size(); i++) {
    auto node = static_cast<size_t>(order[i]);
    if (node >= count || order.size() > count) throw std::runtime_error("a tree with a circle");
    bool is_leaf = tree.left[node] < 0;
    if (!is_leaf && (tree.columns[node] < 0 || tree.columns[node] >= width))
      throw std::runtime_error("a split of a column that is not there");
    columns.push_back(is_leaf ? -1 : static_cast<int32_t>(tree.columns[node]));
    values.push_back(tree.values[node]);
    if (is_leaf) continue;
    order.push_back(tree.left[node]);
    order.push_back(tree.right[node]);
  }
}

template <typename Number>
Number *copied(const std::vector<Number> &numbers) {
  auto *copy = static_cast<Number *>(malloc(numbers.size() * sizeof(Number) + 1));
  if (!copy) throw std::bad_alloc();
  for (size_t i = 0; i < numbers.size(); i++) copy[i] = numbers[i];
  return copy;
}

void grow(const float *rows, const float *targets, int64_t count, int64_t width,
          const hg_growth &growth, hg_trees *trees) {
  Matrix matrix;
  check(XGDMatrixCreateFromMat_omp(rows, static_cast<bst_ulong>(count), static_cast<bst_ulong>(width),
                                   std::numeric_limits<float>::quiet_NaN(), &matrix.handle, 1));
  check(XGDMatrixSetFloatInfo(matrix.handle, "label", targets, static_cast<bst_ulong>(count)));
  Booster booster;
  check(XGBoosterCreate(&matrix.handle, 1, &booster.handle));
  configure(booster, growth);
  for (int32_t round = 0; round < growth.rounds; round++)
    check(XGBoosterUpdateOneIter(booster.handle, round, matrix.handle));
  bst_ulong size = 0;
  const char *bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(booster.handle, "{\"format\": \"ubj\"}", &size, &bytes));
  std::vector<int32_t> columns;
  std::vector<float> values;
  auto written = trees_of_model(bytes, static_cast<size_t>(size));
  auto outputs = static_cast<size_t>(growth.classes > 2 ? growth.classes : 1);
  if (written.size() != static_cast<size_t>(growth.rounds) * outputs)
    throw std::runtime_error("another number of trees than were grown");
  for (const auto &tree : written) append(tree, width, columns, values);
  trees->columns = copied(columns);
  trees->values = copied(values);
  trees->nodes = static_cast<int64_t>(columns.size());
}

}  // namespace

int hg_trees_grow(const float *values, const float *targets, int64_t rows, int64_t width,
                  const hg_growth *growth, hg_trees *trees, char *problem) {
  *trees = hg_trees{0, nullptr, nullptr};
  problem[0] = 0;
  try {
    grow(values, targets, rows, width, *growth, trees);
    return 0;
  } catch (const std::bad_alloc &) {
    hg_trees_free(trees);
    say("there is no memory", problem);
    return 1;
  } catch (const std::exception &error) {
    hg_trees_free(trees);
    say(error.what(), problem);
    return 2;
  } catch (...) {
    // Nothing crosses into Swift.
    hg_trees_free(trees);
    say("an unknown error", problem);
    return 2;
  }
}

void hg_trees_free(hg_trees *trees) {
  free(trees->columns);
  free(trees->values);
  *trees = hg_trees{0, nullptr, nullptr};
}
