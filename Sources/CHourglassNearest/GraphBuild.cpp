// Makes a graph with hnswlib. What hnswlib reads from files, deletes or searches is not used: the
// links are copied to a graph of our own, and hnswlib's is freed.
#include <hnswlib/hnswlib.h>
#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>
#include "Graph.h"

namespace {

// hnswlib asks a space for the size of a row and for its distance; ours is compiled for several
// processors, and the one at hand is picked when the program starts.
template <typename Distance>
struct Space : hnswlib::SpaceInterface<Distance> {
  int64_t stride;

  explicit Space(int64_t stride) : stride(stride) {}
  size_t get_data_size() override { return static_cast<size_t>(stride); }
  void *get_dist_func_param() override { return &stride; }
  hnswlib::DISTFUNC<Distance> get_dist_func() override {
    if constexpr (std::is_same<Distance, int>::value) return hg_distance_of_codes;
    else return hg_distance_of_rows;
  }
};

// hnswlib numbers the rows in the order in which they are added: `order` has the row of each number.
using Order = std::vector<uint32_t>;
using Twins = std::vector<std::pair<uint32_t, uint32_t>>;

struct Maker {
  virtual ~Maker() = default;
  virtual void add(size_t number, const uint8_t *element) = 0;
  virtual hg_graph *graph(const hg_vectors &vectors, int32_t links, const Order &order,
                          const Twins &twins) = 0;
};

// Takes hold of copies of the vectors, which a graph owns.
hg_vectors copy_of(const hg_vectors &vectors) {
  hg_vectors copy = vectors;
  auto bytes = static_cast<size_t>(vectors.count) * static_cast<size_t>(vectors.stride);
  auto width = static_cast<size_t>(vectors.width) * sizeof(float);
  copy.elements = static_cast<uint8_t *>(hg_large(bytes));
  copy.lowest = static_cast<float *>(malloc(width));
  if (!copy.elements || !copy.lowest) {
    hg_vectors_free(&copy);
    throw std::bad_alloc();
  }
  memcpy(copy.elements, vectors.elements, bytes);
  memcpy(copy.lowest, vectors.lowest, width);
  return copy;
}

template <typename Distance>
struct MakerOf : Maker {
  Space<Distance> space;
  hnswlib::HierarchicalNSW<Distance> made;

  MakerOf(const hg_vectors &vectors, size_t count, int32_t links, int32_t breadth, uint64_t seed)
      : space(vectors.stride),
        made(&space, count, static_cast<size_t>(links), static_cast<size_t>(breadth),
             static_cast<size_t>(seed)) {
    // hnswlib looks one link ahead, past the end of a full list: each list of the upper layers gets
    // a place for that. In the lowest layer the numbers of the row follow.
    made.size_links_per_element_ += sizeof(hnswlib::tableint);
  }

  void add(size_t number, const uint8_t *element) override { made.addPoint(element, number); }

  hg_graph *graph(const hg_vectors &vectors, int32_t links, const Order &order,
                  const Twins &twins) override {
    auto count = static_cast<size_t>(made.cur_element_count);
    int64_t upper = 0, stride = 1 + static_cast<int64_t>(links);
    for (size_t i = 0; i < count; i++) upper += made.element_levels_[i];
    hg_graph *graph = hg_graph_make(copy_of(vectors), links, upper * stride,
                                    static_cast<int64_t>(twins.size()));
    if (!graph) throw std::bad_alloc();
    for (size_t i = 0; i < count; i++)
      graph->levels[order[i]] = static_cast<uint8_t>(made.element_levels_[i]);
    int64_t start = 0;
    for (int64_t row = 0; row < vectors.count; row++) {
      graph->upper_start[row] = start;
      start += graph->levels[row] * stride;
    }
    for (size_t i = 0; i < count; i++) {
      auto id = static_cast<hnswlib::tableint>(i);
      int64_t row = order[i];
      copy(made.get_linklist0(id), graph->base + row * (1 + 2 * links), 2 * links, order);
      for (int level = 1; level <= made.element_levels_[i]; level++) {
        uint32_t *to = graph->upper + graph->upper_start[row] + (level - 1) * stride;
        copy(made.get_linklist(id, level), to, links, order);
      }
    }
    graph->entry = order[made.enterpoint_node_];
    graph->top = made.maxlevel_;
    for (size_t i = 0; i < twins.size(); i++) {
      graph->pairs[2 * i] = twins[i].first;
      graph->pairs[2 * i + 1] = twins[i].second;
    }
    return graph;
  }

