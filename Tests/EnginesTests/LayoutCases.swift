import HourglassGraphs
import HourglassTensors
import HourglassTestSupport

extension GradientCase {
  /// What must read and write tensors in the library's layouts: broadcasting, reductions, slices,
  /// concatenation and padding along every axis, look-up, long chains, many readers.
  static let layoutCases: [GradientCase] =
    broadcasts + reductions + channelSums + slices + concatenations + paddings + reshapes + chains
    + empties

  // MARK: Broadcasting and reductions

  private static let broadcasts: [GradientCase] =
    [
      (
        [2, 12, 3, 5],
        [[], [1], [12, 1, 1], [2, 1, 1, 1], [1, 12, 1, 1], [2, 1, 3, 5], [1, 1, 3, 5]]
      ),
      ([2, 12, 3, 5], [[2, 12, 1, 1], [3, 5], [5], [3, 1], [1, 12, 3, 5], [2, 12, 3, 1]]),
      ([2, 16, 4, 4], [[], [16, 1, 1], [2, 1, 1, 1], [2, 1, 4, 4], [2, 16, 1, 1]]),
      ([7, 5, 9], [[], [5, 1], [7, 1, 1], [1, 5, 1], [7, 1, 9], [9], [7, 5, 1]]),
      ([7, 20], [[], [20], [7, 1], [1, 20], [1, 1]]),
      ([6, 16], [[16], [6, 1]]),
      ([1, 1, 4, 4], [[1, 8, 1, 1], [2, 8, 4, 4], [8, 1, 1]]),
    ]
    .flatMap { (x: [Int], others: [[Int]]) in
      others.flatMap { other in
        [BinaryFunction.add, .multiply, .divide].map { function in
          GradientCase(
            "\(function) of \(x) and \(other)",
            [.normal(Shape(x)), .range(Shape(other), 0.5...1.5)]
          ) { $0.apply(function, $1[0], $1[1]) }
        }
          + [
            GradientCase(
              "function of \(other) subtracted from one of \(x)",
              [.normal(Shape(x)), .normal(Shape(other))]
            ) {
              let wide = $0.apply(.tanh, $1[0])
              return $0.apply(.exponential, $0.difference(wide, $0.apply(.square, $1[1])))
            }
          ]
      }
    }

  private static let reductions: [GradientCase] =
    [[7, 12], [2, 5, 6], [2, 12, 3, 4], [1, 16, 4, 4]]
    .flatMap { (x: [Int]) in
      (1..<(1 << x.count)).flatMap { mask in
        let axes = x.indices.filter { mask >> $0 & 1 == 1 }
        return Reduction.allCases.flatMap { reduction in
          [true, false].map { keepsDimensions in
            GradientCase(
              "\(reduction) of \(x) over \(axes)\(keepsDimensions ? "" : ", axes dropped")",
              [.distinct(Shape(x))]
            ) { $0.reduce(reduction, $1[0], axes: axes, keepsDimensions: keepsDimensions) }
          }
        }
      }
    } + [
      GradientCase("sum over no axes", [.normal([3, 4])]) {
        $0.add(.reduction(.sum, axes: []), [$1[0]])
      },
      GradientCase("maximum over no axes", [.normal([2, 8, 3])]) {
        $0.add(.reduction(.maximum, axes: []), [$1[0]])
      },
      GradientCase("maximum of a number over no axes", [.normal([])]) {
        $0.add(.reduction(.maximum, axes: []), [$1[0]])
      },
      GradientCase("sum of sums of squares", [.normal([7, 5, 4])]) {
        $0.sum($0.sum($0.sum($0.apply(.square, $1[0]), axes: [2]), axes: [1]))
      },
      GradientCase("mean of a function of sums", [.normal([7, 5, 4])]) {
        $0.mean($0.apply(.tanh, $0.sum($1[0], axes: [1, 2])))
      },
      GradientCase("sum of a broadcast", [.normal([5, 1])]) {
        $0.sum($0.broadcast($1[0], to: [2, 5, 6]))
      },
    ]

