/// Places buffers in one arena: buffers whose lives do not meet share memory.
///
/// A buffer lives from the step that first writes it to the last step that touches it; a persistent
/// one lives always. An element-wise result takes over the memory of an operand of the same layout
/// that nobody reads later, which saves a stream of memory as well.
struct MemoryPlan {
  /// Where each buffer begins, in bytes.
  private(set) var offsets: [Int]
  /// The size of the arena, in bytes.
  private(set) var byteCount = 0

  private static let alignment = 64

  init(buffers: [Buffer], steps: [Step]) {
    var first = [Int](repeating: Int.max, count: buffers.count)
    var last = [Int](repeating: -1, count: buffers.count)
    for (index, step) in steps.enumerated() {
      for buffer in step.reads + step.writes {
        first[buffer] = min(first[buffer], index)
        last[buffer] = max(last[buffer], index)
      }
    }
    for index in buffers.indices where buffers[index].isPersistent {
      first[index] = -1
      last[index] = Int.max
    }

    // Which buffer's memory a buffer shares.
    var owner = Array(buffers.indices)
    for (index, step) in steps.enumerated() {
      guard case .elementwise(let program) = step.body else { continue }
      var taken = Set<Int>()
      for output in program.outputs {
        let target = output.place.buffer
        guard first[target] == index, !buffers[target].isPersistent, owner[target] == target else {
          continue
        }
        let donor = program.inputs.first { input in
          let source = owner[input.place.buffer]
          return !taken.contains(source) && last[source] == index
            && !buffers[source].isPersistent
            && buffers[source].byteCount == buffers[target].byteCount
            && input.place.offset == 0 && output.place.offset == 0
            && input.strides == output.strides
            && program.inputs.allSatisfy {
              owner[$0.place.buffer] != source || $0.strides == output.strides
            }
            && !program.outputs.contains { owner[$0.place.buffer] == source }
        }
        guard let donor else { continue }
        let source = owner[donor.place.buffer]
        taken.insert(source)
        owner[target] = source
        last[source] = last[target]
      }
    }

    // Largest first, each at the lowest place that is free during its whole life.
    offsets = [Int](repeating: 0, count: buffers.count)
    var placed: [(buffer: Int, offset: Int, end: Int)] = []
    let order = buffers.indices.filter { owner[$0] == $0 && last[$0] >= 0 }
      .sorted { (buffers[$0].byteCount, $1) > (buffers[$1].byteCount, $0) }
    for index in order {
      let size = Self.aligned(buffers[index].byteCount)
      let neighbors = placed.filter { other in
        first[other.buffer] <= last[index] && first[index] <= last[other.buffer]
      }.sorted { $0.offset < $1.offset }
      var offset = 0
      for other in neighbors {
        if offset + size <= other.offset { break }
        offset = max(offset, other.end)
      }
      offsets[index] = offset
      placed.append((index, offset, offset + size))
      byteCount = max(byteCount, offset + size)
    }
    for index in buffers.indices where owner[index] != index {
      offsets[index] = offsets[owner[index]]
    }
  }

  private static func aligned(_ size: Int) -> Int {
    (max(size, 1) + alignment - 1) / alignment * alignment
  }
}
