internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Pooling, resampling, reductions, concatenation and look-up.
extension Lowering {
  func lowerPooling(_ index: Int, _ pooling: Pooling, isBackward: Bool) throws(EngineError) {
    let node = graph.nodes[index]
    let forward = isBackward ? resolve(node.inputs[1]) : index
    let x = resolve(node.inputs[0])
    let isMaximum: Int32 = pooling.kind == .maximum ? 1 : 0
    var geometry = hg_geometry()
    let rank = pooling.window.count
    func pair(_ values: [Int], _ fallback: Int64) -> (Int64, Int64) {
      rank == 2 ? (Int64(values[0]), Int64(values[1])) : (fallback, Int64(values[0]))
    }
    geometry.strides = pair(pooling.strides, 1)
    geometry.window = pair(pooling.window, 1)
    geometry.padding_before = pair(pooling.paddingBefore, 0)
    let after = (0..<rank).map { axis in
      (shape(forward)[axis + 2] - 1) * pooling.strides[axis] + pooling.window[axis]
        - shape(x)[axis + 2] - pooling.paddingBefore[axis]
    }
    geometry.padding_after = pair(after, 0)
    var form = try homeForm(x)
    if case .opaque = form { form = .plain }
    let src = try self.geometry.descriptor(shape(x), form)
    let dst = try self.geometry.descriptor(shape(forward), form)
    let engine = library.handle
    let direction = isBackward ? HG_BACKWARD_DATA : HG_FORWARD
    let primitive = try Primitive.make("compiling \(label(index))") {
      hg_pooling_create(&$0, engine, direction, src.handle, dst.handle, &geometry, isMaximum)
    }
    if isBackward {
      var reads = [(HG_ARG_DIFF_DST, try contiguous(node.inputs[2], form))]
      if let workspace = workspaces[forward] {
        reads.append((HG_ARG_WORKSPACE, workspace))
      } else if pooling.kind == .maximum {
        throw .library(
          call: "lowering",
          status: "the gradient of a pooling does not read its result",
          while: "compiling \(label(index))"
        )
      }
      emit(primitive, label(index), reads: reads, writes: [(HG_ARG_DIFF_SRC, place(index, form))])
    } else {
      let reads = [(HG_ARG_SRC, try contiguous(NodeID(index: x), form))]
      var writes = [(HG_ARG_DST, place(index, form))]
      if let workspace = Descriptor(of: primitive, HG_ARG_WORKSPACE) {
        let place = BufferPlace(buffer: makeBuffer(byteCount: workspace.byteCount))
        workspaces[index] = place
        writes.append((HG_ARG_WORKSPACE, place))
      }
      emit(primitive, label(index), reads: reads, writes: writes)
    }
  }

  func lowerResampling(
    _ index: Int,
    _ interpolation: Interpolation,
    isBackward: Bool
  ) throws(EngineError) {
    let input = graph.nodes[index].inputs[0]
    let source = resolve(input)
    var form = try homeForm(source)
    if case .opaque = form { form = .plain }
    let own = try geometry.descriptor(shape(index), form)
    let other = try geometry.descriptor(shape(source), form)
    let engine = library.handle
    let isLinear: Int32 = interpolation == .linear ? 1 : 0
    let primitive = try Primitive.make("compiling \(label(index))") {
      hg_resampling_create(
        &$0,
        engine,
        isBackward ? HG_BACKWARD_DATA : HG_FORWARD,
        isBackward ? own.handle : other.handle,
        isBackward ? other.handle : own.handle,
        isLinear
      )
    }
    let place = try contiguous(input, form)
    emit(
      primitive,
      label(index),
      reads: [(isBackward ? HG_ARG_DIFF_DST : HG_ARG_SRC, place)],
      writes: [(isBackward ? HG_ARG_DIFF_SRC : HG_ARG_DST, self.place(index, form))]
    )
  }

  // MARK: Reductions

  func lowerReduction(_ index: Int, _ reduction: Reduction, axes: [Int]) throws(EngineError) {
    var source = resolve(graph.nodes[index].inputs[0])
    if reduction == .sum, shape(index).elementCount == 1 {
      // A sum of sums, as of a loss over features and then over the batch, is one sum.
      var walk = source
      while analysis.uses[walk] == 1, locations[walk].isEmpty {
        switch graph.nodes[walk].operation {
        case .reshape: walk = resolve(graph.nodes[walk].inputs[0])
        case .reduction(.sum, _) where deferredSums.contains(walk):
          walk = resolve(graph.nodes[walk].inputs[0])
          source = walk
        default:
          walk = -1
        }
        if walk < 0 { break }
      }
      let place = place(index, .plain)
      try emitTotal(of: source, scale: 1, into: place)
      return
    }
    let place = try contiguous(NodeID(index: source), .plain)
    reduce(place, shape(source), axes: axes, reduction, into: self.place(index, .plain), index)
  }