  void copy(hnswlib::linklistsizeint *list, uint32_t *to, int32_t most, const Order &order) {
    auto count = std::min<uint32_t>(made.getListCount(list), static_cast<uint32_t>(most));
    to[0] = count;
    for (uint32_t i = 1; i <= count; i++) to[i] = order[list[i]];
  }
};

// No exception crosses to C.
template <typename Body>
int guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const std::bad_alloc &) {
    return HG_GRAPH_MEMORY;
  } catch (...) {
    return HG_GRAPH_REFUSED;
  }
}

}  // namespace

struct hg_graph_builder {
  hg_vectors vectors{};
  int32_t links = 0;
  Order order;
  Twins twins;
  size_t first_part = 0;
  size_t done = 0;
  std::unique_ptr<Maker> maker;

  ~hg_graph_builder() { hg_vectors_free(&vectors); }

  // Orders the rows, and leaves out those that equal an earlier one: of many equal rows each would
  // only be linked to others of them, and no walk would leave them again.
  void arrange(const float *panels, const int64_t *held, int64_t held_count) {
    std::unordered_multimap<uint64_t, uint32_t> firsts;
    firsts.reserve(static_cast<size_t>(vectors.count));
    Order last;
    int64_t next_held = 0;
    for (int64_t row = 0; row < vectors.count; row++) {
      bool is_held = next_held < held_count && held[next_held] == row;
      if (is_held) next_held++;
      auto range = firsts.equal_range(hash(panels, row));
      auto same = std::find_if(range.first, range.second, [&](const auto &entry) {
        return hg_rows_are_equal(panels, vectors.width, row, entry.second);
      });
      auto number = static_cast<uint32_t>(row);
      if (same != range.second) {
        twins.emplace_back(number, same->second);
        continue;
      }
      firsts.emplace(hash(panels, row), number);
      (is_held ? last : order).push_back(number);
    }
    first_part = order.size();
    order.insert(order.end(), last.begin(), last.end());
    // A graph needs a row to begin with.
    if (first_part == 0) first_part = order.size();
  }

  uint64_t hash(const float *panels, int64_t row) const {
    const float *numbers = panels + row / 16 * 16 * vectors.width + row % 16;
    uint64_t hash = 0xcbf29ce484222325u;
    for (int64_t k = 0; k < vectors.width; k++) {
      // 0 and -0 are equal, and have to have one hash.
      float number = numbers[k * 16] + 0.0f;
      uint32_t word;
      memcpy(&word, &number, sizeof word);
      hash = (hash ^ word) * 0x100000001b3u;
      hash ^= hash >> 29;
    }
    return hash;
  }
};

int hg_graph_begin(const float *panels, hg_graph_shape shape, int32_t breadth, uint64_t seed,
                   const int64_t *held, int64_t held_count, hg_graph_builder **made) {
  *made = nullptr;
  hg_graph_sizes least = {shape.count, 0, 0, 0};
  if (hg_graph_stored_bytes(shape, least) < 0) return HG_GRAPH_REFUSED;
  return guarded([&] {
    auto builder = std::make_unique<hg_graph_builder>();
    builder->links = shape.links;
    if (!hg_vectors_make(&builder->vectors, panels, shape.count, shape.width, shape.coded))
      throw std::bad_alloc();
    builder->arrange(panels, held, held_count);
    const hg_vectors &vectors = builder->vectors;
    size_t count = builder->order.size();
    if (shape.coded)
      builder->maker =
          std::make_unique<MakerOf<int>>(vectors, count, shape.links, breadth, seed);
    else
      builder->maker =
          std::make_unique<MakerOf<float>>(vectors, count, shape.links, breadth, seed);
    *made = builder.release();
  });
}

int64_t hg_graph_first_part(const hg_graph_builder *builder) {
  return static_cast<int64_t>(builder->first_part);
}

int64_t hg_graph_whole(const hg_graph_builder *builder) {
  return static_cast<int64_t>(builder->order.size());
}

int hg_graph_add(hg_graph_builder *builder, int64_t end) {
  return guarded([&] {
    const hg_vectors &vectors = builder->vectors;
    size_t last = std::min(static_cast<size_t>(std::max<int64_t>(end, 0)), builder->order.size());
    for (; builder->done < last; builder->done++) {
      int64_t row = builder->order[builder->done];
      builder->maker->add(builder->done, vectors.elements + row * vectors.stride);
    }
  });
}

int hg_graph_finish(const hg_graph_builder *builder, const float *panels, hg_graph **made) {
  *made = nullptr;
  if (builder->done == 0) return HG_GRAPH_REFUSED;
  hg_graph *graph = nullptr;
  int status = guarded([&] {
    graph = builder->maker->graph(builder->vectors, builder->links, builder->order,
                                  builder->twins);
  });
  if (status == 0) status = hg_graph_join(graph, panels);
  if (status == 0) *made = graph;
  else hg_graph_free(graph);
  return status;
}

void hg_graph_builder_free(hg_graph_builder *builder) { delete builder; }
