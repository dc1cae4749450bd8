import HourglassGraphs
import HourglassTensors
import Testing

@Suite struct ShapeRuleTests {
  struct Valid: Sendable, CustomStringConvertible {
    let operation: HourglassGraphs.Operation
    let inputs: [Shape]
    let result: Shape

    var description: String { "\(operation.summary) of \(inputs)" }
  }

  private static let same2 = Convolution(rank: 2, padding: 1)
  private static let strided1 = Convolution(rank: 1, stride: 2, padding: 1, dilation: 2)
  private static let uneven = Convolution(
    strides: [2, 1],
    paddingBefore: [1, 0],
    paddingAfter: [0, 3],
    dilations: [1, 2]
  )
  private static let halves = Pooling(
    .maximum,
    window: [3, 2],
    strides: [2, 2],
    paddingBefore: [1, 0],
    paddingAfter: [1, 0]
  )

  static let valid: [Valid] = [
    Valid(operation: .constant(1), inputs: [], result: []),
    Valid(operation: .dense, inputs: [[8, 5], [3, 5]], result: [8, 3]),
    Valid(operation: .dense, inputs: [[8, 5], [3, 5], [3]], result: [8, 3]),
    Valid(operation: .denseBackwardData, inputs: [[8, 3], [3, 5]], result: [8, 5]),
    Valid(operation: .denseBackwardWeights, inputs: [[8, 5], [8, 3]], result: [3, 5]),
    Valid(
      operation: .convolution(same2),
      inputs: [[2, 3, 8, 6], [4, 3, 3, 3], [4]],
      result: [2, 4, 8, 6]
    ),
    // (11 + 2 - 5) / 2 + 1
    Valid(
      operation: .convolution(strided1),
      inputs: [[2, 3, 11], [4, 3, 3]],
      result: [2, 4, 5]
    ),
    // (7 + 1 - 2) / 2 + 1, 5 + 3 - 5 + 1
    Valid(
      operation: .convolution(uneven),
      inputs: [[1, 2, 7, 5], [6, 2, 2, 3]],
      result: [1, 6, 4, 4]
    ),
    Valid(
      operation: .convolutionBackwardData(strided1, spatial: [12]),
      inputs: [[2, 4, 5], [4, 3, 3]],
      result: [2, 3, 12]
    ),
    Valid(
      operation: .convolutionBackwardWeights(same2, kernel: [3, 3]),
      inputs: [[2, 3, 8, 6], [2, 4, 8, 6]],
      result: [4, 3, 3, 3]
    ),
    Valid(operation: .channelSum, inputs: [[2, 3, 8, 6]], result: [3]),
    Valid(operation: .pooling(halves), inputs: [[2, 3, 7, 6]], result: [2, 3, 4, 3]),
    Valid(
      operation: .poolingBackward(halves),
      inputs: [[2, 3, 7, 6], [2, 3, 4, 3], [2, 3, 4, 3]],
      result: [2, 3, 7, 6]
    ),
    Valid(
      operation: .resampling(.linear, spatial: [9, 4]),
      inputs: [[2, 3, 8, 6]],
      result: [2, 3, 9, 4]
    ),
    Valid(
      operation: .resamplingBackward(.nearest, spatial: [3]),
      inputs: [[2, 3, 8]],
      result: [2, 3, 3]
    ),
    Valid(
      operation: .standardization(axes: [0, 2, 3], epsilon: 1e-5),
      inputs: [[2, 3, 8, 6]],
      result: [2, 3, 8, 6]
    ),
    Valid(
      operation: .standardizationBackward(axes: [1], epsilon: 1e-5),
      inputs: [[2, 3], [2, 3], [2, 3]],
      result: [2, 3]
    ),
    Valid(operation: .softmax(axis: 1), inputs: [[2, 3, 4]], result: [2, 3, 4]),
    Valid(operation: .logSoftmax(axis: 0), inputs: [[4]], result: [4]),
    Valid(
      operation: .concatenation(axis: 1),
      inputs: [[2, 3, 4], [2, 1, 4], [2, 2, 4]],
      result: [2, 6, 4]
    ),
    Valid(operation: .slice(axis: 1, start: 1, count: 2), inputs: [[2, 3]], result: [2, 2]),
    Valid(operation: .padding(axis: 0, before: 1, after: 2), inputs: [[2, 3]], result: [5, 3]),
    Valid(operation: .reshape([3, 2]), inputs: [[6]], result: [3, 2]),
    Valid(operation: .broadcast([4, 2, 3]), inputs: [[2, 1]], result: [4, 2, 3]),
    Valid(operation: .unary(.tanh), inputs: [[2, 3]], result: [2, 3]),
    Valid(operation: .unaryBackward(.tanh), inputs: [[2, 3], [2, 3]], result: [2, 3]),
    Valid(operation: .binary(.add), inputs: [[4, 1, 3], [2, 1]], result: [4, 2, 3]),
    Valid(operation: .stopGradient, inputs: [[2, 3]], result: [2, 3]),
    Valid(operation: .reduction(.sum, axes: [0, 2]), inputs: [[2, 3, 4]], result: [1, 3, 1]),
    Valid(operation: .gather, inputs: [[10, 4], [7]], result: [7, 4]),
    Valid(operation: .scatterAdd(rows: 10), inputs: [[7, 4], [7]], result: [10, 4]),
  ]