  private static let channelSums: [GradientCase] = [
    [7, 12], [6, 16], [2, 5, 6], [7, 16, 3], [2, 12, 3, 4], [3, 16, 5, 5], [1, 1, 4, 4],
  ]
  .map { (x: [Int]) in
    GradientCase("channel sum of \(x)", [.normal(Shape(x))]) { $0.add(.channelSum, [$1[0]]) }
  }

  // MARK: Form

  private static let slices: [GradientCase] = [
    ([7, 20], 0, 2, 3), ([7, 20], 1, 8, 8), ([7, 24], 1, 8, 16), ([7, 20], 1, 3, 9),
    ([6, 32], 1, 16, 16), ([6, 32], 0, 0, 4), ([4, 20], 1, 0, 1), ([2, 24, 5], 1, 16, 8),
    ([2, 24, 5], 2, 1, 3), ([1, 24, 5], 1, 8, 8), ([3, 16, 4, 4], 1, 8, 8),
    ([3, 16, 4, 4], 1, 0, 8), ([3, 16, 4, 4], 1, 4, 8), ([3, 16, 4, 4], 0, 1, 2),
    ([3, 16, 4, 4], 2, 1, 2), ([3, 16, 4, 4], 3, 0, 1), ([3, 12, 4, 4], 1, 8, 4),
    ([2, 20, 3, 3], 1, 8, 8), ([1, 16, 4, 4], 1, 8, 8),
  ]
  .flatMap { (x: [Int], axis: Int, start: Int, count: Int) in
    [
      GradientCase("slice of \(x) axis \(axis) from \(start) count \(count)", [.normal(Shape(x))]) {
        $0.slice($1[0], axis: axis, start..<start + count)
      },
      GradientCase(
        "slice of a function of \(x) axis \(axis) from \(start) count \(count)",
        [.normal(Shape(x))]
      ) {
        let part = $0.slice($0.apply(.tanh, $1[0]), axis: axis, start..<start + count)
        return $0.product($0.apply(.square, part), part)
      },
    ]
  }

  private static let concatenations: [GradientCase] = [
    ([[3, 8], [3, 16]], 1), ([[3, 5], [3, 12], [3, 1]], 1), ([[2, 20], [5, 20]], 0),
    ([[2, 8, 5], [2, 16, 5]], 1), ([[2, 3, 5], [2, 3, 4]], 2),
    ([[2, 8, 3, 3], [2, 8, 3, 3], [2, 16, 3, 3]], 1), ([[2, 8, 3, 3], [2, 5, 3, 3]], 1),
    ([[1, 16, 2, 3], [2, 16, 2, 3]], 0), ([[2, 5, 2, 3], [2, 5, 4, 3]], 2),
    ([[2, 12, 2, 3], [2, 12, 2, 1]], 3),
  ]
  .flatMap { (shapes: [[Int]], axis: Int) in
    let arguments = shapes.map { GradientArgument.normal(Shape($0)) }
    return [
      GradientCase("concatenation of \(shapes) along \(axis)", arguments) {
        $0.concatenation($1, axis: axis)
      },
      GradientCase("concatenation of functions of \(shapes) along \(axis)", arguments) {
        builder,
        x in
        let parts = x.map { builder.apply(.tanh, builder.apply(.square, $0)) }
        return builder.concatenation(parts, axis: axis)
      },
      GradientCase("concatenation with other readers \(shapes) along \(axis)", arguments) {
        builder,
        x in
        let parts = x.map { builder.apply(.silu, $0) }
        let whole = builder.concatenation(parts + [parts[0]], axis: axis)
        return builder.product(whole, builder.sum(builder.product(parts[0], x[0])))
      },
      GradientCase("concatenation with a constant \(shapes) along \(axis)", arguments) {
        builder,
        x in
        let ones = builder.broadcast(builder.constant(0.5), to: builder.shape(of: x[0]))
        return builder.concatenation([ones] + x, axis: axis)
      },
    ]
  }

