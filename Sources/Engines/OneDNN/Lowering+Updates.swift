internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// The changes of variables at the end of a run.
extension Lowering {
  func lowerUpdates() throws(EngineError) {
    let first = steps.count
    let snapshots = try snapshots()
    for update in graph.updates {
      switch update {
      case .adam(let adam): try lower(adam, snapshots)
      case .gradientDescent(let descent): try lower(descent, snapshots)
      case .movingAverage(let average, let source, let decay, let limit):
        try lowerMovingAverage((average, source), decay, limit, snapshots)
      case .assignment(let target, let value): try lowerAssignment(target, value, snapshots)
      }
      // What a variable held before is of no use to the updates after this one.
      for node in update.changed { locations[node.index].removeSubrange(1...) }
    }
    hoistUpdates(from: first)
  }

  // MARK: What updates read

  /// Computes what updates read while the variables are as they were before the run.
  ///
  /// Where that is a part of a variable that an update changes, it is copied.
  private func snapshots() throws(EngineError) -> [NodeID: Location] {
    var read: [NodeID] = []
    for update in graph.updates {
      for node in update.read where !isVariable(node) {
        read.append(node)
        guard locations[resolve(node)].isEmpty else { continue }
        try materialize(resolve(node), prefer: locations[update.changed[0].index].first?.form)
      }
    }
    let changed = graph.updates.flatMap(\.changed).flatMap { locations[$0.index].map(\.buffer) }
    let changing = homes.intersection(changed)
    var snapshots: [NodeID: Location] = [:]
    for node in read where snapshots[node] == nil {
      let index = resolve(node)
      let home = locations[index][0]
      guard changing.contains(home.buffer) else { continue }
      let copied = makeLocation(shape(index), home.form)
      copy(from: home, to: copied, shape(index), "copy of \(label(index))")
      snapshots[node] = copied
    }
    return snapshots
  }

  private func isVariable(_ node: NodeID) -> Bool {
    if case .variable = graph[node].operation { true } else { false }
  }

  /// Where an update reads a node: a variable as it is now, another node as it was computed.
  private func operand(
    _ node: NodeID,
    _ form: Form,
    _ snapshots: [NodeID: Location]
  ) throws(EngineError) -> BufferPlace {
    guard let kept = snapshots[node] else { return try contiguous(node, form) }
    if kept.form == form { return kept.place }
    return try reordered(kept, graph[node].shape, to: form, label(node.index)).place
  }

  // MARK: What updates change

  /// The form in which a variable is kept; row-major, or as suggested, where nobody has read it.
  private func homeForm(
    ofVariable node: NodeID,
    suggested form: Form = .plain
  ) -> Form {
    if locations[node.index].isEmpty { makeHome(node.index, form) }
    return locations[node.index][0].form
  }

  /// Runs the body on the places of variables in a form.
  ///
  /// A variable that is kept in another form is brought there and back.
  private func changing(
    _ nodes: [NodeID],
    in form: Form,
    _ body: ([BufferPlace]) throws(EngineError) -> Void
  ) throws(EngineError) {
    var borrowed: [(index: Int, home: Location, location: Location)] = []
    var places: [BufferPlace] = []
    for node in nodes {
      let isHome = homeForm(ofVariable: node, suggested: form) == form
      let home = locations[node.index][0]
      if isHome {
        places.append(home.place)
      } else {
        let location = try reordered(home, graph[node].shape, to: form, label(node.index))
        borrowed.append((node.index, home, location))
        places.append(location.place)
      }
    }
    try body(places)
    for (index, home, location) in borrowed {
      try reorder(location, to: home, shape(index), label(index))
    }
  }

  private func physicalCount(_ node: NodeID, _ form: Form) -> Int {
    extents(shape(node.index), form).reduce(1, *)
  }

  // MARK: Kinds of update

