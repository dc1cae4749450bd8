internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Results that come to be when somebody needs them: numbers, views, repeated operands.
extension Lowering {
  /// Computes a node whose result is needed now: an element-wise node with all that wait for it, a
  /// number, or a view of another node.
  func materialize(_ index: Int, prefer form: Form?) throws(EngineError) {
    if let value = analysis.uniform[index] { return try fill(index, value, form) }
    switch graph.nodes[index].operation {
    case .slice: try materializeSlice(index)
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
    // Nobody but an update or an element-wise node reads it: row-major is as good as any.
    case .variable: makeHome(index, .plain)
    case .unary, .unaryBackward, .binary, .broadcast: try compute(index, prefer: form)
    default:
      throw .library(
        call: "lowering",
        status: "a result is read before it is computed",
        while: "compiling \(label(index))"
      )
    }
  }

  /// Fills a place with one number.
  func fill(_ index: Int, _ value: Float, _ form: Form?) throws(EngineError) {
    var form = form ?? .plain
    if form != .plain, isPadded(shape(index), form), value != 0 { form = .plain }
    let location = makeLocation(shape(index), form)
    let extents = extents(shape(index), form)
    let program = ElementwiseProgram(
      extents: extents,
      inputs: [
        .init(place: constantPlace(value), strides: [Int](repeating: 0, count: extents.count))
      ],
      outputs: [.init(place: location.place, strides: location.strides)],
      registerCount: 2,
      instructions: [.copy(0, to: 1)],
      sums: []
    )
    emit(.elementwise(program.collapsed()), "fill", reads: [], writes: [location.buffer])
    locations[index].append(location)
  }

  /// A slice is a view where the form allows it, else a copy.
  private func materializeSlice(_ index: Int) throws(EngineError) {
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

  /// An operand that repeats along the axes where it has extent 1.
  func repeatedOperand(
    _ node: Int,
    _ shape: Shape,
    _ form: Form
  ) throws(EngineError) -> ElementwiseProgram.Operand {
    let own = self.shape(node)
    let found = try location(node, .plain)
    if own.elementCount == 1 {
      let zeros = [Int](repeating: 0, count: extents(shape, form).count)
      return .init(place: found.place, strides: zeros)
    }
    let lead = shape.rank - own.rank
    let strides = (0..<shape.rank).map { axis in
      axis < lead || own[axis - lead] == 1 ? 0 : found.strides[axis - lead]
    }
    if form == .plain { return .init(place: found.place, strides: strides) }
    // Lay one item out in the form, to be repeated over the batch.
    let item = shape.replacing(axis: 0, with: 1)
    let row = makeLocation(item, .plain)
    copy(
      from: found,
      strides: [0] + strides.dropFirst(),
      to: row,
      extents: item.dimensions,
      "repeat \(label(node))"
    )
    let target = try reordered(row, item, to: form, label(node))
    return .init(
      place: target.place,
      strides: [0] + target.strides.dropFirst()
    )
  }
}
