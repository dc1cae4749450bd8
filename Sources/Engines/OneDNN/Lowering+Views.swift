internal import COneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Nodes that are computed when somebody asks: numbers, views, and element-wise nodes.
extension Lowering {
  /// Computes a node whose result is needed now: an element-wise node with all that wait for it, a
  /// number, or a view of another node.
  func materialize(_ index: Int, prefer form: Form?) throws(EngineError) {
    if let value = uniform[index] { return try fill(index, value, form) }
    switch graph.nodes[index].operation {
    case .slice: try materializeSlice(index, prefer: form)
    case .reshape:
      let source = resolve(graph.nodes[index].inputs[0])
      let place = try contiguous(NodeID(index: source), .plain)
      locations[index].append(
        Location(
          form: .plain,
          buffer: place.buffer,
          offset: place.offset,
          strides: shape(index).strides,
          isContiguous: true
        )
      )
    case .variable:
      // Nobody but an update or an element-wise node reads it: row-major is as good as any.
      locations[index].append(makeLocation(shape(index), .plain, isPersistent: true))
    default:
      precondition(
        isElementwise(index),
        "\(graph.nodes[index].operation) was not computed in order"
      )
      try run(index, prefer: form, into: nil)
    }
  }

  /// Fills a place with one number.
  private func fill(_ index: Int, _ value: Float, _ form: Form?) throws(EngineError) {
    var form = form ?? .plain
    if form != .plain, isPadded(shape(index), form), value != 0 { form = .plain }
    let location = makeLocation(shape(index), form)
    let extents = extents(shape(index), form)
    let program = ElementwiseProgram(
      extents: extents,
      inputs: [
        .init(place: constantPlace(value), strides: [Int](repeating: 0, count: extents.count))
      ],
      outputs: [.init(place: BufferPlace(buffer: location.buffer), strides: location.strides)],
      registerCount: 2,
      instructions: [instruction(.broadcast(shape(index)), to: 1, [0])],
      sums: []
    )
    emit(.elementwise(program.collapsed()), "fill", reads: [], writes: [location.buffer])
    locations[index].append(location)
  }

  /// A slice is a view where the form allows it, else a copy.
  private func materializeSlice(_ index: Int, prefer form: Form?) throws(EngineError) {
    let node = graph.nodes[index]
    guard case .slice(let axis, let start, let count) = node.operation else { return }
    let source = resolve(node.inputs[0])
    let home = try homeForm(source)
    if case .blocked(let block) = home, axis == 1, start % block == 0, count % block == 0 {
      var view = try location(source, home)
      view.offset += start / block * view.strides[1]
      view.isContiguous = extents(shape(index), home)[0] == 1
      locations[index].append(view)
      return
    }
    var view = try location(source, .plain)
    view.offset += start * view.strides[axis]
    view.isContiguous =
      view.isContiguous && shape(source).dimensions[..<axis].allSatisfy { $0 == 1 }
    locations[index].append(view)
  }
}