  private static let paddings: [GradientCase] = [
    ([7, 12], 0, 1, 2), ([7, 12], 1, 4, 0), ([2, 8, 5], 1, 0, 8), ([2, 8, 5], 2, 2, 1),
    ([2, 12, 3, 4], 1, 2, 2), ([2, 16, 3, 4], 2, 1, 1), ([2, 16, 3, 4], 3, 0, 3),
    ([2, 16, 3, 4], 0, 1, 0),
  ]
  .map { (x: [Int], axis: Int, before: Int, after: Int) in
    GradientCase("padding of \(x) axis \(axis) by \(before), \(after)", [.normal(Shape(x))]) {
      $0.padding($1[0], axis: axis, before: before, after: after)
    }
  }

  private static let reshapes: [GradientCase] = [
    ([2, 12, 2, 3], [2, 72]), ([2, 72], [2, 8, 3, 3]), ([7, 5, 4], [7, 20]), ([6, 16], [3, 32]),
    ([4, 8], [8, 4]), ([2, 16, 4], [2, 8, 2, 4]), ([2, 8, 3, 3], [2, 2, 4, 9]), ([3, 4], [12]),
  ]
  .map { (from: [Int], to: [Int]) in
    GradientCase("reshape of \(from) to \(to)", [.normal(Shape(from))]) {
      $0.apply(.tanh, $0.reshape($0.apply(.square, $1[0]), Shape(to)))
    }
  }

  // MARK: Chains of element-wise nodes

  private static let chains: [GradientCase] =
    [
      [7, 20], [2, 12, 3, 3], [2, 16, 3, 3], [6, 33],
    ]
    .flatMap { (x: [Int]) in
      [
        GradientCase("chain of sixty functions of \(x)", [.normal(Shape(x))]) { builder, x in
          var value = x[0]
          for index in 0..<60 {
            value = builder.apply(index % 2 == 0 ? .tanh : .affine(scale: 1.1, offset: 0), value)
          }
          return value
        },
        GradientCase("chain with a reader of each link \(x)", [.normal(Shape(x))]) { builder, x in
          var value = x[0]
          var total = x[0]
          for index in 0..<40 {
            value = builder.apply(
              .tanh,
              builder.affine(value, scale: 1, offset: 0.01 * Float(index))
            )
            total = builder.sum(total, value)
          }
          return total
        },
        GradientCase("tree of many operands \(x)", [.normal(Shape(x)), .normal([])]) { builder, x in
          let rows = builder.shape(of: x[0])
          let leaves = (0..<48).map { index in
            let noise = builder.random(.uniform, rows)
            return builder.sum(builder.affine(x[0], scale: 0.01 * Float(index)), noise)
          }
          return leaves.reduce(x[1]) { builder.sum($0, $1) }
        },
        GradientCase("value that a sum and three chains read \(x)", [.normal(Shape(x))]) {
          builder,
          x in
          let value = builder.apply(.tanh, x[0])
          let total = builder.sum(builder.product(value, x[0]))
          let parts = [UnaryFunction.square, .gelu, .exponential].map { builder.apply($0, value) }
          return builder.product(builder.concatenation(parts, axis: 0), total)
        },
      ]
    } + [
      GradientCase("pairwise distance of 7 and 12 rows", [.normal([7, 20]), .normal([12, 20])]) {
        $0.pairwiseSquaredDistance($1[0], $1[1])
      },
      GradientCase("pairwise distance of rows to themselves", [.normal([6, 16])]) {
        $0.pairwiseSquaredDistance($1[0], $0.apply(.tanh, $1[0]))
      },
      GradientCase(
        "gather from a table with other readers",
        [.normal([12, 20]), .exactly([7], [0, 3, 3, 11, 40, -2, 5])]
      ) {
        let rows = $0.gather($1[0], $1[1])
        return $0.product(rows, $0.sum($0.apply(.square, $1[0])))
      },
    ]

