import HourglassGraphs
import HourglassTensors
import HourglassTestSupport

extension GradientCase {
  /// Geometries at which an executor takes different ways: extents that blocks of channels do not
  /// divide, odd batches, every kind of window, and what may be fused.
  static let geometries: [GradientCase] =
    denseGeometries + convolutionGeometries + transposedGeometries + activations + poolings
    + resamplings + normalizations + layoutCases

  // MARK: Dense

  private static let denseGeometries: [GradientCase] = [
    (1, 1, 1), (1, 5, 3), (2, 8, 16), (7, 12, 20), (3, 20, 5), (16, 30, 33), (64, 30, 8),
    (5, 1, 9), (9, 7, 1), (32, 100, 64), (6, 17, 257),
  ]
  .flatMap { (rows: Int, inputs: Int, outputs: Int) in
    [false, true].map { hasBias in
      GradientCase(
        "dense \(rows) rows, \(inputs) to \(outputs)\(hasBias ? " with bias" : "")",
        [.normal([rows, inputs]), .normal([outputs, inputs])]
          + (hasBias ? [.normal([outputs])] : [])
      ) { $0.dense($1[0], $1[1], bias: hasBias ? $1[2] : nil) }
    }
  }

  // MARK: Convolutions

  private struct Window {
    var x: [Int]
    var outputs: Int
    var kernel: [Int]
    var stride = 1
    var before: [Int]? = nil
    var after: [Int]? = nil
    var dilation = 1

    var geometry: Convolution {
      let none = kernel.map { _ in 0 }
      return Convolution(
        strides: kernel.map { _ in stride },
        paddingBefore: before ?? none,
        paddingAfter: after ?? before ?? none,
        dilations: kernel.map { _ in dilation }
      )
    }

    var name: String {
      "\(x) to \(outputs) kernel \(kernel) stride \(stride) padding \(before ?? []) \(after ?? []) "
        + "dilation \(dilation)"
    }
  }

  private static let windows: [Window] = [
    Window(x: [2, 1, 9], outputs: 5, kernel: [3], before: [1]),
    Window(x: [7, 3, 11], outputs: 12, kernel: [5], stride: 2, before: [2]),
    Window(x: [1, 16, 8], outputs: 8, kernel: [7], stride: 2, before: [3]),
    Window(x: [2, 5, 13], outputs: 20, kernel: [4], stride: 3, before: [1], after: [2]),
    Window(x: [2, 8, 12], outputs: 16, kernel: [3], before: [4], after: [0], dilation: 2),
    Window(x: [3, 12, 6], outputs: 5, kernel: [1]),
    Window(x: [2, 32, 16], outputs: 1, kernel: [4], stride: 2, before: [1]),
    Window(x: [7, 1, 12, 12], outputs: 32, kernel: [3, 3], stride: 2, before: [1, 1]),
    Window(x: [2, 1, 7, 9], outputs: 1, kernel: [3, 3], before: [1, 1]),
    Window(x: [1, 3, 8, 8], outputs: 5, kernel: [2, 2], stride: 2),
    Window(x: [2, 3, 9, 7], outputs: 16, kernel: [5, 5], stride: 2, before: [2, 2]),
    Window(x: [2, 5, 7, 7], outputs: 12, kernel: [3, 3], before: [1, 1]),
    Window(x: [3, 12, 6, 5], outputs: 20, kernel: [4, 4], stride: 2, before: [1, 1]),
    Window(x: [2, 20, 5, 5], outputs: 3, kernel: [3, 3], stride: 3, before: [1, 1]),
    Window(x: [2, 16, 6, 6], outputs: 16, kernel: [3, 3], before: [1, 1]),
    Window(x: [2, 8, 8, 8], outputs: 24, kernel: [1, 1]),
    Window(x: [2, 16, 7, 7], outputs: 8, kernel: [1, 1], stride: 2),
    Window(x: [1, 8, 9, 10], outputs: 8, kernel: [3, 3], before: [2, 2], dilation: 2),
    Window(x: [2, 5, 11, 9], outputs: 8, kernel: [3, 2], stride: 2, before: [2, 0], dilation: 2),
    Window(x: [2, 8, 10, 6], outputs: 8, kernel: [7, 3], before: [0, 2], after: [3, 1]),
    Window(
      x: [1, 4, 6, 6],
      outputs: 4,
      kernel: [5, 5],
      stride: 3,
      before: [4, 3],
      after: [2, 4]
    ),
    Window(x: [2, 8, 9, 9], outputs: 8, kernel: [2, 2], stride: 3),
    Window(x: [1, 64, 4, 4], outputs: 32, kernel: [4, 4], stride: 2, before: [1, 1]),
    Window(x: [2, 6, 1, 9], outputs: 9, kernel: [1, 3], before: [0, 1]),
    Window(x: [2, 9, 5, 1], outputs: 16, kernel: [3, 1], before: [1, 0]),
    Window(x: [2, 8, 3, 3], outputs: 8, kernel: [3, 3]),
    Window(x: [1, 3, 5, 5], outputs: 4, kernel: [3, 3], stride: 5),
  ]

