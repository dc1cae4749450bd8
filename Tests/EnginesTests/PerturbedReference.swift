import HourglassGraphs
import HourglassTensors

@testable import HourglassEngines

/// The reference with errors of single precision put in at random: what a graph makes of roundings
/// that no executor can avoid.
///
/// Each element of each node gets an error of up to
///
///     2⁻²⁴ √n · scale,
///
/// where n numbers are accumulated for it and the scale is the size of what is accumulated: errors
/// of n independent roundings add up like a random walk. What only moves numbers adds no error.
/// Where products are computed in bfloat16, each operand and result of one is rounded to 8 bits.
/// Reference: Parker, 1997, "Monte Carlo arithmetic", UCLA technical report CSD-970002.
struct PerturbedReference {
  let graph: Graph
  private(set) var variables: [String: DoubleTensor] = [:]
  private var random: SplitMix

  private let isHalf: Bool

  private static let unit = 0x1p-24
  private static let halfUnit = 0x1p-9

  init(_ graph: Graph, variables: [String: Tensor], seed: UInt64, isHalf: Bool = false) {
    self.graph = graph
    self.isHalf = isHalf
    self.variables = variables.mapValues { DoubleTensor($0) }
    random = SplitMix(state: seed)
  }

  /// One step: gives the value of each live node, and changes the variables.
  mutating func run(
    inputs: [String: DoubleTensor],
    seed: UInt64,
    step: UInt64
  ) -> [DoubleTensor?] {
    var values = [DoubleTensor?](repeating: nil, count: graph.nodes.count)
    let isLive = graph.liveNodes()
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      switch node.operation {
      case .input(let name): values[index] = inputs[name]
      case .variable(let variable) where variable.role == .fixed:
        let initializer = variable.initializer
        values[index] = DoubleTensor(
          initializer.tensor(name: variable.name, shape: node.shape, seed: 0)
        )
      case .variable(let variable): values[index] = variables[variable.name]
      case .constant(let value):
        values[index] = DoubleTensor(repeating: Double(value), shape: node.shape)
      case .random(let distribution, let stream):
        values[index] = ReferenceExecutor.random(
          distribution,
          stream: stream,
          seed: seed,
          step: step,
          node.shape
        )
      default:
        let operands = node.inputs.compactMap { values[$0.index] }
        var value = ReferenceExecutor.compute(node.operation, operands, node.shape)
        perturb(&value, node, operands)
        values[index] = value
      }
    }
    for update in graph.updates {
      update.apply(in: graph, values, &variables)
      for target in update.changed {
        guard case .variable(let variable) = graph[target].operation,
          var value = variables[variable.name]
        else { continue }
        for place in value.scalars.indices { value[place] *= 1 + 4 * Self.unit * random.next() }
        variables[variable.name] = value
      }
    }
    return values
  }

  private mutating func perturb(_ value: inout DoubleTensor, _ node: Node, _ x: [DoubleTensor]) {
    guard value.scalars.allSatisfy(\.isFinite) else { return }
    let largest = size(value)
    let length = node.accumulatedCount(x.map(\.shape))
    let amplitude: Double
    if isHalf { roundToHalf(&value, node, x, length) }
    switch node.operation {
    case .input, .variable, .constant, .random, .concatenation, .slice, .padding, .reshape,
      .broadcast, .stopGradient, .gather, .reduction(.maximum, _), .binary(.greater),
      .binary(.equal), .binary(.maximum), .binary(.minimum), .unary(.sign), .unary(.floor),
      .unary(.absolute):
      return
    case .unary(.affine(_, let offset)):
      for place in value.scalars.indices {
        let scale = abs(value[place]) + abs(Double(offset))
        value[place] += Self.unit * scale * random.next()
      }
      return
    case .unary(.relu), .binary:
      for place in value.scalars.indices {
        value[place] += 2 * Self.unit * value[place] * random.next()
      }
      return
    // The library's functions are right within a few units of the largest result.
    case .unary, .unaryBackward: amplitude = 4 * largest
    case .pooling(let pooling), .poolingBackward(let pooling):
      if pooling.kind == .maximum, case .pooling = node.operation { return }
      amplitude = length.squareRoot() * largest
    case .dense, .denseBackwardData, .denseBackwardWeights, .convolution,
      .convolutionBackwardData, .convolutionBackwardWeights:
      let terms = length.squareRoot() * rootMeanSquare(x[0]) * rootMeanSquare(x[1])
      amplitude = length.squareRoot() * max(largest, terms)
    case .channelSum, .reduction(.sum, _), .scatterAdd, .resampling, .resamplingBackward:
      amplitude = length.squareRoot() * max(largest, length.squareRoot() * rootMeanSquare(x[0]))
    // Differences from a mean: the size of what is subtracted counts.
    case .standardization:
      amplitude = length.squareRoot() * max(largest, largest * relativeOffset(x[0]))
    case .standardizationBackward(let axes, let epsilon):
      let scale = Self.largestScale(x[0], axes, epsilon)
      amplitude = length.squareRoot() * max(largest, scale * rootMeanSquare(x[2]))
    case .softmax, .logSoftmax: amplitude = length.squareRoot() * largest
    }
    for place in value.scalars.indices { value[place] += Self.unit * amplitude * random.next() }
  }

  /// What is lost where operands and results of products lie in bfloat16.
  private mutating func roundToHalf(
    _ value: inout DoubleTensor,
    _ node: Node,
    _ x: [DoubleTensor],
    _ length: Double
  ) {
    let terms: Double
    switch node.operation {
    case .dense, .denseBackwardData, .denseBackwardWeights, .convolution,
      .convolutionBackwardData, .convolutionBackwardWeights:
      terms = 2 * length.squareRoot() * rootMeanSquare(x[0]) * rootMeanSquare(x[1])
    case .channelSum: terms = length.squareRoot() * rootMeanSquare(x[0])
    case .unary, .unaryBackward, .binary: terms = 0
    default: return
    }
    for place in value.scalars.indices {
      let error = terms * random.next() + abs(value[place]) * random.next()
      value[place] += Self.halfUnit * error
    }
  }

  private func size(_ value: DoubleTensor) -> Double {
    value.scalars.reduce(0) { max($0, abs($1)) }
  }

  private func rootMeanSquare(_ value: DoubleTensor) -> Double {
    let total = value.scalars.reduce(0) { $0 + $1 * $1 }
    return (total / Double(max(value.scalars.count, 1))).squareRoot()
  }

  /// The largest factor by which a standardization scales.
  private static func largestScale(_ x: DoubleTensor, _ axes: [Int], _ epsilon: Float) -> Double {
    let kept = Shape(x.shape.dimensions.indices.map { axes.contains($0) ? 1 : x.shape[$0] })
    let squares = ReferenceExecutor.reduce(.sum, x.map { $0 * $0 }, kept)
    let sums = ReferenceExecutor.reduce(.sum, x, kept)
    let count = Double(x.shape.elementCount) / Double(max(kept.elementCount, 1))
    let variances = zip(squares.scalars, sums.scalars).map { square, sum in
      max(square / count - sum * sum / count / count, 0)
    }
    return 1 / ((variances.min() ?? 0) + Double(epsilon)).squareRoot()
  }

  /// The size of the mean in standard deviations.
  private func relativeOffset(_ value: DoubleTensor) -> Double {
    let mean = value.scalars.reduce(0, +) / Double(max(value.scalars.count, 1))
    let spread = rootMeanSquare(value.map { $0 - mean })
    return spread > 0 ? abs(mean) / spread : 1
  }
}

