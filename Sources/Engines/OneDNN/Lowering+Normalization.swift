internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Softmax and standardization.
extension Lowering {
  func lowerSoftmax(_ index: Int, axis: Int) throws(EngineError) {
    let input = graph.nodes[index].inputs[0]
    let shape = shape(index)
    let descriptor = try Descriptor.strided(shape.dimensions, strides: shape.strides)
    let engine = library.handle
    let primitive = try Primitive.make("compiling \(label(index))") {
      hg_softmax_create(
        &$0,
        engine,
        descriptor.handle,
        descriptor.handle,
        Int32(axis),
        0
      )
    }
    emit(
      primitive,
      label(index),
      reads: [(HG_ARG_SRC, try contiguous(input, .plain))],
      writes: [(HG_ARG_DST, place(index, .plain))]
    )
  }

  /// y = (x - m) - ln Σ exp(x - m), where m is the largest.
  ///
  /// The library's own is wrong by more than ten units in the last place on some processors.
  func lowerLogSoftmax(_ index: Int, axis: Int) throws(EngineError) {
    let shape = shape(index)
    let dimensions = shape.dimensions
    let (outer, extent) = (dimensions[..<axis].reduce(1, *), dimensions[axis])
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    let extents = [outer, extent, inner]
    let x = try contiguous(graph.nodes[index].inputs[0], .plain)
    func makePlace(_ count: Int) -> BufferPlace {
      BufferPlace(buffer: makeBuffer(byteCount: 4 * count))
    }
    let (largest, total) = (makePlace(outer * inner), makePlace(outer * inner))
    let powers = makePlace(shape.elementCount)
    func full(_ place: BufferPlace) -> ElementwiseProgram.Operand {
      .init(place: place, strides: [extent * inner, inner, 1])
    }
    func row(_ place: BufferPlace) -> ElementwiseProgram.Operand {
      .init(place: place, strides: [inner, 0, 1])
    }
    func emitReduction(_ kind: hg_reduction, _ source: BufferPlace, _ target: BufferPlace) {
      emit(
        .reduce(
          kind,
          source: source,
          target: target,
          outer: outer,
          middle: extent,
          inner: inner,
          scale: 1
        ),
        label(index),
        reads: [source.buffer],
        writes: [target.buffer]
      )
    }
    func emitProgram(
      _ inputs: [ElementwiseProgram.Operand],
      _ target: BufferPlace,
      registerCount: Int,
      _ instructions: [hg_instruction]
    ) {
      let program = ElementwiseProgram(
        extents: extents,
        inputs: inputs,
        outputs: [full(target)],
        registerCount: registerCount,
        instructions: instructions,
        sums: []
      )
      emit(
        .elementwise(program.collapsed()),
        label(index),
        reads: inputs.map(\.place.buffer),
        writes: [target.buffer]
      )
    }
    emitReduction(HG_REDUCE_MAX, x, largest)
    emitProgram(
      [full(x), row(largest)],
      powers,
      registerCount: 4,
      [
        instruction(.binary(.subtract), to: 3, [0, 1]),
        instruction(.unary(.exponential), to: 2, [3]),
      ]
    )
    emitReduction(HG_REDUCE_SUM, powers, total)
    emitProgram(
      [full(x), row(largest), row(total)],
      place(index, .plain),
      registerCount: 6,
      [
        instruction(.binary(.subtract), to: 4, [0, 1]),
        instruction(.unary(.logarithm), to: 5, [2]),
        instruction(.binary(.subtract), to: 3, [4, 5]),
      ]
    )
  }

  func lowerStandardization(_ index: Int, axes: [Int], epsilon: Float) throws(EngineError) {
    let input = graph.nodes[index].inputs[0]
    let extents = try normalizationExtents(index, axes)
    let source = try contiguous(input, .plain)
    let mean = BufferPlace(buffer: makeBuffer(byteCount: 4 * extents[1]))
    let variance = BufferPlace(buffer: makeBuffer(byteCount: 4 * extents[1]))
    workspaces[index] = variance
    let target = place(index, .plain)
    emit(
      .standardize(
        source: source,
        target: target,
        mean: mean,
        variance: variance,
        extents: extents,
        epsilon: epsilon
      ),
      label(index),
      reads: [source.buffer],
      writes: [target.buffer, mean.buffer, variance.buffer]
    )
  }

  func lowerStandardizationBackward(
    _ index: Int,
    axes: [Int],
    epsilon: Float
  ) throws(EngineError) {
    let node = graph.nodes[index]
    let forward = resolve(node.inputs[1])
    let result = try contiguous(node.inputs[1], .plain)
    let gradient = try contiguous(node.inputs[2], .plain)
    guard let variance = workspaces[forward] else {
      throw .library(
        call: "lowering",
        status: "the gradient of a standardization does not read its result",
        while: "compiling \(label(index))"
      )
    }
    let extents = try normalizationExtents(index, axes)
    let target = place(index, .plain)
    emit(
      .standardizeBackward(
        result: result,
        variance: variance,
        gradient: gradient,
        target: target,
        extents: extents,
        epsilon: epsilon
      ),
      label(index),
      reads: [result.buffer, variance.buffer, gradient.buffer],
      writes: [target.buffer]
    )
  }

  private func normalizationExtents(_ index: Int, _ axes: [Int]) throws(EngineError) -> [Int] {
    do {
      let extents = try standardizationExtents(axes: axes, shape(index))
      return [extents.outer, extents.kept, extents.inner]
    } catch {
      throw .library(
        call: "lowering",
        status: "expected \(error.expected), found \(error.found)",
        while: "compiling \(label(index))"
      )
    }
  }
}
