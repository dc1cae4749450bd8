internal import HourglassGraphs
internal import HourglassTensors

extension GradientCase {
  /// Pooling, resampling and normalization.
  static let space: [GradientCase] = poolings + resamplings + standardizations + softmaxes

  private static let poolings: [GradientCase] = Pooling.Kind.allCases.flatMap { kind in
    [
      pooling("1-D", [2, 3, 6], Pooling(kind, [2], strides: [2])),
      pooling("1-D overlapping", [1, 2, 7], Pooling(kind, [3], strides: [2], before: [1])),
      pooling("2-D", [2, 2, 4, 6], Pooling(kind, [2, 2], strides: [2, 2])),
      pooling("2-D not square", [1, 2, 5, 4], Pooling(kind, [3, 2], strides: [1, 2])),
      pooling(
        "2-D with padding",
        [2, 2, 5, 5],
        Pooling(kind, [3, 3], strides: [2, 2], before: [1, 1], after: [1, 1])
      ),
      pooling(
        "2-D with asymmetric padding",
        [1, 1, 4, 5],
        Pooling(kind, [2, 3], strides: [1, 2], before: [1, 0], after: [0, 2])
      ),
    ]
  }

  private static func pooling(_ name: String, _ shape: Shape, _ pooling: Pooling) -> GradientCase {
    GradientCase("\(pooling.kind) pooling \(name)", [.distinct(shape)]) {
      $0.pooling($1[0], pooling)
    }
  }

  private static let resamplings: [GradientCase] = Interpolation.allCases.flatMap { kind in
    [
      ([3], [7]), ([7], [3]), ([4], [4]), ([1], [3]), ([2, 3], [4, 6]), ([5, 6], [2, 4]),
      ([4, 2], [3, 5]),
    ]
    .flatMap { (from: [Int], to: [Int]) in
      [
        GradientCase("\(kind) resampling \(from) to \(to)", [.normal(Shape([2, 2] + from))]) {
          $0.resampling($1[0], kind, spatial: to)
        },
        GradientCase(
          "\(kind) resampling \(from) to \(to) backward",
          [.normal(Shape([2, 2] + to))]
        ) { $0.add(.resamplingBackward(kind, spatial: from), [$1[0]]) },
      ]
    }
  }

  private static let standardizations: [GradientCase] = [
    ("batch of rows", [6, 3], [0]),
    ("batch of images", [3, 2, 2, 2], [0, 2, 3]),
    ("batch of many images", [4, 3, 3, 4], [0, 2, 3]),
    ("layer of rows", [3, 5], [1]),
    ("layer of series", [2, 3, 4], [1, 2]),
    ("group", [2, 2, 2, 3], [2, 3]),
    ("instance", [2, 3, 6], [2]),
  ].map { (name: String, dimensions: [Int], axes: [Int]) in
    GradientCase("standardization, \(name)", [.normal(Shape(dimensions))]) {
      $0.standardization($1[0], axes: axes)
    }
  }

  private static let softmaxes: [GradientCase] = [
    ([3, 4], 1), ([2, 3, 4], 1), ([3, 2], 0), ([5], 0),
  ]
  .flatMap { (dimensions: [Int], axis: Int) in
    [
      GradientCase("softmax of \(dimensions) axis \(axis)", [.normal(Shape(dimensions))]) {
        $0.softmax($1[0], axis: axis)
      },
      GradientCase("log softmax of \(dimensions) axis \(axis)", [.normal(Shape(dimensions))]) {
        $0.logSoftmax($1[0], axis: axis)
      },
    ]
  }
}

extension Pooling {
  fileprivate init(
    _ kind: Kind,
    _ window: [Int],
    strides: [Int],
    before: [Int]? = nil,
    after: [Int]? = nil
  ) {
    let none = window.map { _ in 0 }
    self.init(
      kind,
      window: window,
      strides: strides,
      paddingBefore: before ?? none,
      paddingAfter: after ?? none
    )
  }
}
