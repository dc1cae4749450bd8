internal import COneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// Element-wise nodes: collected into one program when a result is needed.
extension Lowering {
  /// Where an element-wise program finds a number: in memory, or the same one everywhere.
  private enum Leaf: Hashable {
    /// A node's result of the program's own shape.
    case full(Int)
    /// A node's result that is repeated along some axes.
    case repeated(Int)
    /// A number known when the graph is compiled.
    case constant(Float)
  }

  /// A chain of element-wise nodes that ends in one or more results.
  private struct Expression {
    let shape: Shape
    var leaves: [Leaf] = []
    /// Nodes inside, in order, with their operands: a leaf's place or a node.
    var nodes: [Int] = []
    var usesInside: [Int: Int] = [:]

    mutating func leaf(_ leaf: Leaf) -> Int {
      if let known = leaves.firstIndex(of: leaf) { return known }
      leaves.append(leaf)
      return leaves.count - 1
    }
  }

  private static let nodeLimit = 24

  func isElementwise(_ index: Int) -> Bool {
    switch graph.nodes[index].operation {
    case .unary, .unaryBackward, .binary, .broadcast: true
    default: false
    }
  }

  private func isWaiting(_ index: Int) -> Bool {
    isElementwise(index) && locations[index].isEmpty && uniform[index] == nil
  }

  /// Computes a waiting node into a given place, a part of a larger tensor.
  func materialize(_ index: Int, into target: Location) throws(EngineError) -> Bool {
    guard isWaiting(index) else { return false }
    try run(index, prefer: target.form, into: target)
    return locations[index].contains { $0.buffer == target.buffer }
  }

  /// The sum of all elements of a node, computed together with what waits for it.
  func emitTotal(of source: Int, scale: Float, into place: BufferPlace) throws(EngineError) {
    try run(source, prefer: nil, into: nil, total: (place, scale))
  }

  // MARK: Collecting

  private func collect(
    _ index: Int,
    _ expression: inout Expression,
    isRoot: Bool = false
  ) throws(EngineError) {
    if expression.nodes.contains(index) { return }
    let node = graph.nodes[index]
    if case .broadcast = node.operation {
      _ = try leaf(resolve(node.inputs[0]), &expression)
    } else {
      for input in node.inputs {
        let operand = resolve(input)
        if joins(operand, expression) {
          try collect(operand, &expression)
          expression.usesInside[operand, default: 0] += 1
        } else {
          _ = try leaf(operand, &expression)
        }
      }
    }
    expression.nodes.append(index)
  }

  private func joins(_ operand: Int, _ expression: Expression) -> Bool {
    guard isWaiting(operand), shape(operand) == expression.shape else { return false }
    if case .broadcast = graph.nodes[operand].operation { return false }
    return expression.nodes.contains(operand) || expression.nodes.count < Self.nodeLimit
  }

  /// The leaf for an operand, seen through broadcasts.
  private func leaf(_ operand: Int, _ expression: inout Expression) throws(EngineError) -> Int {
    if let value = uniform[operand] { return expression.leaf(.constant(value)) }
    if case .broadcast = graph.nodes[operand].operation, locations[operand].isEmpty {
      return try leaf(resolve(graph.nodes[operand].inputs[0]), &expression)
    }
    if shape(operand) == expression.shape { return expression.leaf(.full(operand)) }
    return expression.leaf(.repeated(operand))
  }

  // MARK: Running

  func run(
    _ root: Int,
    prefer hint: Form?,
    into target: Location?,
    total: (place: BufferPlace, scale: Float)? = nil
  ) throws(EngineError) {
    var expression = Expression(shape: shape(root))
    let isLeaf = total != nil && !isWaiting(root)
    if isLeaf {
      _ = try leaf(root, &expression)
    } else {
      try collect(root, &expression, isRoot: true)
    }
    // What the leaves need must be there before the form is chosen.
    for leaf in expression.leaves {
      switch leaf {
      case .full(let node), .repeated(let node): _ = try homeForm(node)
      case .constant: break
      }
    }
    let results = expression.nodes.filter {
      $0 == root ? (total == nil || uses[$0] > 1) : uses[$0] > (expression.usesInside[$0] ?? 0)
    }
    let form = try chooseForm(expression, root: root, hint: hint, isSum: total != nil)
    try emitProgram(
      expression,
      root: root,
      results: results,
      form: form,
      into: form == target?.form ? target : nil,
      total: total
    )
  }