  /// Reduces one run of neighboring axes after the other, the last first.
  private func reduce(
    _ source: BufferPlace,
    _ shape: Shape,
    axes: [Int],
    _ reduction: Reduction,
    into target: BufferPlace,
    _ index: Int
  ) {
    var runs: [Range<Int>] = []
    for axis in axes {
      if let last = runs.last, last.upperBound == axis {
        runs[runs.count - 1] = last.lowerBound..<axis + 1
      } else {
        runs.append(axis..<axis + 1)
      }
    }
    // Over no axes each element is its own sum.
    if runs.isEmpty { runs = [0..<0] }
    var (source, dimensions) = (source, shape.dimensions)
    for (position, run) in runs.reversed().enumerated() {
      let outer = dimensions[..<run.lowerBound].reduce(1, *)
      let middle = dimensions[run].reduce(1, *)
      let inner = dimensions[run.upperBound...].reduce(1, *)
      let isLast = position == runs.count - 1
      let result =
        isLast
        ? target : BufferPlace(buffer: makeBuffer(byteCount: 4 * Swift.max(outer * inner, 1)))
      emit(
        .reduce(
          reduction == .sum ? HG_REDUCE_SUM : HG_REDUCE_MAX,
          source: source,
          target: result,
          outer: outer,
          middle: middle,
          inner: inner,
          scale: 1
        ),
        label(index),
        reads: [source.buffer],
        writes: [result.buffer]
      )
      for axis in run { dimensions[axis] = 1 }
      source = result
    }
  }

  func lowerChannelSum(_ index: Int) throws(EngineError) {
    guard locations[index].isEmpty else { return }
    let source = resolve(graph.nodes[index].inputs[0])
    let home = try homeForm(source)
    guard case .blocked(let block) = home, shape(source)[1] % block == 0 else {
      let place = try contiguous(NodeID(index: source), .plain)
      let axes = (0..<shape(source).rank).filter { $0 != 1 }
      reduce(place, shape(source), axes: axes, .sum, into: self.place(index, .plain), index)
      return
    }
    // [N, C / block, S, block]: over space first, then over the batch.
    let extents = geometry.extents(shape(source), home)
    let place = try contiguous(NodeID(index: source), home)
    reduce(place, Shape(extents), axes: [0, 2], .sum, into: self.place(index, .plain), index)
  }

  // MARK: Form and look-up

  func lowerConcatenation(_ index: Int, axis: Int) throws(EngineError) {
    let inputs = graph.nodes[index].inputs.map(resolve)
    var form = Form.plain
    if axis == 1 {
      let homes = try inputs.map { node throws(EngineError) in
        locations[node].isEmpty && isElementwise(node) ? nil : try homeForm(node)
      }
      if let block = homes.lazy.compactMap({ $0?.block }).first,
        inputs.allSatisfy({ shape($0)[1] % block == 0 })
      {
        form = .blocked(block)
      }
    }
    let whole = makeLocation(shape(index), form)
    var start = 0
    for (position, node) in inputs.enumerated() {
      var part = whole
      let step = form.block.map { shape(node)[axis] / $0 } ?? shape(node)[axis]
      part.offset += start * whole.strides[axis]
      part.isContiguous = false
      start += step
      let isRepeat = inputs[..<position].contains(node)
      if !isRepeat, try compute(node, into: part) { continue }
      let source = try location(node, form)
      copy(from: source, to: part, shape(node), label(index))
    }
    locations[index].append(whole)
  }

  func lowerPadding(_ index: Int, axis: Int, before: Int) throws(EngineError) {
    let source = resolve(graph.nodes[index].inputs[0])
    let whole = makeLocation(shape(index), .plain)
    let extents = shape(index).dimensions
    let zero = constantPlace(0)
    let fill = ElementwiseProgram(
      extents: extents,
      inputs: [.init(place: zero, strides: [Int](repeating: 0, count: extents.count))],
      outputs: [.init(place: BufferPlace(buffer: whole.buffer), strides: whole.strides)],
      registerCount: 2,
      instructions: [instruction(.broadcast(shape(index)), to: 1, [0])],
      sums: []
    )
    emit(.elementwise(fill.collapsed()), "fill", reads: [], writes: [whole.buffer])
    var part = whole
    part.offset += before * whole.strides[axis]
    part.isContiguous = false
    copy(from: try location(source, .plain), to: part, shape(source), label(index))
    locations[index].append(whole)
  }

  func lowerLookUp(_ index: Int) throws(EngineError) {
    let node = graph.nodes[index]
    let first = try contiguous(node.inputs[0], .plain)
    let indices = try contiguous(node.inputs[1], .plain)
    let target = place(index, .plain)
    let count = shape(node.inputs[1].index)[0]
    let step: Step.Body
    if case .scatterAdd(let rows) = node.operation {
      step = .scatter(
        source: first,
        indices: indices,
        target: target,
        extents: [rows, count, node.shape[1]]
      )
    } else {
      let rows = shape(node.inputs[0].index)[0]
      step = .gather(
        table: first,
        indices: indices,
        target: target,
        extents: [rows, count, node.shape[1]]
      )
    }
    emit(
      step,
      label(index),
      reads: [first.buffer, indices.buffer],
      writes: [target.buffer]
    )
  }
}

extension Form {
  /// The number of channels in a block, for a blocked form.
  var block: Int? {
    if case .blocked(let block) = self { block } else { nil }
  }
}
