internal import HourglassGraphs
internal import HourglassTensors

extension GradientCase {
  /// Dense products, convolutions and their transposes, in several geometries.
  static let layers: [GradientCase] =
    dense + convolutionGeometries.flatMap(\.cases) + transposedConvolutions + channelSums

  private static let dense: [GradientCase] = [
    GradientCase("dense", [.normal([3, 5]), .normal([4, 5])]) { $0.dense($1[0], $1[1]) },
    GradientCase("dense with bias", [.normal([3, 5]), .normal([4, 5]), .normal([4])]) {
      $0.dense($1[0], $1[1], bias: $1[2])
    },
    GradientCase("dense, one row", [.normal([1, 3]), .normal([2, 3]), .normal([2])]) {
      $0.dense($1[0], $1[1], bias: $1[2])
    },
    GradientCase("dense, square", [.normal([4, 4]), .normal([4, 4])]) { $0.dense($1[0], $1[1]) },
    GradientCase("dense backward data", [.normal([3, 4]), .normal([4, 5])]) {
      $0.add(.denseBackwardData, [$1[0], $1[1]])
    },
    GradientCase("dense backward weights", [.normal([3, 5]), .normal([3, 4])]) {
      $0.add(.denseBackwardWeights, [$1[0], $1[1]])
    },
    GradientCase("dense with parameters", [.normal([3, 4])]) { builder, x in
      let weights = builder.parameter("weight", [2, 4], .normal(standardDeviation: 1))
      let bias = builder.parameter("bias", [2], .constant(0))
      return builder.dense(x[0], weights, bias: bias)
    },
  ]

  private struct Geometry {
    let name: String
    let x: Shape
    let weights: Shape
    let convolution: Convolution

    var cases: [GradientCase] {
      let (x, weights, geometry) = (x, weights, convolution)
      let spatial = Array(x.dimensions.dropFirst(2))
      let kernel = Array(weights.dimensions.dropFirst(2))
      let y = Shape([x[0], weights[0]] + geometry.outputExtents(of: spatial, kernel: kernel))
      return [
        GradientCase("convolution \(name)", [.normal(x), .normal(weights)]) {
          $0.convolution($1[0], $1[1], geometry)
        },
        GradientCase(
          "convolution \(name) with bias",
          [.normal(x), .normal(weights), .normal([weights[0]])]
        ) { $0.convolution($1[0], $1[1], bias: $1[2], geometry) },
        GradientCase("convolution \(name) backward data", [.normal(y), .normal(weights)]) {
          $0.convolutionBackwardData($1[0], $1[1], geometry, spatial: spatial)
        },
        GradientCase("convolution \(name) backward weights", [.normal(x), .normal(y)]) {
          $0.add(.convolutionBackwardWeights(geometry, kernel: kernel), [$1[0], $1[1]])
        },
      ]
    }
  }

  private static let convolutionGeometries: [Geometry] = [
    Geometry(
      name: "1-D",
      x: [2, 3, 7],
      weights: [4, 3, 3],
      convolution: Convolution(rank: 1, padding: 1)
    ),
    Geometry(
      name: "1-D stride 2 dilation 2",
      x: [2, 2, 9],
      weights: [3, 2, 3],
      convolution: Convolution(rank: 1, stride: 2, padding: 1, dilation: 2)
    ),
    Geometry(
      name: "1-D whose last element is not reached",
      x: [1, 2, 6],
      weights: [2, 2, 3],
      convolution: Convolution(rank: 1, stride: 2)
    ),
    Geometry(
      name: "2-D not square",
      x: [2, 2, 5, 4],
      weights: [3, 2, 3, 2],
      convolution: Convolution(rank: 2)
    ),
    Geometry(
      name: "2-D as many channels and extents",
      x: [2, 2, 4, 4],
      weights: [2, 2, 3, 3],
      convolution: Convolution(rank: 2, padding: 1)
    ),
    Geometry(
      name: "2-D stride 2",
      x: [2, 3, 5, 6],
      weights: [2, 3, 3, 3],
      convolution: Convolution(rank: 2, stride: 2, padding: 1)
    ),
    Geometry(
      name: "2-D asymmetric padding",
      x: [1, 2, 4, 5],
      weights: [2, 2, 3, 3],
      convolution: Convolution(
        strides: [1, 1],
        paddingBefore: [1, 0],
        paddingAfter: [0, 2],
        dilations: [1, 1]
      )
    ),
    Geometry(
      name: "2-D dilation 2",
      x: [1, 2, 6, 7],
      weights: [2, 2, 3, 2],
      convolution: Convolution(rank: 2, padding: 1, dilation: 2)
    ),
    Geometry(
      name: "2-D kernel 1",
      x: [2, 3, 3, 2],
      weights: [4, 3, 1, 1],
      convolution: Convolution(rank: 2)
    ),
    Geometry(
      name: "2-D all different",
      x: [1, 2, 7, 5],
      weights: [3, 2, 2, 3],
      convolution: Convolution(
        strides: [2, 1],
        paddingBefore: [1, 2],
        paddingAfter: [2, 0],
        dilations: [3, 2]
      )
    ),
  ]

  private static let transposedConvolutions: [GradientCase] = [
    GradientCase(
      "transposed convolution 1-D",
      [.normal([2, 3, 4]), .normal([3, 2, 3]), .normal([2])]
    ) { $0.transposedConvolution($1[0], $1[1], bias: $1[2], Convolution(rank: 1)) },
    GradientCase(
      "transposed convolution 1-D, output padding",
      [.normal([1, 2, 4]), .normal([2, 3, 3])]
    ) {
      $0.transposedConvolution(
        $1[0],
        $1[1],
        Convolution(rank: 1, stride: 2, padding: 1),
        outputPadding: 1
      )
    },
    GradientCase(
      "transposed convolution 2-D, output padding",
      [.normal([2, 2, 3, 2]), .normal([2, 3, 3, 3]), .normal([3])]
    ) {
      $0.transposedConvolution(
        $1[0],
        $1[1],
        bias: $1[2],
        Convolution(rank: 2, stride: 2, padding: 1),
        outputPadding: 1
      )
    },
  ]

  private static let channelSums: [GradientCase] = [
    [4, 3], [2, 3, 4], [2, 3, 2, 2], [1, 3, 1, 1],
  ]
  .map { (dimensions: [Int]) in
    GradientCase("channel sum of \(dimensions)", [.normal(Shape(dimensions))]) {
      $0.add(.channelSum, [$1[0]])
    }
  }
}