  private func chooseForm(
    _ expression: Expression,
    root: Int,
    hint: Form?,
    isSum: Bool
  ) throws(EngineError) -> Form {
    var candidates: [Form] = []
    for case .full(let node) in expression.leaves { candidates.append(try homeForm(node)) }
    if let hint, !isSum, candidates.isEmpty || candidates.contains(hint) {
      candidates.insert(hint, at: 0)
    }
    let chosen = candidates.first { $0 != .plain } ?? .plain
    guard chosen != .plain else { return .plain }
    let repeats = expression.leaves.contains {
      if case .repeated(let node) = $0 { shape(node).elementCount != 1 } else { false }
    }
    if repeats, !canExpand(expression, chosen) { return .plain }
    if isPadded(expression.shape, chosen), !keepsZero(expression) { return .plain }
    return chosen
  }

  /// Whether operands that repeat over the batch alone can be laid out for a form.
  private func canExpand(_ expression: Expression, _ form: Form) -> Bool {
    let rank = expression.shape.rank
    guard rank >= 3 else { return false }
    if case .opaque = form { return false }
    return expression.leaves.allSatisfy {
      guard case .repeated(let node) = $0 else { return true }
      let shape = shape(node)
      return shape.elementCount == 1 || shape.rank < rank || shape[0] == 1
    }
  }

  /// Whether zeros in all operands give zeros in all results, so that padding stays zero.
  private func keepsZero(_ expression: Expression) -> Bool {
    var isZero: [Int: Bool] = [:]
    func operandIsZero(_ id: NodeID) -> Bool {
      let index = resolve(id)
      if let known = isZero[index] { return known }
      if let value = uniform[index] { return value == 0 }
      var source = index
      while case .broadcast = graph.nodes[source].operation {
        source = resolve(graph.nodes[source].inputs[0])
      }
      return shape(source).elementCount != 1 || expression.shape.elementCount == 1
    }
    for index in expression.nodes {
      let node = graph.nodes[index]
      let zeros = node.inputs.map(operandIsZero)
      isZero[index] =
        switch node.operation {
        case .unary(let function): zeros[0] && function.keepsZero
        case .unaryBackward(let function): zeros[1] && function.backwardKeepsZero
        case .binary(.add), .binary(.subtract), .binary(.maximum), .binary(.minimum),
          .binary(.greater):
          zeros[0] && zeros[1]
        case .binary(.multiply): zeros[0] || zeros[1]
        case .broadcast: zeros[0]
        default: false
        }
    }
    return expression.nodes.allSatisfy { isZero[$0] == true }
  }

  // MARK: Emitting

