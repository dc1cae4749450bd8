import HourglassGraphs
import HourglassTensors

@testable import HourglassEngines

/// A graph drawn at random from the builder's vocabulary, with gradients, updates and results.
///
/// Each node is computed while the graph grows, so that numbers stay of a size at which single
/// precision means something: what grows is scaled down, and functions that are not defined
/// everywhere get arguments at which they are.
struct RandomGraph {
  let graph: Graph
  /// The values of the inputs at each step.
  let steps: [[String: Tensor]]

  init(seed: UInt64) throws {
    var maker = RandomGraphMaker(seed: seed)
    maker.makeLeaves()
    for _ in 0..<Int.random(in: 4...14, using: &maker.random) { maker.grow() }
    maker.finish()
    let inputs = maker.inputs
    graph = try maker.builder.finish()
    var generator = SeededGenerator(seed: seed)
    steps = (0..<3).map { step in
      inputs.reduce(into: [:]) { values, input in
        let scalars: [Float] = (0..<input.shape.elementCount).map { _ in
          switch input.name {
          case "step": Float(step + 1)
          case _ where input.name.hasPrefix("index"): Float(Int(9 * generator.nextUniform()) - 1)
          default: generator.nextNormal()
          }
        }
        values[input.name] = Tensor(scalars, shape: input.shape)
      }
    }
  }
}

/// What a random graph is made with.
struct RandomGraphMaker {
  var builder = GraphBuilder()
  var random: SplitMix
  private(set) var inputs: [(name: String, shape: Shape)] = []
  /// Nodes that may be read by those to come.
  var pool: [NodeID] = []
  private var values: [DoubleTensor?] = []
  private var names = 0

  private static let extents = [1, 2, 3, 5, 6, 7, 8]
  private static let channels = [1, 3, 5, 8, 12, 16, 20]
  private static let mostElements = 2500

  init(seed: UInt64) {
    random = SplitMix(state: seed)
  }

