internal import CHourglassOneDNN
internal import HourglassGraphs
internal import HourglassTensors

/// What a graph's nodes say about each other before anything is lowered.
struct GraphAnalysis {
  /// Whether a result or an update needs a node.
  let isLive: [Bool]
  /// The number of places that read a node.
  private(set) var uses: [Int]
  /// The number that every element of a node is, where that is known.
  private(set) var uniform: [Float?]
  /// For a dense or convolution node, the activation that is computed with it.
  private(set) var fusedActivation: [Int: Int] = [:]
  /// For the gradient of weights, the gradient of the bias that is computed with it.
  private(set) var fusedBias: [Int: Int] = [:]
  /// For a node that one other node reads, that one.
  private(set) var onlyReader: [Int: Int] = [:]
  /// Nodes that only dense layers, convolutions and gradients of activations read: in a network
  /// whose products are computed in bfloat16, nobody needs them in float32.
  private(set) var operandsAlone = Set<Int>()

  init(_ graph: Graph) {
    isLive = graph.liveNodes()
    uses = Array(repeating: 0, count: graph.nodes.count)
    uniform = Array(repeating: nil, count: graph.nodes.count)
    countUses(graph)
    findUniformNodes(graph)
    findFusions(graph)
    findOperands(graph)
  }

  private mutating func countUses(_ graph: Graph) {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      if case .stopGradient = node.operation { continue }
      for input in node.inputs {
        uses[graph.resolved(input)] += 1
        onlyReader[graph.resolved(input)] = index
      }
    }
    for output in graph.outputs { uses[graph.resolved(output.node)] += 1 }
    for update in graph.updates {
      for node in update.read + update.changed { uses[graph.resolved(node)] += 1 }
    }
  }

  private mutating func findOperands(_ graph: Graph) {
    var isRead = Set<Int>()
    var others = Set<Int>()
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      for (position, input) in node.inputs.enumerated() {
        let source = graph.resolved(input)
        switch node.operation {
        case .dense, .denseBackwardData, .denseBackwardWeights, .convolution,
          .convolutionBackwardData, .convolutionBackwardWeights:
          if position < 2 { isRead.insert(source) } else { others.insert(source) }
        case .unaryBackward, .stopGradient: break
        case .channelSum where fusedBias.values.contains(index): break
        default:
          if fusedActivation[source] != index { others.insert(source) }
        }
      }
    }
    for output in graph.outputs { others.insert(graph.resolved(output.node)) }
    for update in graph.updates {
      for node in update.read + update.changed { others.insert(graph.resolved(node)) }
    }
    for (index, node) in graph.nodes.enumerated() where isLive[index] && uniform[index] == nil {
      switch node.operation {
      case .dense, .denseBackwardData, .convolution, .convolutionBackwardData, .unary,
        .unaryBackward, .binary:
        if isRead.contains(index), !others.contains(index), node.shape.elementCount > 1 {
          operandsAlone.insert(index)
        }
      default: break
      }
    }
  }

  private mutating func findUniformNodes(_ graph: Graph) {
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      let inputs = node.inputs.map { uniform[$0.index] }
      switch node.operation {
      case .constant(let value): uniform[index] = value
      case .broadcast, .reshape, .stopGradient, .slice: uniform[index] = inputs[0]
      case .unary(.affine(let scale, let offset)):
        uniform[index] = inputs[0].map { scale * $0 + offset }
      case .binary(let function):
        guard let a = inputs[0], let b = inputs[1] else { continue }
        switch function {
        case .add: uniform[index] = a + b
        case .subtract: uniform[index] = a - b
        case .multiply: uniform[index] = a * b
        case .divide: uniform[index] = a / b
        default: break
        }
      default: break
      }
    }
  }

  private mutating func findFusions(_ graph: Graph) {
    var weightGradients: [NodeID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.operation {
      case .denseBackwardWeights, .convolutionBackwardWeights:
        if weightGradients[node.inputs[1]] == nil { weightGradients[node.inputs[1]] = index }
      case .channelSum:
        if let partner = weightGradients[node.inputs[0]], fusedBias[partner] == nil {
          fusedBias[partner] = index
        }
      case .unary(let function):
        let producer = node.inputs[0].index
        // Some of the library's activations take what is not a number for one, depending on the
        // processor. A network that is applied must not do that; in training the speed counts.
        guard uses[producer] == 1, function.fused != nil, !graph.updates.isEmpty else { continue }
        switch graph.nodes[producer].operation {
        case .dense, .convolution: fusedActivation[producer] = index
        default: break
        }
      default: break
      }
    }
  }
}

extension Graph {
  /// The node whose result a node merely passes on: itself, unless it stops gradients.
  func resolved(_ id: NodeID) -> Int {
    var index = id.index
    while case .stopGradient = nodes[index].operation { index = nodes[index].inputs[0].index }
    return index
  }
}

extension UnaryFunction {
  /// The activation that the library can compute together with a dense layer or convolution.
  var fused: (kind: hg_fused, alpha: Float)? {
    switch self {
    case .relu: (HG_FUSE_RELU, 0)
    case .leakyRelu(let slope): (HG_FUSE_RELU, slope)
    case .elu(let alpha): (HG_FUSE_ELU, alpha)
    case .tanh: (HG_FUSE_TANH, 0)
    case .logistic: (HG_FUSE_LOGISTIC, 0)
    case .gelu: (HG_FUSE_GELU, 0)
    case .silu: (HG_FUSE_SILU, 0)
    default: nil
    }
  }
}
