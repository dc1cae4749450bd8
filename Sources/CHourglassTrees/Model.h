// What XGBoost writes of a model, in the Universal Binary JSON format.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

// The arrays of a tree, a number for each node.
struct WrittenTree {
  std::vector<int64_t> left, right, columns;
  std::vector<float> values;
};

// The trees of a model in memory, in their order. Throws std::runtime_error where it is no such model.
std::vector<WrittenTree> trees_of_model(const char *bytes, size_t count);
