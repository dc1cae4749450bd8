internal import CHourglassOneDNN
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
    /// A number known when the graph is compiled, by its bits.
    case constant(UInt32)
  }

  /// A chain of element-wise nodes that ends in one or more results.
  private struct Expression {
    let shape: Shape
    /// The most nodes that it may hold.
    let nodeLimit: Int
    private(set) var leaves: [Leaf] = []
    /// The leaf that a node is read from.
    private(set) var leafOfNode: [Int: Int] = [:]
    /// Nodes inside, in order.
    var nodes: [Int] = []
    /// Nodes inside, also those whose operands are still being looked at.
    var members = Set<Int>()
    /// How often nodes inside read a node inside.
    var usesInside: [Int: Int] = [:]

    mutating func add(_ leaf: Leaf, for node: Int) {
      if let known = leaves.firstIndex(of: leaf) {
        leafOfNode[node] = known
      } else {
        leafOfNode[node] = leaves.count
        leaves.append(leaf)
      }
    }
  }

  /// The most nodes in a program, and so many that their operands fit into every program.
  private static let nodeLimits = (usual: 24, safe: (Int(HG_MAX_OPERANDS) - 1) / 2)

  func isElementwise(_ index: Int) -> Bool {
    switch graph.nodes[index].operation {
    case .unary, .unaryBackward, .binary, .broadcast: true
    default: false
    }
  }

  func isWaiting(_ index: Int) -> Bool {
    isElementwise(index) && locations[index].isEmpty && analysis.uniform[index] == nil
      && halfForms[index] == nil
  }

  /// Computes a waiting node together with what waits for it.
  func compute(_ index: Int, prefer form: Form?) throws(EngineError) {
    try run(index, prefer: form, into: nil)
  }

  /// Computes a waiting node into a given place, a part of a larger tensor.
  func compute(_ index: Int, into target: Location) throws(EngineError) -> Bool {
    guard isWaiting(index) else { return false }
    try run(index, prefer: target.form, into: target)
    return locations[index].contains { $0.buffer == target.buffer }
  }

  /// The sum of all elements of a node, computed together with what waits for it.
  func emitTotal(of source: Int, scale: Float, into place: BufferPlace) throws(EngineError) {
    try run(source, prefer: nil, into: nil, total: (place, scale))
  }

  // MARK: Collecting

  /// The expression that ends in a node, with the results of all its leaves computed.
  private func expression(of root: Int, isTotal: Bool) throws(EngineError) -> Expression {
    var limit = Self.nodeLimits.usual
    while true {
      var expression = Expression(shape: shape(root), nodeLimit: limit)
      if isWaiting(root) { collect(root, &expression) } else { addLeaf(root, &expression) }
      let resultCount = results(of: expression, root: root, isTotal: isTotal).count
      if expression.leaves.count + resultCount > Int(HG_MAX_OPERANDS), limit > Self.nodeLimits.safe
      {
        limit = Self.nodeLimits.safe
        continue
      }
      // What the leaves need must be there before the form is chosen.
      for leaf in expression.leaves {
        switch leaf {
        case .full(let node), .repeated(let node): _ = try homeForm(node)
        case .constant: break
        }
      }
      // A leaf that needed a node of the expression has had it computed.
      if expression.nodes.allSatisfy({ isWaiting($0) }) { return expression }
    }
  }

  private func collect(_ index: Int, _ expression: inout Expression) {
    expression.members.insert(index)
    let node = graph.nodes[index]
    for input in node.inputs {
      let operand = resolve(input)
      if joins(operand, to: node, expression) {
        if !expression.members.contains(operand) { collect(operand, &expression) }
        expression.usesInside[operand, default: 0] += 1
      } else {
        addLeaf(operand, &expression)
      }
    }
    expression.nodes.append(index)
  }

  private func joins(_ operand: Int, to node: Node, _ expression: Expression) -> Bool {
    if expression.members.contains(operand) { return true }
    if case .broadcast = node.operation { return false }
    if case .broadcast = graph.nodes[operand].operation { return false }
    return isWaiting(operand) && shape(operand) == expression.shape
      && expression.members.count < expression.nodeLimit
  }

  /// Adds the leaf for an operand, seen through broadcasts.
  private func addLeaf(_ operand: Int, _ expression: inout Expression) {
    var source = operand
    while analysis.uniform[source] == nil, locations[source].isEmpty,
      case .broadcast = graph.nodes[source].operation
    {
      source = resolve(graph.nodes[source].inputs[0])
    }
    if let value = analysis.uniform[source] {
      expression.add(.constant(value.bitPattern), for: operand)
    } else if shape(source) == expression.shape {
      expression.add(.full(source), for: operand)
    } else {
      expression.add(.repeated(source), for: operand)
    }
  }

  /// The nodes of an expression that something outside it reads.
  private func results(of expression: Expression, root: Int, isTotal: Bool) -> [Int] {
    expression.nodes.filter {
      if $0 == root { return !isTotal || analysis.uses[$0] > 1 }
      return analysis.uses[$0] > (expression.usesInside[$0] ?? 0)
    }
  }

  // MARK: Running

  private func run(
    _ root: Int,
    prefer hint: Form?,
    into target: Location?,
    total: (place: BufferPlace, scale: Float)? = nil
  ) throws(EngineError) {
    let expression = try expression(of: root, isTotal: total != nil)
    let form = try chooseForm(expression, hint: hint, isSum: total != nil)
    try emitProgram(
      expression,
      root: root,
      results: results(of: expression, root: root, isTotal: total != nil),
      form: form,
      into: form == target?.form ? target : nil,
      total: total
    )
  }

  private func chooseForm(
    _ expression: Expression,
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
      if let value = analysis.uniform[index] { return value == 0 }
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
    for leaf in expression.leaves {
      switch leaf {
      case .constant(let bits):
        let zeros = [Int](repeating: 0, count: extents.count)
        inputs.append(.init(place: constantPlace(Float(bitPattern: bits)), strides: zeros))
      case .full(let node):
        if locations[node].isEmpty, halfForms[node] == form,
          let half = operandCopies[OperandCopy(node: node, form: form)]
        {
          let strides = contiguousStrides(extents)
          inputs.append(.init(place: half, strides: strides, isHalf: true))
          continue
        }
        let found = try location(node, form)
        inputs.append(.init(place: found.place, strides: found.strides))
      case .repeated(let node): inputs.append(try repeatedOperand(node, shape, form))
      }
    }
    var outputs: [ElementwiseProgram.Operand] = []
    var registers = expression.leafOfNode
    for node in results {
      if isHalf(node), form.isOurs, node != root || target == nil {
        registers[node] = inputs.count + outputs.count
        let strides = contiguousStrides(extents)
        outputs.append(
          .init(place: try placeHalf(node, form), strides: strides, isHalf: true)
        )
        continue
      }
      let location: Location
      if node == root, let target {
        location = target
      } else {
        location = makeLocation(shape, form)
      }
      registers[node] = inputs.count + outputs.count
      outputs.append(.init(place: location.place, strides: location.strides))
      locations[node].append(location)
    }
    var next = inputs.count + outputs.count
    func register(_ node: Int) throws(EngineError) -> Int {
      if let known = registers[node] { return known }
      throw .library(
        call: "lowering",
        status: "an operand is missing",
        while: "compiling \(label(node))"
      )
    }
    var instructions: [hg_instruction] = []
    for index in expression.nodes {
      let node = graph.nodes[index]
      let operands = try node.inputs.map { input throws(EngineError) in
        try register(resolve(input))
      }
      if registers[index] == nil {
        registers[index] = next
        next += 1
      }
      instructions.append(
        instruction(node.operation, to: try register(index), operands)
      )
    }
    var sums: [ElementwiseProgram.Sum] = []
    if let total {
      sums.append(
        .init(register: try register(root), target: total.place, scale: total.scale)
      )
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
}
