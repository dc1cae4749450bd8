internal import COneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// The walk over the graph, its results and its updates.
extension Lowering {
  /// Lowers the whole graph; afterwards `steps` and `buffers` hold the program.
  func lower() throws(EngineError) {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      guard uniform[index] == nil else { continue }
      try lower(index, node)
    }
    for output in graph.outputs {
      let index = resolve(output.node)
      let place = try contiguous(output.node, .plain)
      buffers[place.buffer].isPersistent = true
      outputPlaces[index] = place
    }
    let firstUpdate = steps.count
    for update in graph.updates { try lower(update) }
    hoistUpdates(from: firstUpdate)
  }

  private func lower(_ index: Int, _ node: Node) throws(EngineError) {
    switch node.operation {
    case .input:
      locations[index].append(makeLocation(node.shape, .plain, isPersistent: true))
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
    case .softmax(let axis): try lowerSoftmax(index, axis: axis, isLogarithm: false)
    case .logSoftmax(let axis): try lowerSoftmax(index, axis: axis, isLogarithm: true)
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
    guard case .reduction(.sum, _) = graph.nodes[index].operation, uses[index] == 1 else {
      return false
    }
    var reader = onlyReader[index]
    while let next = reader, case .reshape = graph.nodes[next].operation, uses[next] == 1 {
      reader = onlyReader[next]
    }
    guard let reader, case .reduction(.sum, _) = graph.nodes[reader].operation,
      shape(reader).elementCount == 1
    else { return false }
    deferredSums.insert(index)
    return true
  }

  // MARK: Updates

  private func lower(_ update: Update) throws(EngineError) {
    switch update {
    case .adam(let adam):
      let (parameter, form) = try variable(adam.parameter)
      let gradient = try contiguous(adam.gradient, form)
      let first = try variable(adam.firstMoment, form)
      let second = try variable(adam.secondMoment, form)
      let step = AdamStep(
        parameter: parameter,
        gradient: gradient,
        firstMoment: first,
        secondMoment: second,
        learningRate: try contiguous(adam.learningRate, .plain),
        step: try contiguous(adam.step, .plain),
        gradientScale: try optional(adam.gradientScale),
        count: physicalCount(adam.parameter, form),
        beta1: adam.beta1,
        beta2: adam.beta2,
        epsilon: adam.epsilon,
        weightDecay: adam.weightDecay
      )
      emit(
        .adam(step),
        "adam \(label(adam.parameter.index))",
        reads: [gradient.buffer, step.learningRate.buffer, step.step.buffer]
          + (step.gradientScale.map { [$0.buffer] } ?? []),
        writes: [parameter.buffer, first.buffer, second.buffer]
      )
    case .gradientDescent(let descent):
      let (parameter, form) = try variable(descent.parameter)
      let gradient = try contiguous(descent.gradient, form)
      var velocity: BufferPlace?
      if let node = descent.velocity { velocity = try variable(node, form) }
      let step = GradientDescentStep(
        parameter: parameter,
        gradient: gradient,
        velocity: velocity,
        learningRate: try contiguous(descent.learningRate, .plain),
        gradientScale: try optional(descent.gradientScale),
        count: physicalCount(descent.parameter, form),
        momentum: descent.momentum,
        isNesterov: descent.isNesterov,
        weightDecay: descent.weightDecay
      )
      emit(
        .gradientDescent(step),
        "gradient descent \(label(descent.parameter.index))",
        reads: [gradient.buffer, step.learningRate.buffer]
          + (step.gradientScale.map { [$0.buffer] } ?? []),
        writes: [parameter.buffer] + (velocity.map { [$0.buffer] } ?? [])
      )
    case .movingAverage(let average, let source, let decay):
      let form: Form
      if case .variable = graph[source].operation {
        form = try variable(source).form
      } else {
        form = .plain
      }
      let target = try variable(average, form)
      let place = try contiguous(source, form)
      emit(
        .movingAverage(
          average: target,
          source: place,
          count: physicalCount(average, form),
          decay: decay
        ),
        "moving average \(label(average.index))",
        reads: [place.buffer],
        writes: [target.buffer]
      )
    case .assignment(let target, let value):
      let (place, form) = try variable(target)
      let source = try contiguous(value, form)
      emit(
        .copy(source: source, target: place, byteCount: 4 * physicalCount(target, form)),
        "assignment \(label(target.index))",
        reads: [source.buffer],
        writes: [place.buffer]
      )
    }
  }

  private func optional(_ node: NodeID?) throws(EngineError) -> BufferPlace? {
    guard let node else { return nil }
    return try contiguous(node, .plain)
  }

  private func physicalCount(_ node: NodeID, _ form: Form) -> Int {
    extents(shape(node.index), form).reduce(1, *)
  }

  /// A variable's home, made in a form if nobody has read it yet.
  private func variable(_ node: NodeID, _ form: Form) throws(EngineError) -> BufferPlace {
    if locations[node.index].isEmpty {
      locations[node.index].append(
        makeLocation(shape(node.index), form, isPersistent: true)
      )
    }
    let home = locations[node.index][0]
    guard home.form == form else {
      throw .library(
        call: "lowering",
        status: "a variable and its state differ in layout",
        while: "compiling the update of \(label(node.index))"
      )
    }
    return BufferPlace(buffer: home.buffer, offset: home.offset)
  }

  private func variable(
    _ node: NodeID
  ) throws(EngineError) -> (place: BufferPlace, form: Form) {
    let form = try homeForm(node.index)
    let home = locations[node.index][0]
    return (BufferPlace(buffer: home.buffer, offset: home.offset), form)
  }

  /// Moves each update up to where nothing reads the old value any more, so that gradients are
  /// used while they are in the cache and their memory is free early.
  private func hoistUpdates(from first: Int) {
    var ordered = Array(steps[..<first])
    for step in steps[first...] {
      let reads = Set(step.reads)
      let writes = Set(step.writes)
      let last = ordered.lastIndex { earlier in
        earlier.writes.contains { reads.contains($0) || writes.contains($0) }
          || earlier.reads.contains { writes.contains($0) }
      }
      ordered.insert(step, at: (last ?? -1) + 1)
    }
    steps = ordered
  }
}
