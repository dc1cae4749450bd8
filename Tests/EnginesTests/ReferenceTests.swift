import HourglassEngines
import HourglassGraphs
import HourglassTensors
import Testing

/// Forward passes that can be checked by hand, and the executor's conventions.
@Suite struct ReferenceTests {
  private func run(
    _ operation: HourglassGraphs.Operation,
    _ inputs: [(shape: Shape, values: [Double])]
  ) throws -> [Double] {
    let shape = try operation.resultShape(of: inputs.map(\.shape))
    let tensors = inputs.map { DoubleTensor($0.values, shape: $0.shape) }
    let result = ReferenceExecutor.compute(operation, tensors, shape)
    #expect(result.shape == shape)
    return result.scalars
  }

  // MARK: By hand

  @Test func denseAndItsTransposes() throws {
    let x: (Shape, [Double]) = ([2, 3], [1, 2, 3, 4, 5, 6])
    let weights: (Shape, [Double]) = ([2, 3], [1, 0, -1, 2, 1, 0])
    let dy: (Shape, [Double]) = ([2, 2], [1, 2, 3, -1])
    #expect(try run(.dense, [x, weights, ([2], [10, 20])]) == [8, 24, 8, 33])
    #expect(try run(.denseBackwardData, [dy, weights]) == [5, 2, -1, 1, -1, -3])
    #expect(try run(.denseBackwardWeights, [x, dy]) == [13, 17, 21, -2, -1, 0])
  }

  @Test func convolutionIsACrossCorrelation() throws {
    let x: (Shape, [Double]) = ([1, 1, 5], [1, 2, 3, 4, 5])
    let weights: (Shape, [Double]) = ([1, 1, 3], [1, 10, 100])
    let padded = Convolution(rank: 1, padding: 1)
    #expect(try run(.convolution(padded), [x, weights]) == [210, 321, 432, 543, 54])
    let strided = Convolution(rank: 1, stride: 2)
    #expect(try run(.convolution(strided), [x, weights, ([1], [0.5])]) == [321.5, 543.5])
    let dilated = Convolution(rank: 1, dilation: 2)
    #expect(try run(.convolution(dilated), [x, weights]) == [531])
    let uneven = Convolution(strides: [1], paddingBefore: [2], paddingAfter: [0], dilations: [1])
    #expect(try run(.convolution(uneven), [x, weights]) == [100, 210, 321, 432, 543])
  }

