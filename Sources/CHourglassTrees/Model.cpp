// A reader for the part of Universal Binary JSON that XGBoost writes: https://ubjson.org, numbers in
// big-endian order. It passes over all but the arrays of trees.
#include "Model.h"
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

constexpr int deepest = 64;

class Reader {
 public:
  Reader(const char *bytes, size_t count) : bytes_(bytes), count_(count) {}

  std::vector<WrittenTree> trees;

  // Reads a value and, where `tree` is given, takes its arrays by their names.
  void value(WrittenTree *tree, const std::string &name, int depth) {
    marked(byte(), tree, name, depth);
    if (depth == 0 && at_ != count_) fail();
  }

 private:
  const char *bytes_;
  size_t count_, at_ = 0;

  [[noreturn]] static void fail() { throw std::runtime_error("no model of trees"); }

  char byte() {
    if (at_ >= count_) fail();
    return bytes_[at_++];
  }

  uint64_t whole(int size) {
    if (count_ - at_ < static_cast<size_t>(size)) fail();
    uint64_t value = 0;
    for (int i = 0; i < size; i++) value = value << 8 | static_cast<uint8_t>(bytes_[at_ + i]);
    at_ += static_cast<size_t>(size);
    return value;
  }

  int64_t integer(char kind) {
    switch (kind) {
      case 'i': return static_cast<int8_t>(whole(1));
      case 'U': return static_cast<uint8_t>(whole(1));
      case 'I': return static_cast<int16_t>(whole(2));
      case 'l': return static_cast<int32_t>(whole(4));
      case 'L': return static_cast<int64_t>(whole(8));
      default: fail();
    }
  }

  float number(char kind) {
    if (kind == 'd') {
      auto bits = static_cast<uint32_t>(whole(4));
      float value;
      memcpy(&value, &bits, sizeof value);
      return value;
    }
    if (kind == 'D') {
      uint64_t bits = whole(8);
      double value;
      memcpy(&value, &bits, sizeof value);
      return static_cast<float>(value);
    }
    return static_cast<float>(integer(kind));
  }

  size_t length() {
    int64_t length = integer(byte());
    // Every element takes a byte or more.
    if (length < 0 || static_cast<uint64_t>(length) > count_ - at_) fail();
    return static_cast<size_t>(length);
  }

  std::string text() {
    size_t size = length();
    std::string text(bytes_ + at_, size);
    at_ += size;
    return text;
  }

  void marked(char kind, WrittenTree *tree, const std::string &name, int depth) {
    if (depth > deepest) fail();
    switch (kind) {
      case 'Z': case 'N': case 'T': case 'F': return;
      case 'C': byte(); return;
      case 'S': case 'H': text(); return;
      case 'd': case 'D': number(kind); return;
      case '[': array(tree, name, depth); return;
      case '{': object(tree, name == "trees", depth); return;
      default: integer(kind);
    }
  }

  void object(WrittenTree *outer, bool is_tree, int depth) {
    WrittenTree own;
    WrittenTree *tree = is_tree ? &own : outer;
    while (peek() != '}') {
      std::string name = text();
      value(tree, name, depth + 1);
    }
    byte();
    if (is_tree) trees.push_back(std::move(own));
  }

  char peek() {
    if (at_ >= count_) fail();
    return bytes_[at_];
  }

  void array(WrittenTree *tree, const std::string &name, int depth) {
    char kind = 0;
    if (peek() == '$') {
      byte();
      kind = byte();
    }
    if (peek() != '#') {
      if (kind) fail();
      while (peek() != ']') element(byte(), tree, name, depth);
      byte();
      return;
    }
    byte();
    size_t size = length();
    for (size_t i = 0; i < size; i++) element(kind ? kind : byte(), tree, name, depth);
  }

  void element(char kind, WrittenTree *tree, const std::string &name, int depth) {
    std::vector<int64_t> *wholes = nullptr;
    if (tree && name == "left_children") wholes = &tree->left;
    if (tree && name == "right_children") wholes = &tree->right;
    if (tree && name == "split_indices") wholes = &tree->columns;
    if (wholes) {
      wholes->push_back(integer(kind));
    } else if (tree && name == "split_conditions") {
      tree->values.push_back(number(kind));
    } else {
      marked(kind, tree, name, depth + 1);
    }
  }
};

}  // namespace

std::vector<WrittenTree> trees_of_model(const char *bytes, size_t count) {
  Reader reader(bytes, count);
  reader.value(nullptr, "", 0);
  return std::move(reader.trees);
}
