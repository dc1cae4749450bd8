internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// The walk over the graph, its results and its updates.
extension Lowering {
  /// Lowers the whole graph; afterwards `steps` and `buffers` hold the program.
  func lower() throws(EngineError) {
    for (index, node) in graph.nodes.enumerated() where analysis.isLive[index] {
      guard analysis.uniform[index] == nil else { continue }
      if try !lowerEmpty(index, node) { try lower(index, node) }
    }
    for output in graph.outputs { try lowerOutput(output.node) }
    try lowerUpdates()
    // Variables that no step touches still have contents.
    for (_, node) in graph.variables where locations[node.index].isEmpty {
      makeHome(node.index, .plain)
    }
  }

  /// Keeps a result for the caller, in row-major order.
  ///
  /// A part of a variable or an input is copied: it would change before the caller has read it.
  private func lowerOutput(_ id: NodeID) throws(EngineError) {
    let index = resolve(id)
    guard outputPlaces[index] == nil else { return }
    var place = try contiguous(id, .plain)
    if homes.contains(place.buffer) {
      let source = try location(index, .plain)
      let target = makeLocation(shape(index), .plain)
      copy(from: source, to: target, shape(index), "result \(label(index))")
      place = target.place
    }
    buffers[place.buffer].isPersistent = true
    outputPlaces[index] = place
  }

  private func lower(_ index: Int, _ node: Node) throws(EngineError) {
    switch node.operation {
    case .input: makeHome(index, .plain)
    case .variable, .constant, .stopGradient: break
    case .random(let distribution, let stream):
      let target = place(index, .plain)
      emit(
        .random(
          distribution == .normal ? HG_RANDOM_NORMAL : HG_RANDOM_UNIFORM,
          stream: stream,
          target: target,
          count: node.shape.elementCount
        ),
        label(index),
        reads: [],
        writes: [target.buffer]
      )
    case .dense, .denseBackwardData, .denseBackwardWeights: try lowerDense(index)
    case .convolution(let geometry), .convolutionBackwardData(let geometry, _),
      .convolutionBackwardWeights(let geometry, _):
      try lowerConvolution(index, geometry)
    case .channelSum: try lowerChannelSum(index)
    case .pooling(let pooling): try lowerPooling(index, pooling, isBackward: false)
    case .poolingBackward(let pooling): try lowerPooling(index, pooling, isBackward: true)
    case .resampling(let interpolation, _):
      try lowerResampling(index, interpolation, isBackward: false)
    case .resamplingBackward(let interpolation, _):
      try lowerResampling(index, interpolation, isBackward: true)
    case .standardization(let axes, let epsilon):
      try lowerStandardization(index, axes: axes, epsilon: epsilon)
    case .standardizationBackward(let axes, let epsilon):
      try lowerStandardizationBackward(index, axes: axes, epsilon: epsilon)
    case .softmax(let axis): try lowerSoftmax(index, axis: axis)
    case .logSoftmax(let axis): try lowerLogSoftmax(index, axis: axis)
    case .concatenation(let axis): try lowerConcatenation(index, axis: axis)
    case .padding(let axis, let before, _): try lowerPadding(index, axis: axis, before: before)
    case .reduction(let reduction, let axes):
      if !isPartOfTotal(index) { try lowerReduction(index, reduction, axes: axes) }
    case .gather, .scatterAdd: try lowerLookUp(index)
    // Computed when somebody needs them.
    case .unary, .unaryBackward, .binary, .broadcast, .slice, .reshape: break
    }
  }

  /// Whether a sum is read by a single other sum that makes one number of it, through reshapes.
  private func isPartOfTotal(_ index: Int) -> Bool {
    guard case .reduction(.sum, _) = graph.nodes[index].operation, analysis.uses[index] == 1 else {
      return false
    }
    var reader = analysis.onlyReader[index]
    while let next = reader, case .reshape = graph.nodes[next].operation, analysis.uses[next] == 1 {
      reader = analysis.onlyReader[next]
    }
    guard let reader, case .reduction(.sum, _) = graph.nodes[reader].operation,
      shape(reader).elementCount == 1
    else { return false }
    deferredSums.insert(index)
    return true
  }

  // MARK: Tensors without elements

  /// Lowers a node that has no elements, or whose inputs have none; false where it is as others.
  private func lowerEmpty(_ index: Int, _ node: Node) throws(EngineError) -> Bool {
    switch node.operation {
    case .input, .variable, .constant, .stopGradient: return false
    default: break
    }
    if node.shape.elementCount == 0 {
      locations[index].append(makeLocation(node.shape, .plain))
      return true
    }
    guard node.inputs.contains(where: { shape($0.index).elementCount == 0 }) else { return false }
    switch node.operation {
    case .dense, .convolution:
      guard node.inputs.count == 3 else { break }
      // Sums of no products: the bias alone.
      let bias = try location(resolve(node.inputs[2]), .plain)
      let target = makeLocation(node.shape, .plain)
      var strides = [Int](repeating: 0, count: node.shape.rank)
      strides[1] = bias.strides[0]
      copy(
        from: bias,
        strides: strides,
        to: target,
        extents: node.shape.dimensions,
        label(index)
      )
      locations[index].append(target)
      return true
    case .denseBackwardData, .denseBackwardWeights, .convolutionBackwardData,
      .convolutionBackwardWeights, .channelSum, .padding:
      break
    default: return false
    }
    try fill(index, 0, .plain)
    return true
  }
}
