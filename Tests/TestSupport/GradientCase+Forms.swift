internal import HourglassGraphs
internal import HourglassTensors

extension GradientCase {
  /// Operations on form, look-up, and compositions of the vocabulary.
  static let forms: [GradientCase] = [
    GradientCase(
      "concatenation of three, inner axis",
      [.normal([2, 1, 2]), .normal([2, 3, 2]), .normal([2, 2, 2])]
    ) { $0.concatenation($1, axis: 1) },
    GradientCase(
      "concatenation of three, equal",
      [.normal([2, 2]), .normal([2, 2]), .normal([2, 2])]
    ) { $0.concatenation($1, axis: 0) },
    GradientCase("concatenation of one tensor twice", [.normal([2, 3])]) {
      $0.concatenation([$1[0], $1[0]], axis: 1)
    },
    GradientCase("slice", [.normal([2, 5, 2])]) { $0.slice($1[0], axis: 1, 1..<3) },
    GradientCase("slice of rows", [.normal([5, 3])]) { $0.slice($1[0], axis: 0, 3..<5) },
    GradientCase("padding", [.normal([2, 3, 2])]) {
      $0.padding($1[0], axis: 1, before: 1, after: 2)
    },
    GradientCase("padding of the last axis", [.normal([2, 3])]) {
      $0.padding($1[0], axis: 1, before: 0, after: 2)
    },
    GradientCase("reshape", [.normal([2, 6])]) { $0.reshape($1[0], [3, 4]) },
    GradientCase("broadcast of an inner axis", [.normal([3, 1])]) {
      $0.broadcast($1[0], to: [2, 3, 4])
    },
    GradientCase("broadcast of a row", [.normal([4])]) { $0.broadcast($1[0], to: [3, 4]) },
    GradientCase("broadcast of a number", [.normal([])]) { $0.broadcast($1[0], to: [2, 3]) },
    GradientCase("broadcast of channels", [.normal([3, 1, 1])]) {
      $0.broadcast($1[0], to: [2, 3, 2, 2])
    },
    GradientCase(
      "gather with repeated indices",
      [.normal([4, 3]), .exactly([6], [0, 2, 2, 3, -1, 9])]
    ) { $0.gather($1[0], $1[1]) },
    GradientCase(
      "scatter-add with repeated indices",
      [.normal([6, 3]), .exactly([6], [1, 1, 3, 0, 7, 1])]
    ) { $0.add(.scatterAdd(rows: 4), [$1[0], $1[1]]) },
  ]

  static let compositions: [GradientCase] = [
    GradientCase("pairwise squared distance", [.normal([3, 4]), .normal([2, 4])]) {
      $0.pairwiseSquaredDistance($1[0], $1[1])
    },
    GradientCase("mean", [.normal([3, 4])]) { $0.mean($1[0], axes: [1]) },
    GradientCase("a tensor used three times", [.normal([2, 3])]) { builder, x in
      let square = builder.product(x[0], x[0])
      return builder.sum(builder.apply(.tanh, square), builder.difference(square, x[0]))
    },
    GradientCase("one tensor as data and weights", [.normal([3, 3])]) { $0.dense($1[0], $1[0]) },
    GradientCase("cross-entropy", [.normal([4, 3]), .range([4, 3], 0...1)]) { builder, x in
      let terms = builder.product(builder.logSoftmax(x[0]), x[1])
      return builder.affine(builder.sum(terms, axes: [1]), scale: -1)
    },
    GradientCase("batch normalization", [.normal([5, 2, 3]), .normal([2]), .normal([2])]) {
      builder,
      x in
      let normal = builder.standardization(x[0], axes: [0, 2])
      let scaled = builder.product(normal, builder.channelwise(x[1], rank: 3))
      return builder.sum(scaled, builder.channelwise(x[2], rank: 3))
    },
    GradientCase("a convolutional autoencoder", [.normal([2, 1, 6, 6])]) { builder, x in
      let geometry = Convolution(rank: 2, stride: 2, padding: 1)
      let initial = Initializer.normal(standardDeviation: 1)
      let down = builder.parameter("down", [2, 1, 3, 3], initial)
      let up = builder.parameter("up", [2, 1, 3, 3], initial)
      let code = builder.apply(.silu, builder.convolution(x[0], down, geometry))
      let result = builder.transposedConvolution(code, up, geometry, outputPadding: 1)
      return builder.mean(builder.apply(.square, builder.difference(result, x[0])))
    },
    GradientCase("a variational bottleneck", [.normal([3, 4])]) { builder, x in
      let mean = builder.slice(x[0], axis: 1, 0..<2)
      let logVariance = builder.slice(x[0], axis: 1, 2..<4)
      let deviation = builder.apply(.exponential, builder.affine(logVariance, scale: 0.5))
      let noise = builder.random(.normal, [3, 2])
      return builder.sum(mean, builder.product(deviation, noise))
    },
  ]
}