  @Test func convolutionOfAPicture() throws {
    let x: (Shape, [Double]) = ([1, 2, 2, 3], [1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60])
    // The first kernel takes x[0, h, w] and x[1, h + 1, w + 1]; the second sums the first channel.
    let weights: (Shape, [Double]) = (
      [2, 2, 2, 2], [1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    )
    let y = try run(.convolution(Convolution(rank: 2)), [x, weights])
    #expect(y == [51, 62, 12, 16])
  }

  @Test func transposesOfAConvolution() throws {
    let geometry = Convolution(rank: 1, stride: 2)
    let weights: (Shape, [Double]) = ([1, 1, 3], [1, 10, 100])
    let dy: (Shape, [Double]) = ([1, 1, 2], [1, 2])
    let data = try run(.convolutionBackwardData(geometry, spatial: [5]), [dy, weights])
    #expect(data == [1, 10, 102, 20, 200])
    // One more element, which no window reaches: the padding of a transposed convolution's output.
    let longer = try run(.convolutionBackwardData(geometry, spatial: [6]), [dy, weights])
    #expect(longer == [1, 10, 102, 20, 200, 0])
    let x: (Shape, [Double]) = ([1, 1, 5], [1, 2, 3, 4, 5])
    #expect(try run(.convolutionBackwardWeights(geometry, kernel: [3]), [x, dy]) == [7, 10, 13])
  }

  @Test func channelSumLeavesChannels() throws {
    #expect(try run(.channelSum, [([2, 2, 2], [1, 2, 3, 4, 10, 20, 30, 40])]) == [33, 77])
    #expect(try run(.channelSum, [([2, 2], [1, 2, 10, 20])]) == [11, 22])
  }

  @Test func averagePoolingLeavesPaddingOutOfTheCount() throws {
    let x: (Shape, [Double]) = ([1, 1, 4], [2, 4, 6, 9])
    func pooling(_ kind: Pooling.Kind) -> Pooling {
      Pooling(kind, window: [3], strides: [2], paddingBefore: [1], paddingAfter: [1])
    }
    #expect(try run(.pooling(pooling(.average)), [x]) == [3, 19.0 / 3])
    #expect(try run(.pooling(pooling(.maximum)), [x]) == [4, 9])
    let y: (Shape, [Double]) = ([1, 1, 2], [0, 0])
    let dy: (Shape, [Double]) = ([1, 1, 2], [2, 3])
    #expect(try run(.poolingBackward(pooling(.average)), [x, y, dy]) == [1, 2, 1, 1])
    #expect(try run(.poolingBackward(pooling(.maximum)), [x, y, dy]) == [0, 2, 0, 3])
  }

  @Test func maximumPoolingOfNegativeNumbersIgnoresPadding() throws {
    let pooling = Pooling(
      .maximum,
      window: [2],
      strides: [2],
      paddingBefore: [1],
      paddingAfter: [1]
    )
    #expect(try run(.pooling(pooling), [([1, 1, 2], [-3, -5])]) == [-3, -5])
  }

  @Test func nearestOfTwoEquallyNearIsTheLater() throws {
    let x: (Shape, [Double]) = ([1, 1, 4], [0, 1, 2, 3])
    // Positions 0.5 and 2.5.
    #expect(try run(.resampling(.nearest, spatial: [2]), [x]) == [1, 3])
    #expect(try run(.resampling(.nearest, spatial: [8]), [x]) == [0, 0, 1, 1, 2, 2, 3, 3])
    #expect(try run(.resampling(.nearest, spatial: [3]), [x]) == [0, 2, 3])
    #expect(try run(.resampling(.nearest, spatial: [1]), [x]) == [2])
  }

  @Test func linearResamplingIsClampedAtTheBorder() throws {
    let x: (Shape, [Double]) = ([1, 1, 2], [0, 8])
    #expect(try run(.resampling(.linear, spatial: [4]), [x]) == [0, 2, 6, 8])
    #expect(try run(.resampling(.linear, spatial: [1]), [x]) == [4])
    #expect(try run(.resampling(.linear, spatial: [2]), [x]) == [0, 8])
    let dy: (Shape, [Double]) = ([1, 1, 4], [1, 2, 3, 4])
    #expect(try run(.resamplingBackward(.linear, spatial: [2]), [dy]) == [3.25, 6.75])
    #expect(try run(.resamplingBackward(.nearest, spatial: [2]), [dy]) == [3, 7])
  }

  @Test func standardizationUsesTheBiasedVariance() throws {
    let y = try run(.standardization(axes: [1], epsilon: 0), [([1, 4], [1, 1, 3, 3])])
    #expect(y == [-1, -1, 1, 1])
  }

  @Test func softmaxOfLargeNumbersIsFinite() throws {
    let x: (Shape, [Double]) = ([2, 2], [1000, 1000, -1000, 0])
    #expect(try run(.softmax(axis: 1), [x]) == [0.5, 0.5, 0, 1])
    #expect(try run(.logSoftmax(axis: 1), [x])[2] == -1000)
  }

  @Test func formOperationsMoveElements() throws {
    let x: (Shape, [Double]) = ([2, 3], [1, 2, 3, 4, 5, 6])
    #expect(try run(.slice(axis: 1, start: 1, count: 2), [x]) == [2, 3, 5, 6])
    #expect(try run(.slice(axis: 0, start: 1, count: 1), [x]) == [4, 5, 6])
    #expect(try run(.padding(axis: 0, before: 1, after: 0), [x]) == [0, 0, 0, 1, 2, 3, 4, 5, 6])
    #expect(try run(.padding(axis: 1, before: 0, after: 1), [x]) == [1, 2, 3, 0, 4, 5, 6, 0])
    #expect(
      try run(.concatenation(axis: 1), [x, ([2, 1], [7, 8]), ([2, 1], [9, 0])])
        == [1, 2, 3, 7, 9, 4, 5, 6, 8, 0]
    )
    #expect(try run(.reshape([3, 2]), [x]) == x.1)
    #expect(try run(.broadcast([2, 2, 2]), [([2, 1], [1, 2])]) == [1, 1, 2, 2, 1, 1, 2, 2])
    #expect(try run(.binary(.subtract), [x, ([2, 1], [1, 10])]) == [0, 1, 2, -6, -5, -4])
  }

