public import HourglassTensors

/// Builds a graph node by node.
///
/// Outside of this package it is met in `ObjectiveTerm`: a term of the loss adds nodes to it.
///
/// Building is cheap, touches no C library and never throws line by line: the first mistake is kept
/// and reported by `finish()`. Nodes that compute the same thing are made once.
public struct GraphBuilder {
  private struct Key: Hashable {
    let operation: Operation
    let inputs: [NodeID]
    let shape: Shape
  }

  private var graph = Graph(nodes: [], outputs: [], updates: [])
  private var known: [Key: NodeID] = [:]
  private var scopes: [String] = []
  private var names = Set<String>()
  private var streams: UInt32 = 0
  private var firstError: GraphError?

  /// Stands for the result of an operation that could not be built.
  private static let poison = NodeID(index: -1)

  package init() {}

  /// What a function gives after it has recorded a mistake with `fail`.
  public var failed: NodeID { Self.poison }

  /// The path of the layer that is being built, as in `encoder.0`.
  package var scope: String { scopes.joined(separator: ".") }

  /// The shape of a node's result; a scalar for a node that could not be built.
  public func shape(of node: NodeID) -> Shape {
    node == Self.poison ? .scalar : graph[node].shape
  }

  /// The operation and inputs of a node.
  package func node(_ id: NodeID) -> Node? {
    id == Self.poison ? nil : graph[id]
  }

  /// The number of nodes so far.
  package var count: Int { graph.nodes.count }

  /// Builds a part under a name; names of variables inside start with it.
  package mutating func scoped<Result>(
    _ name: String,
    _ body: (inout GraphBuilder) -> Result
  ) -> Result {
    scopes.append(name)
    let result = body(&self)
    scopes.removeLast()
    return result
  }

  /// Adds nodes on behalf of a layer that was built before, such as its gradients.
  mutating func within(scope: String, _ body: (inout GraphBuilder) -> Void) {
    let outer = scopes
    scopes = scope.isEmpty ? [] : [scope]
    body(&self)
    scopes = outer
  }

  /// Adds an operation and gives its result.
  package mutating func add(
    _ operation: Operation,
    _ inputs: [NodeID] = [],
    leafShape: Shape = .scalar
  ) -> NodeID {
    guard !inputs.contains(Self.poison) else { return Self.poison }
    do {
      let shape = try operation.resultShape(
        of: inputs.map { graph[$0].shape },
        leafShape: leafShape
      )
      let key = Key(operation: operation, inputs: inputs, shape: shape)
      if let same = known[key] { return same }
      let id = NodeID(index: graph.nodes.count)
      graph.nodes.append(Node(operation: operation, inputs: inputs, shape: shape, scope: scope))
      known[key] = id
      return id
    } catch {
      fail(.shapeMismatch(operation: operation.name, scope: scope, problem: error))
      return Self.poison
    }
  }

  /// Keeps a mistake for `finish()`; the first one stays.
  package mutating func fail(_ error: GraphError) {
    if firstError == nil { firstError = error }
  }

  /// A tensor that the caller feeds at each run under this name.
  package mutating func input(_ name: String, _ shape: Shape) -> NodeID {
    let operation = Operation.input(name: name)
    if names.insert("input " + name).inserted { return add(operation, leafShape: shape) }
    fail(.duplicateName(name, scope: scope))
    return Self.poison
  }

  /// A trainable variable; its name is the scope's path and this last part.
  package mutating func parameter(
    _ name: String,
    _ shape: Shape,
    _ initializer: Initializer
  ) -> NodeID {
    variable(name, shape, role: .parameter, initializer)
  }

  /// A variable that is kept but not trained.
  package mutating func state(
    _ name: String,
    _ shape: Shape,
    _ initializer: Initializer = .constant(0)
  ) -> NodeID {
    variable(name, shape, role: .state, initializer)
  }

  /// Numbers that come with the graph, in row-major order: no run changes and no file holds them.
  package mutating func fixed(_ name: String, _ shape: Shape, _ values: [Float]) -> NodeID {
    variable(name, shape, role: .fixed, .values(values))
  }

  private mutating func variable(
    _ name: String,
    _ shape: Shape,
    role: Variable.Role,
    _ initializer: Initializer
  ) -> NodeID {
    let path = (scopes + [name]).joined(separator: ".")
    guard names.insert("variable " + path).inserted else {
      fail(.duplicateName(path, scope: scope))
      return Self.poison
    }
    let variable = Variable(name: path, role: role, initializer: initializer)
    return add(.variable(variable), leafShape: shape)
  }

  /// A number.
  public mutating func constant(_ value: Float) -> NodeID {
    add(.constant(value))
  }

  /// Random numbers, independent of all others of this graph and new at each run.
  public mutating func random(_ distribution: Distribution, _ shape: Shape) -> NodeID {
    streams += 1
    return add(.random(distribution, stream: streams), leafShape: shape)
  }

  /// The parameters made so far, in the order in which they were made.
  package var parameters: [NodeID] {
    graph.variables.filter { $0.variable.role == .parameter }.map(\.node)
  }

  /// The states made so far, in the order in which they were made.
  package var states: [NodeID] {
    graph.variables.filter { $0.variable.role == .state }.map(\.node)
  }

  /// The name of a variable.
  package func variableName(of node: NodeID) -> String? {
    guard let found = self.node(node), case .variable(let variable) = found.operation else {
      return nil
    }
    return variable.name
  }

  /// Names a result.
  package mutating func output(_ name: String, _ node: NodeID) {
    guard node != Self.poison else { return }
    graph.outputs.append(Graph.Output(name: name, node: node))
  }

  /// Adds a change of variables at the end of each run.
  package mutating func update(_ update: Update) {
    guard !(update.changed + update.read).contains(Self.poison) else { return }
    graph.updates.append(update)
  }

  /// The finished graph, verified, or the first mistake.
  package consuming func finish() throws(GraphError) -> Graph {
    if let firstError { throw firstError }
    try graph.verify()
    return graph
  }
}