extension Node {
  /// The number of terms that are added up for an element of the result.
  fileprivate func accumulatedCount(_ x: [Shape]) -> Double {
    let count: Int
    switch operation {
    case .dense: count = x[0][1]
    case .denseBackwardData: count = x[0][1]
    case .denseBackwardWeights: count = x[0][0]
    case .convolution: count = x[1].elementCount / max(x[1][0], 1)
    case .convolutionBackwardData: count = x[1].elementCount / max(x[1][1], 1)
    case .convolutionBackwardWeights: count = x[1].elementCount / max(x[1][1], 1)
    case .pooling(let pooling), .poolingBackward(let pooling): count = pooling.window.reduce(1, *)
    case .resampling: count = 4
    case .channelSum, .reduction, .resamplingBackward, .softmax, .logSoftmax, .standardization,
      .standardizationBackward, .scatterAdd:
      count = max(x[0].elementCount, shape.elementCount)
    default: count = 1
    }
    return Double(max(count, 1))
  }
}

/// Random numbers for errors and for drawing graphs, fast and the same everywhere.
///
/// Reference: Steele, Lea, Flood, 2014, "Fast splittable pseudorandom number generators",
/// doi:10.1145/2660193.2660195, figure 17.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  /// A number between -1 and 1.
  mutating func next() -> Double {
    let word: UInt64 = next()
    return Double(Int64(bitPattern: word)) * 0x1p-63
  }
}