  @Test func reductionsKeepTheExtentOne() throws {
    let x: (Shape, [Double]) = ([2, 3], [1, 5, 3, 4, 2, 6])
    #expect(try run(.reduction(.sum, axes: [0]), [x]) == [5, 7, 9])
    #expect(try run(.reduction(.sum, axes: [0, 1]), [x]) == [21])
    #expect(try run(.reduction(.maximum, axes: [1]), [x]) == [5, 6])
  }

  @Test func indicesAreClamped() throws {
    let indices: (Shape, [Double]) = ([5], [2, 0, -4, 7, .nan])
    let table: (Shape, [Double]) = ([3, 1], [10, 20, 30])
    #expect(try run(.gather, [table, indices]) == [30, 10, 10, 30, 10])
    let rows: (Shape, [Double]) = ([5, 1], [1, 2, 3, 4, 5])
    #expect(try run(.scatterAdd(rows: 3), [rows, indices]) == [10, 0, 5])
  }

  // MARK: What is not a number

  @Test(arguments: [
    UnaryFunction.affine(scale: 2, offset: 1), .absolute, .squareRoot, .exponential, .logarithm,
    .reciprocal, .square, .sign, .floor, .relu, .leakyRelu(slope: 0.1), .elu(alpha: 1), .gelu,
    .silu, .tanh,
    .logistic, .softplus, .clip(lower: -1, upper: 1),
  ])
  func functionsPassOnWhatIsNotANumber(_ function: UnaryFunction) throws {
    #expect(try run(.unary(function), [([1], [.nan])])[0].isNaN)
  }

  @Test func maximaPassOnWhatIsNotANumber() throws {
    for values in [[.nan, 1], [1, .nan]] as [[Double]] {
      let (a, b): ((Shape, [Double]), (Shape, [Double])) = (([1], [values[0]]), ([1], [values[1]]))
      #expect(try run(.binary(.maximum), [a, b])[0].isNaN)
      #expect(try run(.binary(.minimum), [a, b])[0].isNaN)
      #expect(try run(.binary(.greater), [a, b]) == [0])
      #expect(try run(.binary(.equal), [a, b]) == [0])
      #expect(try run(.reduction(.maximum, axes: [0]), [([2], values)])[0].isNaN)
      let pooling = Pooling(
        .maximum,
        window: [2],
        strides: [1],
        paddingBefore: [0],
        paddingAfter: [0]
      )
      #expect(try run(.pooling(pooling), [([1, 1, 2], values)])[0].isNaN)
      #expect(try run(.softmax(axis: 0), [([2], values)]).allSatisfy(\.isNaN))
    }
  }

  @Test func functionsKeepTheirPrecisionFarOut() throws {
    let x: (Shape, [Double]) = ([2], [-800, 800])
    #expect(try run(.unary(.softplus), [x]) == [0, 800])
    #expect(try run(.unary(.logistic), [x]) == [0, 1])
    #expect(try run(.unary(.silu), [x]) == [0, 800])
    #expect(try run(.unary(.gelu), [x]) == [0, 800])
    #expect(try run(.unary(.elu(alpha: 1)), [x]) == [-1, 800])
    #expect(try abs(run(.unary(.softplus), [([1], [-40])])[0] / 4.248354255291589e-18 - 1) < 1e-12)
  }
}