  private func emitProgram(
    _ expression: Expression,
    root: Int,
    results: [Int],
    form: Form,
    into target: Location?,
    total: (place: BufferPlace, scale: Float)?
  ) throws(EngineError) {
    let shape = expression.shape
    let extents = extents(shape, form)
    var inputs: [ElementwiseProgram.Operand] = []
    var registerOfLeaf: [Leaf: Int] = [:]
    for leaf in expression.leaves {
      registerOfLeaf[leaf] = inputs.count
      switch leaf {
      case .constant(let value):
        let zeros = [Int](repeating: 0, count: extents.count)
        inputs.append(.init(place: constantPlace(value), strides: zeros))
      case .full(let node):
        let found = try location(node, form)
        inputs.append(
          .init(
            place: BufferPlace(buffer: found.buffer, offset: found.offset),
            strides: found.strides
          )
        )
      case .repeated(let node): inputs.append(try repeatedOperand(node, shape, form))
      }
    }
    var outputs: [ElementwiseProgram.Operand] = []
    var registers: [Int: Int] = [:]
    for node in results {
      let location: Location
      if node == root, let target {
        location = target
      } else {
        location = makeLocation(shape, form)
      }
      registers[node] = inputs.count + outputs.count
      outputs.append(
        .init(
          place: BufferPlace(buffer: location.buffer, offset: location.offset),
          strides: location.strides
        )
      )
      locations[node].append(location)
    }
    var next = inputs.count + outputs.count
    var instructions: [hg_instruction] = []
    func register(_ id: NodeID) -> Int {
      var index = resolve(id)
      if let known = registers[index] { return known }
      while uniform[index] == nil, locationlessBroadcast(index) {
        index = resolve(graph.nodes[index].inputs[0])
      }
      if let value = uniform[index] { return registerOfLeaf[.constant(value)] ?? 0 }
      return registerOfLeaf[.full(index)] ?? registerOfLeaf[.repeated(index)] ?? 0
    }
    for index in expression.nodes {
      let node = graph.nodes[index]
      let operands = node.inputs.map(register)
      if registers[index] == nil {
        registers[index] = next
        next += 1
      }
      instructions.append(instruction(node.operation, to: registers[index] ?? 0, operands))
    }
    var sums: [ElementwiseProgram.Sum] = []
    if let total {
      let source = registers[root] ?? register(NodeID(index: root))
      sums.append(.init(register: source, target: total.place, scale: total.scale))
    }
    let program = ElementwiseProgram(
      extents: extents,
      inputs: inputs,
      outputs: outputs,
      registerCount: next,
      instructions: instructions,
      sums: sums
    )
    emit(
      .elementwise(program.collapsed()),
      "element-wise \(expression.nodes.map { graph.nodes[$0].operation.summary }.joined(separator: ", "))",
      reads: inputs.map(\.place.buffer),
      writes: outputs.map(\.place.buffer) + sums.map(\.target.buffer)
    )
  }

  private func locationlessBroadcast(_ index: Int) -> Bool {
    if case .broadcast = graph.nodes[index].operation { return locations[index].isEmpty }
    return false
  }

  /// An operand that repeats along the axes where it has extent 1.
  private func repeatedOperand(
    _ node: Int,
    _ shape: Shape,
    _ form: Form
  ) throws(EngineError) -> ElementwiseProgram.Operand {
    let own = self.shape(node)
    if own.elementCount == 1 {
      let found = try location(node, .plain)
      let zeros = [Int](repeating: 0, count: extents(shape, form).count)
      return .init(place: BufferPlace(buffer: found.buffer, offset: found.offset), strides: zeros)
    }
    let found = try location(node, .plain)
    let lead = shape.rank - own.rank
    let strides = (0..<shape.rank).map { axis in
      axis < lead || own[axis - lead] == 1 ? 0 : found.strides[axis - lead]
    }
    let place = BufferPlace(buffer: found.buffer, offset: found.offset)
    if form == .plain { return .init(place: place, strides: strides) }
    // Lay one item out in the form, to be repeated over the batch.
    let item = shape.replacing(axis: 0, with: 1)
    let row = makeLocation(item, .plain)
    let program = ElementwiseProgram(
      extents: item.dimensions,
      inputs: [.init(place: place, strides: [0] + strides.dropFirst())],
      outputs: [.init(place: BufferPlace(buffer: row.buffer), strides: row.strides)],
      registerCount: 2,
      instructions: [instruction(.broadcast(item), to: 1, [0])],
      sums: []
    )
    emit(
      .elementwise(program.collapsed()),
      "repeat \(label(node))",
      reads: [place.buffer],
      writes: [row.buffer]
    )
    let target = makeLocation(item, form)
    let (from, to) = (
      try geometry.descriptor(item, .plain), try geometry.descriptor(item, form)
    )
    let library = library.handle
    let primitive = try Primitive.make("reordering \(label(node))") {
      hg_reorder_create(&$0, library, from.handle, to.handle)
    }
    emit(
      primitive,
      "reorder of \(label(node))",
      reads: [(HG_ARG_SRC, BufferPlace(buffer: row.buffer))],
      writes: [(HG_ARG_DST, BufferPlace(buffer: target.buffer))]
    )
    return .init(
      place: BufferPlace(buffer: target.buffer),
      strides: [0] + target.strides.dropFirst()
    )
  }
}