  private static let convolutionGeometries: [GradientCase] = windows.flatMap { window in
    let weights = Shape([window.outputs, window.x[1]] + window.kernel)
    let x = Shape(window.x)
    let y = Shape(
      [window.x[0], window.outputs]
        + window.geometry.outputExtents(of: Array(window.x.dropFirst(2)), kernel: window.kernel)
    )
    return [
      GradientCase("convolution \(window.name)", [.normal(x), .normal(weights)]) {
        $0.convolution($1[0], $1[1], window.geometry)
      },
      GradientCase(
        "convolution \(window.name) with bias",
        [.normal(x), .normal(weights), .normal([window.outputs])]
      ) { $0.convolution($1[0], $1[1], bias: $1[2], window.geometry) },
      GradientCase("backward data of \(window.name)", [.normal(y), .normal(weights)]) {
        $0.convolutionBackwardData(
          $1[0],
          $1[1],
          window.geometry,
          spatial: Array(window.x.dropFirst(2))
        )
      },
      GradientCase("backward weights of \(window.name)", [.normal(x), .normal(y)]) {
        $0.add(.convolutionBackwardWeights(window.geometry, kernel: window.kernel), [$1[0], $1[1]])
      },
    ]
  }

  private static let transposedGeometries: [GradientCase] = [
    (Window(x: [2, 12, 5], outputs: 5, kernel: [4], stride: 2, before: [1]), 0),
    (Window(x: [7, 5, 4], outputs: 1, kernel: [3], stride: 2, before: [1]), 1),
    (Window(x: [1, 8, 4, 4], outputs: 3, kernel: [3, 3], stride: 2, before: [1, 1]), 1),
    (Window(x: [2, 64, 3, 3], outputs: 32, kernel: [4, 4], stride: 2, before: [1, 1]), 0),
    (Window(x: [2, 32, 4, 4], outputs: 1, kernel: [4, 4], stride: 2, before: [1, 1]), 0),
    (Window(x: [2, 5, 3, 2], outputs: 20, kernel: [5, 5], stride: 3, before: [1, 1]), 2),
    (Window(x: [2, 3, 3, 3], outputs: 8, kernel: [2, 2]), 0),
  ]
  .flatMap { (window: Window, outputPadding: Int) in
    [false, true].map { hasBias in
      let weights = Shape([window.x[1], window.outputs] + window.kernel)
      return GradientCase(
        "transposed convolution \(window.name) output padding \(outputPadding)"
          + (hasBias ? " with bias" : ""),
        [.normal(Shape(window.x)), .normal(weights)] + (hasBias ? [.normal([window.outputs])] : [])
      ) {
        $0.transposedConvolution(
          $1[0],
          $1[1],
          bias: hasBias ? $1[2] : nil,
          window.geometry,
          outputPadding: outputPadding
        )
      }
    }
  }

  // MARK: Activations after a layer

