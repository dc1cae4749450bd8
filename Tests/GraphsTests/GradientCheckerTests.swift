import HourglassGraphs
import HourglassTensors
import HourglassTestSupport
import Testing

/// A checker that never failed proves nothing: wrong rules are planted, and it must catch them.
@Suite struct GradientCheckerTests {
  /// A mistake that may be made in every rule.
  enum Mistake: String, CaseIterable {
    case wrongSign, missingFactor, nearlyRight, noGradient, movedByOne

    /// The wrong gradient for a right one; `nil` where the mistake changes nothing.
    func apply(_ builder: inout GraphBuilder, _ gradient: NodeID) -> NodeID? {
      switch self {
      case .wrongSign: return builder.affine(gradient, scale: -1)
      case .missingFactor: return builder.affine(gradient, scale: 0.5)
      case .nearlyRight: return builder.affine(gradient, scale: 1.0001)
      case .noGradient: return nil
      case .movedByOne:
        let shape = builder.shape(of: gradient)
        let flat = builder.reshape(gradient, [shape.elementCount])
        let first = builder.slice(flat, axis: 0, 0..<1)
        let rest = builder.slice(flat, axis: 0, 1..<shape.elementCount)
        return builder.reshape(builder.concatenation([rest, first], axis: 0), shape)
      }
    }
  }

  /// Operations whose gradient is zero, so that a factor changes nothing.
  static let flat: Set<HourglassGraphs.Operation> = [
    .unary(.sign), .unary(.floor), .binary(.greater), .binary(.equal),
  ]

  @Test(arguments: GradientCase.all, Mistake.allCases)
  func everyMistakeInEveryRuleIsCaught(_ gradientCase: GradientCase, _ mistake: Mistake) throws {
    let operation = try GradientChecker(gradientCase).operation
    guard !Self.flat.contains(operation) else { return }
    var hasPlanted = false
    let wrong = try GradientChecker(gradientCase) { builder, node, upstream, needed in
      var parts = GraphBuilder.standardRule(&builder, node, upstream, needed)
      guard builder.node(node)?.operation == operation, !hasPlanted,
        let index = parts.lastIndex(where: { $0 != nil }), let right = parts[index],
        mistake != .movedByOne || Self.canMove(builder, gradientOf: node, upstream, right)
      else { return parts }
      parts[index] = mistake.apply(&builder, right)
      hasPlanted = true
      return parts
    }
    guard hasPlanted else {
      #expect(mistake == .movedByOne, "\(gradientCase) has a gradient to spoil")
      return
    }
    #expect(wrong.catchesAMistake(), "\(gradientCase): \(mistake) goes unnoticed")
  }

  /// Whether moving the elements by one gives another gradient: not where there is one element, nor
  /// where it is summed or spread evenly afterwards.
  private static func canMove(
    _ builder: GraphBuilder,
    gradientOf node: NodeID,
    _ upstream: NodeID,
    _ gradient: NodeID
  ) -> Bool {
    guard builder.shape(of: gradient).elementCount > 1 else { return false }
    switch builder.node(node)?.operation {
    case .reduction(.sum, let axes): return axes.count < builder.shape(of: gradient).rank
    case .broadcast: return false
    case .binary:
      let shapes = builder.node(node)?.inputs.map { builder.shape(of: $0) }
      return shapes?.allSatisfy { $0 == builder.shape(of: gradient) } ?? false
    default: return true
    }
  }

  @Test(arguments: WrongRule.all)
  func typicalMistakesAreCaught(_ wrong: WrongRule) throws {
    let gradientCase = try #require(GradientCase.all.first { $0.name == wrong.caseName })
    #expect(try !GradientChecker(gradientCase).catchesAMistake())
    let operation = try GradientChecker(gradientCase).operation
    let checker = try GradientChecker(gradientCase) { builder, node, upstream, needed in
      guard let found = builder.node(node), found.operation == operation else {
        return GraphBuilder.standardRule(&builder, node, upstream, needed)
      }
      return wrong.rule(&builder, found.inputs, node, upstream)
    }
    #expect(checker.catchesAMistake(), "\(wrong) goes unnoticed")
  }
}

/// A mistake that is easily made in the rule of one operation.
struct WrongRule: CustomStringConvertible, Sendable {
  let description: String
  let caseName: String
  let rule: @Sendable (inout GraphBuilder, [NodeID], NodeID, NodeID) -> [NodeID?]