  private func lower(
    _ adam: Update.Adam,
    _ snapshots: [NodeID: Location]
  ) throws(EngineError) {
    let form = homeForm(ofVariable: adam.parameter)
    let gradient = try operand(adam.gradient, form, snapshots)
    let learningRate = try operand(adam.learningRate, .plain, snapshots)
    let number = try operand(adam.step, .plain, snapshots)
    let scale = try adam.gradientScale.map { node throws(EngineError) in
      try operand(node, .plain, snapshots)
    }
    try changing([adam.parameter, adam.firstMoment, adam.secondMoment], in: form) {
      places throws(EngineError) in
      let step = AdamStep(
        parameter: places[0],
        gradient: gradient,
        firstMoment: places[1],
        secondMoment: places[2],
        learningRate: learningRate,
        step: number,
        gradientScale: scale,
        count: physicalCount(adam.parameter, form),
        beta1: adam.beta1,
        beta2: adam.beta2,
        epsilon: adam.epsilon,
        weightDecay: adam.weightDecay
      )
      emit(
        .adam(step),
        "adam \(label(adam.parameter.index))",
        reads: [gradient.buffer, learningRate.buffer, number.buffer]
          + (scale.map { [$0.buffer] } ?? []),
        writes: places.map(\.buffer)
      )
    }
  }

  private func lower(
    _ descent: Update.GradientDescent,
    _ snapshots: [NodeID: Location]
  ) throws(EngineError) {
    let form = homeForm(ofVariable: descent.parameter)
    let gradient = try operand(descent.gradient, form, snapshots)
    let learningRate = try operand(descent.learningRate, .plain, snapshots)
    let scale = try descent.gradientScale.map { node throws(EngineError) in
      try operand(node, .plain, snapshots)
    }
    let changed = [descent.parameter] + (descent.velocity.map { [$0] } ?? [])
    try changing(changed, in: form) { places throws(EngineError) in
      let step = GradientDescentStep(
        parameter: places[0],
        gradient: gradient,
        velocity: places.count > 1 ? places[1] : nil,
        learningRate: learningRate,
        gradientScale: scale,
        count: physicalCount(descent.parameter, form),
        momentum: descent.momentum,
        isNesterov: descent.isNesterov,
        weightDecay: descent.weightDecay
      )
      emit(
        .gradientDescent(step),
        "gradient descent \(label(descent.parameter.index))",
        reads: [gradient.buffer, learningRate.buffer] + (scale.map { [$0.buffer] } ?? []),
        writes: places.map(\.buffer)
      )
    }
  }

  private func lowerMovingAverage(
    _ nodes: (average: NodeID, source: NodeID),
    _ decay: Float,
    _ limit: NodeID?,
    _ snapshots: [NodeID: Location]
  ) throws(EngineError) {
    let (average, source) = nodes
    // An average that nobody else reads is kept as the variable that it follows.
    let suggested = isVariable(source) ? homeForm(ofVariable: source) : .plain
    let form = homeForm(ofVariable: average, suggested: suggested)
    let place = try operand(source, form, snapshots)
    let limit = try limit.map { node throws(EngineError) in
      try operand(node, .plain, snapshots)
    }
    try changing([average], in: form) { places throws(EngineError) in
      emit(
        .movingAverage(
          average: places[0],
          source: place,
          count: physicalCount(average, form),
          decay: decay,
          limit: limit
        ),
        "moving average \(label(average.index))",
        reads: [place.buffer] + (limit.map { [$0.buffer] } ?? []),
        writes: [places[0].buffer]
      )
    }
  }

  private func lowerAssignment(
    _ target: NodeID,
    _ value: NodeID,
    _ snapshots: [NodeID: Location]
  ) throws(EngineError) {
    let form = homeForm(ofVariable: target)
    let source = try operand(value, form, snapshots)
    let place = locations[target.index][0].place
    guard source != place else { return }
    emit(
      .copy(source: source, target: place, byteCount: 4 * physicalCount(target, form)),
      "assignment \(label(target.index))",
      reads: [source.buffer],
      writes: [place.buffer]
    )
  }

  // MARK: Order

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
