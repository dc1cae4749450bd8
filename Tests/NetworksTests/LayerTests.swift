import HourglassGraphs
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct LayerTests {
  @Test func denseNamesItsParametersBelowTheScope() throws {
    let chain = Sequential([Dense(5, activation: .relu), Dense(2, includesBias: false)])
    let (graph, shape) = try built([7, 3]) { builder, x in
      builder.scoped("encoder") { chain(x, in: &$0) }
    }
    #expect(shape == [7, 2])
    #expect(
      graph.parameterList == [
        "encoder.0.weight [5, 3]", "encoder.0.bias [5]", "encoder.1.weight [2, 5]",
      ]
    )
  }

  @Test(arguments: [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)])
  func samePaddingGivesTheCeilingOfTheQuotient(stride: Int, dilation: Int) throws {
    for kernel in 1...5 {
      for extent in [1, 2, 7, 8, 31] {
        let layer = ConvolutionLayer(
          rank: 1,
          4,
          kernelSize: kernel,
          stride: stride,
          padding: .same,
          dilation: dilation
        )
        let (graph, shape) = try built([2, 3, extent]) { layer($1, in: &$0) }
        #expect(shape == [2, 4, (extent + stride - 1) / stride])
        #expect(graph.parameterList == ["weight [4, 3, \(kernel)]", "bias [4]"])
        let transposed = ConvolutionLayer(
          isTransposed: true,
          rank: 1,
          4,
          kernelSize: kernel,
          stride: stride,
          padding: .same,
          dilation: dilation
        )
        let (other, back) = try built([2, 3, extent]) { transposed($1, in: &$0) }
        #expect(back == [2, 4, extent * stride])
        #expect(other.parameterList == ["weight [3, 4, \(kernel)]", "bias [4]"])
      }
    }
  }

  @Test func convolutionsInTwoDimensions() throws {
    let down = ConvolutionLayer(rank: 2, 6, kernelSize: 3, stride: 2, padding: .explicit(1))
    let (graph, shape) = try built([2, 3, 27, 31]) { down($1, in: &$0) }
    #expect(shape == [2, 6, 14, 16])
    #expect(graph.parameterList == ["weight [6, 3, 3, 3]", "bias [6]"])
    let up = ConvolutionLayer(
      isTransposed: true,
      rank: 2,
      5,
      kernelSize: 3,
      stride: 2,
      padding: .explicit(1),
      outputPadding: 1,
      activation: .tanh
    )
    let (other, back) = try built([2, 6, 14, 16]) { up($1, in: &$0) }
    #expect(back == [2, 5, 28, 32])
    #expect(other.parameterList == ["weight [6, 5, 3, 3]", "bias [5]"])
  }

  /// A transposed convolution is the adjoint of the convolution: ⟨conv x, y⟩ = ⟨x, transposed y⟩.
  @Test func transposedConvolutionIsTheAdjoint() throws {
    let weight = normal([4, 3, 3], seed: 8)
    let x = normal([2, 3, 9], seed: 9)
    let y = normal([2, 4, 5], seed: 10)
    let down = ConvolutionLayer(
      rank: 1,
      4,
      kernelSize: 3,
      stride: 2,
      padding: .explicit(1),
      includesBias: false
    )
    let up = ConvolutionLayer(
      isTransposed: true,
      rank: 1,
      3,
      kernelSize: 3,
      stride: 2,
      padding: .explicit(1),
      includesBias: false
    )
    let forward = try evaluate([x], variables: ["weight": weight]) { [down($1[0], in: &$0)] }[0]
    let back = try evaluate([y], variables: ["weight": weight]) { [up($1[0], in: &$0)] }[0]
    #expect(back.shape == x.shape)
    let left = zip(forward.doubles, y.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    let right = zip(x.doubles, back.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(near(left, right))
  }

  @Test func poolingUpsamplingAndForm() throws {
    #expect(
      try built([2, 3, 8, 6]) { PoolingLayer(.maximum, 2)($1, in: &$0) }.result == [2, 3, 4, 3]
    )
    #expect(
      try built([2, 3, 8]) { PoolingLayer(.average, 3, stride: 2)($1, in: &$0) }.result == [
        2, 3, 3,
      ]
    )
    #expect(try built([2, 3, 8]) { Upsampling(.factor(3))($1, in: &$0) }.result == [2, 3, 24])
    #expect(
      try built([2, 3, 8, 6]) {
        Upsampling(.extents([27, 31]), interpolation: .linear)($1, in: &$0)
      }.result == [2, 3, 27, 31]
    )
    #expect(try built([2, 3, 8]) { Flatten()($1, in: &$0) }.result == [2, 24])
    #expect(try built([2, 24]) { Reshape([4, 3, 2])($1, in: &$0) }.result == [2, 4, 3, 2])
  }

  @Test func dropoutKeepsTheMeanAndIsTheIdentityAtInference() throws {
    let x = Tensor(repeating: 2, shape: [100, 100])
    let dropped = try evaluate([x]) { [Dropout(rate: 0.25, mode: .training)($1[0], in: &$0)] }[0]
    let zeros = dropped.scalars.count { $0 == 0 }
    #expect(abs(Double(zeros) / 10_000 - 0.25) < 0.02)
    #expect(dropped.scalars.allSatisfy { $0 == 0 || abs($0 - 2 / 0.75) < 1e-5 })
    let (graph, _) = try built([4, 4]) { Dropout(rate: 0.25, mode: .inference)($1, in: &$0) }
    #expect(graph.nodes.count == 1)
  }

  @Test func activationsHaveTheirFormulas() throws {
    let x = Tensor([-2, -0.5, 0.5, 2], shape: [4])
    let cases: [(Activation, [Double])] = [
      (.identity, [-2, -0.5, 0.5, 2]), (.relu, [0, 0, 0.5, 2]),
      (.leakyRelu(slope: 0.1), [-0.2, -0.05, 0.5, 2]),
      (.elu(alpha: 1), [-0.864_664_72, -0.393_469_34, 0.5, 2]),
      (.gelu, [-0.045_500_26, -0.154_268_77, 0.345_731_23, 1.954_499_74]),
      (.silu, [-0.238_405_84, -0.188_770_33, 0.311_229_67, 1.761_594_16]),
      (.tanh, [-0.964_027_58, -0.462_117_16, 0.462_117_16, 0.964_027_58]),
      (.logistic, [0.119_202_92, 0.377_540_67, 0.622_459_33, 0.880_797_08]),
      (.softplus, [0.126_928_01, 0.474_076_98, 0.974_076_98, 2.126_928_01]),
    ]
    for (activation, expected) in cases {
      let y = try evaluate([x]) { [activation($1[0], in: &$0)] }[0].doubles
      #expect(zip(y, expected).allSatisfy { near($0, $1, 1e-6) }, "\(activation): \(y)")
    }
  }

  @Test func mistakesAreKeptAndNeverTrap() {
    let wrong: [(Shape, any Layer)] = [
      ([2, 3, 4], Dense(5)), ([2, 3], Dense(0)), ([2, 3], Dense(.max)), ([], Dense(3)),
      ([2, 3], ConvolutionLayer(rank: 1, 4, kernelSize: 3)),
      ([2, 3, 8], ConvolutionLayer(rank: 2, 4, kernelSize: 3)),
      ([2, 3, 8], ConvolutionLayer(rank: 1, 4, kernelSize: 0)),
      ([2, 3, 8], ConvolutionLayer(rank: 1, -1, kernelSize: 3)),
      ([2, 3, 8], ConvolutionLayer(rank: 1, 4, kernelSize: 3, padding: .explicit(-1))),
      (
        [2, 3, 8],
        ConvolutionLayer(rank: 1, 4, kernelSize: 3, padding: .asymmetric(before: [], after: []))
      ),
      (
        [2, 3, 8],
        ConvolutionLayer(isTransposed: true, rank: 1, 4, kernelSize: 1, padding: .explicit(9))
      ),
      ([2, 3], PoolingLayer(.maximum, 2)), ([2, 3, 4], PoolingLayer(.maximum, -2)),
      ([2, 3, 4], PoolingLayer(.maximum, 9)),
      ([2, 3, 4], Upsampling(.factor(0))), ([2, 7], GroupNormalization(groups: 2)),
      ([2, 7], GroupNormalization(groups: 0)), ([1, 7], BatchNormalization(mode: .training)),
      ([2], BatchNormalization(mode: .inference)), ([2, 3], Dropout(rate: 1, mode: .training)),
      ([2, 3], Reshape([4])), ([2, 3], Reshape([-6])), ([], Reshape([1])),
    ]
    for (shape, layer) in wrong {
      #expect(throws: GraphError.self, "\(layer)") {
        try built(shape) { builder, x in
          Sequential([layer, Dense(2), LayerNormalization(), Flatten()])(x, in: &builder)
        }
      }
    }
  }

  @Test func sequencesAreEqualByTheirLayers() {
    let one = Sequential([Dense(3), Flatten()])
    #expect(one == Sequential([Dense(3), Flatten()]))
    #expect(one.hashValue == Sequential([Dense(3), Flatten()]).hashValue)
    #expect(one != Sequential([Dense(4), Flatten()]))
    #expect(one != Sequential([Flatten(), Dense(3)]))
  }
}