  private static let activations: [GradientCase] =
    [
      UnaryFunction.relu, .leakyRelu(slope: 0.1), .elu(alpha: 1), .elu(alpha: 0.5), .gelu, .silu,
      .tanh, .logistic, .softplus,
    ]
    .flatMap { function in
      [
        GradientCase(
          "dense, then \(function)",
          [.normal([7, 12]), .normal([20, 12]), .normal([20])]
        ) { $0.apply(function, $0.dense($1[0], $1[1], bias: $1[2])) },
        GradientCase(
          "convolution, then \(function)",
          [.normal([2, 3, 6, 5]), .normal([12, 3, 3, 3]), .normal([12])]
        ) {
          $0.apply(function, $0.convolution($1[0], $1[1], bias: $1[2], Convolution(rank: 2)))
        },
        GradientCase(
          "dense, then \(function), then dense",
          [.normal([6, 5]), .normal([11, 5]), .normal([3, 11])]
        ) { $0.dense($0.apply(function, $0.dense($1[0], $1[1])), $1[2]) },
        GradientCase(
          "transposed convolution, then \(function), then convolution",
          [.normal([2, 5, 3, 3]), .normal([5, 12, 2, 2]), .normal([12]), .normal([3, 12, 3, 3])]
        ) {
          let up = $0.transposedConvolution(
            $1[0],
            $1[1],
            bias: $1[2],
            Convolution(rank: 2, stride: 2)
          )
          return $0.convolution($0.apply(function, up), $1[3], Convolution(rank: 2, padding: 1))
        },
      ]
    }

  // MARK: Windows without weights

  private static let poolings: [GradientCase] = Pooling.Kind.allCases.flatMap { kind in
    [
      ([7, 5, 11], [3], 2, [1], [1]), ([2, 12, 8], [2], 2, [0], [0]),
      ([1, 1, 9], [4], 3, [2], [1]),
      ([2, 20, 7, 9], [3, 3], 2, [1, 1], [1, 1]), ([7, 3, 8, 8], [2, 2], 2, [0, 0], [0, 0]),
      ([1, 16, 6, 5], [3, 2], 1, [2, 0], [0, 1]), ([2, 8, 9, 9], [2, 2], 3, [0, 0], [0, 0]),
      ([2, 1, 5, 5], [5, 5], 1, [0, 0], [0, 0]), ([3, 9, 7, 7], [3, 3], 1, [1, 1], [1, 1]),
    ]
    .map { (x: [Int], window: [Int], stride: Int, before: [Int], after: [Int]) in
      GradientCase(
        "\(kind) pooling \(x) window \(window) stride \(stride) padding \(before) \(after)",
        [.distinct(Shape(x))]
      ) {
        $0.pooling(
          $1[0],
          Pooling(
            kind,
            window: window,
            strides: window.map { _ in stride },
            paddingBefore: before,
            paddingAfter: after
          )
        )
      }
    }
  }

  private static let resamplings: [GradientCase] = Interpolation.allCases.flatMap { kind in
    [
      ([2, 12, 5], [10]), ([1, 8, 9], [4]), ([7, 3, 4], [11]), ([2, 5, 7], [1]),
      ([2, 16, 4, 4], [8, 8]), ([2, 5, 7, 7], [14, 14]), ([1, 12, 9, 6], [3, 4]),
      ([3, 1, 5, 5], [7, 12]), ([2, 8, 6, 6], [3, 3]), ([2, 3, 1, 1], [5, 4]),
    ]
    .map { (x: [Int], spatial: [Int]) in
      GradientCase("\(kind) resampling \(x) to \(spatial)", [.normal(Shape(x))]) {
        $0.resampling($1[0], kind, spatial: spatial)
      }
    }
  }

  // MARK: Normalization

  private static let normalizations: [GradientCase] =
    [
      ([33, 20], [0]), ([7, 12, 6, 5], [0, 2, 3]), ([3, 20, 9], [0, 2]), ([9, 33], [1]),
      ([2, 5, 4, 4], [1, 2, 3]), ([7, 2, 6, 5, 4], [2, 3, 4]), ([2, 12, 30], [2]),
    ]
    .map { (x: [Int], axes: [Int]) in
      GradientCase("standardization of \(x) over \(axes)", [.normal(Shape(x))]) {
        $0.standardization($1[0], axes: axes)
      }
    }
    + [
      ([7, 33], 1), ([3, 12, 5], 1), ([3, 12, 5], 2), ([2, 5, 4, 3], 1), ([2, 5, 4, 3], 3),
      ([9, 4], 0),
    ]
    .flatMap { (x: [Int], axis: Int) in
      [
        GradientCase("softmax of \(x) along \(axis)", [.normal(Shape(x))]) {
          $0.softmax($1[0], axis: axis)
        },
        GradientCase("log softmax of \(x) along \(axis)", [.normal(Shape(x))]) {
          $0.logSoftmax($1[0], axis: axis)
        },
      ]
    }
}