  @Test(arguments: valid)
  func resultHasTheShape(_ valid: Valid) throws {
    #expect(try valid.operation.resultShape(of: valid.inputs) == valid.result)
  }

  @Test func everyOperationButLeavesHasAValidCase() {
    let covered = Set(Self.valid.map(\.operation.kind))
    let missing = Operation.Kind.allCases.filter { !covered.contains($0) }
    #expect(missing == [.input, .variable, .random], "these have the shape that they are given")
  }

  struct Invalid: Sendable, CustomStringConvertible {
    let operation: HourglassGraphs.Operation
    let inputs: [Shape]
    let expected: String
    let found: String

    init(
      _ operation: HourglassGraphs.Operation,
      _ inputs: [Shape],
      _ expected: String,
      _ found: String? = nil
    ) {
      self.operation = operation
      self.inputs = inputs
      self.expected = expected
      self.found = found ?? inputs.map(\.description).joined(separator: " and ")
    }

    var description: String { "\(operation.summary) of \(inputs)" }
  }

  static let invalid: [Invalid] = [
    // Numbers of inputs.
    Invalid(.dense, [[2, 3]], "2 or 3 inputs", "1 input"),
    Invalid(.constant(1), [[]], "0 inputs", "1 input"),
    Invalid(.unary(.relu), [], "1 input", "0 inputs"),
    Invalid(.binary(.add), [[], [], []], "2 inputs", "3 inputs"),
    Invalid(.concatenation(axis: 0), [], "1 or more inputs", "0 inputs"),
    // Dense.
    Invalid(.dense, [[2, 3, 4], [5, 4]], "two matrices"),
    Invalid(.dense, [[2, 3], [5, 4]], "x [N, I] and weights [O, I]"),
    Invalid(.dense, [[2, 4], [5, 4], [4]], "a bias [5]"),
    Invalid(.denseBackwardData, [[2, 4], [5, 4]], "dy [N, O] and weights [O, I]"),
    Invalid(.denseBackwardWeights, [[2, 4], [3, 4]], "x [N, I] and dy [N, O]"),
    // Convolution.
    Invalid(
      .convolution(same2),
      [[2, 3, 8], [4, 3, 3]],
      "x [N, C, …] and weights [O, C, …] with 2 dimensions of space"
    ),
    Invalid(
      .convolution(same2),
      [[2, 3, 8, 8], [4, 2, 3, 3]],
      "x [N, C, …] and weights [O, C, …] with 2 dimensions of space"
    ),
    Invalid(
      .convolution(Convolution(rank: 3)),
      [[2, 3, 8, 8, 8], [4, 3, 3, 3, 3]],
      "x [N, C, …] and weights [O, C, …] with 3 dimensions of space"
    ),
    Invalid(
      .convolution(Convolution(rank: 1, stride: 0)),
      [[2, 3, 8], [4, 3, 3]],
      "positive strides and dilations, no negative padding"
    ),
    Invalid(
      .convolution(Convolution(rank: 1, padding: -1)),
      [[2, 3, 8], [4, 3, 3]],
      "positive strides and dilations, no negative padding"
    ),
    Invalid(
      .convolution(Convolution(rank: 1)),
      [[2, 3, 8], [4, 3, 0]],
      "a kernel of positive extents"
    ),
    Invalid(
      .convolution(Convolution(rank: 1)),
      [[2, 3, 2], [4, 3, 3]],
      "a kernel that fits the padded input"
    ),
    Invalid(.convolution(same2), [[2, 3, 8, 8], [4, 3, 3, 3], [3]], "a bias [4]"),
    Invalid(
      .convolutionBackwardData(same2, spatial: [8, 8]),
      [[2, 4, 8], [4, 3, 3, 3]],
      "dy and weights of one rank"
    ),
    Invalid(
      .convolutionBackwardData(same2, spatial: []),
      [[4], [4]],
      "dy and weights of one rank"
    ),
    Invalid(
      .convolutionBackwardData(same2, spatial: [8, -1]),
      [[2, 4, 8, 8], [4, 3, 3, 3]],
      "positive extents in space, [8, -1]"
    ),
    Invalid(
      .convolutionBackwardData(same2, spatial: [8, 9]),
      [[2, 4, 8, 8], [4, 3, 3, 3]],
      "dy [2, 4, 8, 9]"
    ),
    Invalid(
      .convolutionBackwardWeights(same2, kernel: [3, 3]),
      [[2, 3], [2, 4]],
      "x and dy of one rank"
    ),
    Invalid(
      .convolutionBackwardWeights(same2, kernel: [3, 0]),
      [[2, 3, 8, 8], [2, 4, 8, 8]],
      "a kernel of positive extents, [3, 0]"
    ),
    Invalid(
      .convolutionBackwardWeights(same2, kernel: [3, 5]),
      [[2, 3, 8, 8], [2, 4, 8, 8]],
      "dy [2, 4, 8, 6]"
    ),
    Invalid(.channelSum, [[3]], "[N, C, …]"),
    // Space.
    Invalid(
      .pooling(halves),
      [[2, 3, 7]],
      "[N, C, …] with 2 dimensions of space and padding below the window"
    ),
    Invalid(.pooling(halves), [[2, 3, 7, 1]], "a window that fits the padded input"),
    Invalid(
      .pooling(
        Pooling(.average, window: [2], strides: [2], paddingBefore: [2], paddingAfter: [0])
      ),
      [[2, 3, 7]],
      "[N, C, …] with 1 dimensions of space and padding below the window"
    ),
    Invalid(
      .poolingBackward(halves),
      [[2, 3, 7, 6], [2, 3, 4, 3], [2, 3, 7, 6]],
      "y and dy of [2, 3, 4, 3]"
    ),
    Invalid(
      .resampling(.linear, spatial: [4]),
      [[2, 3, 8, 8]],
      "[N, C, …] with 1 positive dimensions of space"
    ),
    Invalid(
      .resampling(.linear, spatial: [4, 0]),
      [[2, 3, 8, 8]],
      "[N, C, …] with 2 positive dimensions of space"
    ),
    // Normalization.
    Invalid(
      .standardization(axes: [1], epsilon: 0),
      [[2, 3, 4]],
      "axes that leave neighboring axes, [1]"
    ),
    Invalid(
      .standardization(axes: [0, 1], epsilon: 0),
      [[2, 3]],
      "axes that leave neighboring axes, [0, 1]"
    ),
    Invalid(
      .standardization(axes: [2], epsilon: 0),
      [[2, 3]],
      "axes that leave neighboring axes, [2]"
    ),
    Invalid(
      .standardizationBackward(axes: [0], epsilon: 0),
      [[2, 3], [2, 3], [3, 2]],
      "three equal shapes"
    ),
    Invalid(.softmax(axis: 2), [[2, 3]], "an axis below the rank, 2"),
    Invalid(.logSoftmax(axis: -1), [[2, 3]], "an axis below the rank, -1"),
    // Form.
    Invalid(.concatenation(axis: 1), [[2, 3], [3, 3]], "shapes that differ along axis 1 alone"),
    Invalid(.concatenation(axis: 1), [[2, 3], [2]], "shapes that differ along axis 1 alone"),
    Invalid(.concatenation(axis: 2), [[2, 3], [2, 3]], "shapes that differ along axis 2 alone"),
    Invalid(.slice(axis: 1, start: 2, count: 2), [[2, 3]], "a range 2..<4 inside axis 1"),
    Invalid(.slice(axis: 1, start: -1, count: 2), [[2, 3]], "a range -1..<1 inside axis 1"),
    Invalid(
      .padding(axis: 2, before: 0, after: 0),
      [[2, 3]],
      "an axis below the rank and no negative padding"
    ),
    Invalid(
      .padding(axis: 1, before: -1, after: 0),
      [[2, 3]],
      "an axis below the rank and no negative padding"
    ),
    Invalid(.reshape([2, 2]), [[2, 3]], "4 elements for [2, 2]"),
    Invalid(.broadcast([2, 4]), [[2, 3]], "a shape that broadcasts to [2, 4]"),
    Invalid(.broadcast([3]), [[2, 3]], "a shape that broadcasts to [3]"),
    // Elements, reductions, look-up.
    Invalid(.unaryBackward(.tanh), [[2, 3], [3]], "two equal shapes"),
    Invalid(.binary(.add), [[2, 3], [2]], "shapes that broadcast"),
    Invalid(
      .reduction(.sum, axes: [1, 0]),
      [[2, 3]],
      "different axes below the rank in rising order, [1, 0]"
    ),
    Invalid(
      .reduction(.sum, axes: [1, 1]),
      [[2, 3]],
      "different axes below the rank in rising order, [1, 1]"
    ),
    Invalid(
      .reduction(.maximum, axes: [2]),
      [[2, 3]],
      "different axes below the rank in rising order, [2]"
    ),
    Invalid(.gather, [[2, 3], [2, 1]], "a table [V, D] and indices [N]"),
    Invalid(.gather, [[0, 3], [2]], "a table [V, D] and indices [N]"),
    Invalid(.scatterAdd(rows: 4), [[2, 3], [3]], "rows [N, D] and indices [N]"),
    Invalid(.scatterAdd(rows: 0), [[2, 3], [2]], "rows [N, D] and indices [N]"),
  ]

  @Test(arguments: invalid)
  func mistakeIsNamed(_ invalid: Invalid) {
    #expect(throws: ShapeProblem(expected: invalid.expected, found: invalid.found)) {
      try invalid.operation.resultShape(of: invalid.inputs)
    }
  }
}