  // MARK: Choice

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &random)]
  }

  mutating func flip(_ probability: Double = 0.5) -> Bool {
    Double.random(in: 0..<1, using: &random) < probability
  }

  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// A node of the pool, rather a late one, of some ranks.
  mutating func node(ranks: ClosedRange<Int> = 0...5) -> NodeID? {
    let fitting = pool.filter { ranks.contains(shape($0).rank) }
    guard !fitting.isEmpty else { return nil }
    let late = fitting.suffix(4)
    return flip(0.7) ? pick(Array(late)) : pick(fitting)
  }

  func shape(_ node: NodeID) -> Shape { builder.shape(of: node) }

  mutating func shape(rank: Int) -> Shape {
    var dimensions = [pick([1, 2, 3, 6, 7])]
    if rank > 1 { dimensions.append(pick(Self.channels)) }
    for _ in 2..<max(rank, 2) { dimensions.append(pick(3...7)) }
    return Shape(Array(dimensions.prefix(rank)))
  }

  private mutating func name(_ purpose: String) -> String {
    names += 1
    return "\(purpose)\(names)"
  }

  mutating func input(_ shape: Shape, named purpose: String = "x") -> NodeID {
    let name = purpose == "step" ? purpose : name(purpose)
    inputs.append((name, shape))
    return builder.input(name, shape)
  }

  mutating func parameter(_ shape: Shape) -> NodeID {
    let terms = max(shape.elementCount / max(shape.rank > 0 ? shape[0] : 1, 1), 1)
    let deviation = 1 / Float(terms).squareRoot()
    return builder.parameter(name("p"), shape, .normal(standardDeviation: deviation))
  }

  // MARK: Growth

  mutating func makeLeaves() {
    for _ in 0..<pick(1...2) { pool.append(input(shape(rank: pick(2...4)))) }
    if flip() { pool.append(parameter(shape(rank: pick(1...4)))) }
    evaluate()
  }

  /// Adds a function of nodes of the pool, scaled to moderate numbers.
  mutating func grow() {
    guard let made = makeOperation(), made != builder.failed else { return }
    evaluate()
    guard let value = values[made.index], value.scalars.allSatisfy(\.isFinite),
      value.shape.elementCount <= Self.mostElements
    else { return }
    let largest = value.scalars.reduce(0) { max($0, abs($1)) }
    if largest > 4 {
      pool.append(builder.affine(made, scale: 0x1p-2 / Float(largest).rounded(.up)))
      evaluate()
    } else {
      pool.append(made)
    }
  }

  /// Computes the nodes that have been added, at normal inputs.
  private mutating func evaluate() {
    var generator = SeededGenerator(seed: 7)
    for index in values.count..<builder.count {
      guard let node = builder.node(NodeID(index: index)) else { continue }
      switch node.operation {
      case .input, .variable, .random:
        values.append(
          DoubleTensor(
            (0..<node.shape.elementCount).map { _ in Double(generator.nextNormal()) },
            shape: node.shape
          )
        )
      case .constant(let value):
        values.append(DoubleTensor(repeating: Double(value), shape: node.shape))
      default:
        let operands = node.inputs.compactMap { values[$0.index] }
        values.append(ReferenceExecutor.compute(node.operation, operands, node.shape))
      }
    }
  }

  // MARK: Loss, updates and results

  mutating func finish() {
    let ends = Set(pool.suffix(3) + (flip() ? [pick(pool)] : []))
    let losses = ends.sorted { $0.index < $1.index }.map { end in
      builder.mean(builder.apply(.square, end))
    }
    let loss = losses.dropFirst().reduce(losses[0]) { builder.sum($0, $1) }
    builder.output("loss", loss)
    for index in 0..<pick(0...4) { builder.output("result\(index)", pick(pool)) }
    let parameters = builder.parameters
    let wanted = parameters + pool.prefix(1)
    let gradients = builder.gradients(of: loss, withRespectTo: wanted)
    builder.output("gradient of input", gradients[wanted.count - 1])
    let scale: NodeID? =
      flip(0.3) && !parameters.isEmpty
      ? builder.clippingScale(Array(gradients.dropLast()), limit: 0.1) : nil
    let step = input(.scalar, named: "step")
    for (parameter, gradient) in zip(parameters, gradients) {
      if flip(0.3) { builder.output(name("gradient"), gradient) }
      if flip(0.2) { builder.output(name("parameter"), parameter) }
      addUpdate(parameter, gradient, scale, step)
    }
  }

  private mutating func addUpdate(
    _ parameter: NodeID,
    _ gradient: NodeID,
    _ scale: NodeID?,
    _ step: NodeID
  ) {
    let shape = shape(parameter)
    let rate = builder.constant(0.05)
    switch pick(0...5) {
    case 0: return
    case 1, 2:
      let moments = (builder.state(name("m"), shape), builder.state(name("v"), shape))
      builder.update(
        .adam(
          Update.Adam(
            parameter: parameter,
            gradient: gradient,
            moments: moments,
            learningRate: rate,
            step: step,
            gradientScale: scale,
            epsilon: 0.01,
            weightDecay: flip(0.3) ? 0.1 : 0
          )
        )
      )
    default:
      let hasVelocity = flip()
      builder.update(
        .gradientDescent(
          Update.GradientDescent(
            parameter: parameter,
            gradient: gradient,
            learningRate: rate,
            velocity: hasVelocity ? builder.state(name("s"), shape) : nil,
            gradientScale: scale,
            momentum: hasVelocity ? 0.9 : 0,
            isNesterov: hasVelocity && flip(),
            weightDecay: flip(0.3) ? 0.1 : 0
          )
        )
      )
    }
    if flip(0.3) {
      let average = builder.state(name("average"), shape, .normal(standardDeviation: 1))
      builder.update(.movingAverage(average: average, source: parameter, decay: 0.9))
    }
    if flip(0.2) {
      let copy = builder.state(name("copy"), shape)
      let value = flip() ? builder.stopGradient(parameter) : builder.affine(parameter, scale: 2)
      builder.update(.assignment(variable: copy, value: flip() ? value : parameter))
    }
  }
}