  init(
    _ description: String,
    in caseName: String,
    _ rule: @escaping @Sendable (inout GraphBuilder, [NodeID], NodeID, NodeID) -> [NodeID?]
  ) {
    self.description = description
    self.caseName = caseName
    self.rule = rule
  }

  static let all: [WrongRule] = [
    WrongRule("the gradient of weights is transposed", in: "dense, square") { builder, x, _, g in
      [
        builder.add(.denseBackwardData, [g, x[1]]),
        builder.add(.denseBackwardWeights, [g, x[0]]),
      ]
    },
    WrongRule("the weights are transposed", in: "dense, square") { builder, x, _, g in
      [builder.dense(g, x[1]), builder.add(.denseBackwardWeights, [x[0], g])]
    },
    WrongRule(
      "the kernel is not mirrored",
      in: "convolution 2-D as many channels and extents"
    ) { builder, x, _, g in
      let geometry = Convolution(rank: 2, padding: 1)
      return [
        builder.convolution(g, x[1], geometry),
        builder.add(.convolutionBackwardWeights(geometry, kernel: [3, 3]), [x[0], g]),
      ]
    },
    WrongRule("the second term keeps its sign", in: "binary subtract of [2, 3] and [2, 3]") {
      _,
      _,
      _,
      g in [g, g]
    },
    WrongRule("each factor gets itself", in: "binary multiply of [2, 3] and [2, 3]") {
      builder,
      x,
      _,
      g in [builder.product(g, x[0]), builder.product(g, x[1])]
    },
    WrongRule("the divisor is not squared", in: "binary divide of [2, 3] and [2, 3]") {
      builder,
      x,
      y,
      g in
      [builder.quotient(g, x[1]), builder.affine(builder.product(g, y), scale: -1)]
    },
    WrongRule("both operands take the gradient", in: "binary maximum of [2, 3] and [2, 3]") {
      _,
      _,
      _,
      g in [g, g]
    },
    WrongRule("1 - y instead of 1 - y²", in: "unary tanh") { builder, _, y, g in
      [builder.product(g, builder.affine(y, scale: -1, offset: 1))]
    },
    WrongRule("the sum of softmax is forgotten", in: "softmax of [3, 4] axis 1") {
      builder,
      _,
      y,
      g in [builder.product(g, y)]
    },
    WrongRule("the sum of log softmax is a mean", in: "log softmax of [3, 4] axis 1") {
      builder,
      _,
      y,
      g in
      let mean = builder.mean(g, axes: [1], keepsDimensions: true)
      return [builder.difference(g, builder.product(builder.apply(.exponential, y), mean))]
    },
    WrongRule("the gradient is standardized itself", in: "standardization, layer of rows") {
      builder,
      _,
      _,
      g in [builder.standardization(g, axes: [1])]
    },
    WrongRule("the wrong axes are standardized", in: "standardization, layer of rows") {
      builder,
      x,
      y,
      g in
      [builder.add(.standardizationBackward(axes: [0], epsilon: 1e-5), [x[0], y, g])]
    },
    WrongRule("the maximum is taken for an average", in: "maximum pooling 2-D") {
      builder,
      x,
      y,
      g in
      let pooling = Pooling.ofPairs(.average)
      return [builder.add(.poolingBackward(pooling), [x[0], y, g])]
    },
    WrongRule("the nearest instead of linear", in: "linear resampling [2, 3] to [4, 6]") {
      builder,
      _,
      _,
      g in [builder.add(.resamplingBackward(.nearest, spatial: [2, 3]), [g])]
    },
    WrongRule("before and after are swapped", in: "slice") { builder, _, _, g in
      [builder.padding(g, axis: 1, before: 2, after: 1)]
    },
    WrongRule("the parts are in reverse order", in: "concatenation of three, equal") {
      builder,
      _,
      _,
      g in
      [4..<6, 2..<4, 0..<2].map { builder.slice(g, axis: 0, $0) }
    },
    WrongRule("every element takes the gradient", in: "maximum over [1]") { builder, x, _, g in
      [builder.broadcast(g, to: builder.shape(of: x[0]))]
    },
    WrongRule("repeated indices are not added", in: "gather with repeated indices") {
      builder,
      _,
      _,
      g in [builder.slice(g, axis: 0, 0..<4), nil]
    },
  ]
}