  // MARK: Tensors without elements

  private static let empties: [GradientCase] = [
    GradientCase("dense of no rows", [.normal([0, 5]), .normal([3, 5]), .normal([3])]) {
      $0.apply(.relu, $0.dense($1[0], $1[1], bias: $1[2]))
    },
    GradientCase("dense of no features", [.normal([4, 0]), .normal([3, 0]), .normal([3])]) {
      $0.apply(.tanh, $0.dense($1[0], $1[1], bias: $1[2]))
    },
    GradientCase("dense of no features without bias", [.normal([4, 0]), .normal([3, 0])]) {
      $0.dense($1[0], $1[1])
    },
    GradientCase(
      "convolution of no items",
      [.normal([0, 3, 5, 5]), .normal([4, 3, 3, 3]), .normal([4])]
    ) { $0.convolution($1[0], $1[1], bias: $1[2], Convolution(rank: 2)) },
    GradientCase(
      "convolution of no channels",
      [.normal([2, 0, 5, 5]), .normal([4, 0, 3, 3]), .normal([4])]
    ) { $0.apply(.silu, $0.convolution($1[0], $1[1], bias: $1[2], Convolution(rank: 2))) },
    GradientCase("pooling of no items", [.normal([0, 3, 6])]) {
      $0.pooling(
        $1[0],
        Pooling(.maximum, window: [2], strides: [2], paddingBefore: [0], paddingAfter: [0])
      )
    },
    GradientCase("resampling of no items", [.normal([0, 3, 6])]) {
      $0.resampling($1[0], .linear, spatial: [9])
    },
    GradientCase("standardization of no items", [.normal([0, 3])]) {
      $0.standardization($1[0], axes: [1])
    },
    GradientCase("softmax of no items", [.normal([0, 3])]) { $0.softmax($1[0]) },
    GradientCase("log softmax of no items", [.normal([0, 3])]) { $0.logSoftmax($1[0]) },
    GradientCase("concatenation with nothing", [.normal([0, 4]), .normal([3, 4])]) {
      $0.concatenation([$1[0], $0.apply(.tanh, $1[1]), $1[0]], axis: 0)
    },
    GradientCase("empty slice", [.normal([3, 16])]) { $0.slice($1[0], axis: 1, 8..<8) },
    GradientCase("empty slice of channels", [.normal([3, 16, 2, 2])]) {
      $0.slice($1[0], axis: 1, 8..<8)
    },
    GradientCase("padding of nothing", [.normal([0, 4])]) {
      $0.padding($1[0], axis: 0, before: 2, after: 1)
    },
    GradientCase("sum of nothing", [.normal([0, 4])]) { $0.sum($0.apply(.square, $1[0])) },
    GradientCase("sums of nothing", [.normal([0, 4])]) { $0.sum($1[0], axes: [0]) },
    GradientCase("sums over nothing", [.normal([4, 0, 3])]) { $0.sum($1[0], axes: [0, 1]) },
    GradientCase("mean of nothing", [.normal([0, 4])]) { $0.mean($1[0]) },
    GradientCase("channel sum of nothing", [.normal([0, 4, 3])]) { $0.add(.channelSum, [$1[0]]) },
    GradientCase("reshape of nothing", [.normal([0, 4])]) {
      $0.apply(.tanh, $0.reshape($1[0], [2, 0, 3]))
    },
    GradientCase("broadcast to nothing", [.normal([1, 4])]) { $0.broadcast($1[0], to: [0, 4]) },
    GradientCase("sum of nothing and a row", [.normal([0, 4]), .normal([4])]) {
      $0.sum($1[0], $1[1])
    },
    GradientCase("gather of nothing", [.normal([5, 4]), .exactly([0], [])]) {
      $0.gather($1[0], $1[1])
    },
    GradientCase("scatter-add of nothing", [.normal([0, 4]), .exactly([0], [])]) {
      $0.add(.scatterAdd(rows: 3), [$1[0], $1[1]])
    },
  ]
}
