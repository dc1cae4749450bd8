package import HourglassGraphs
package import HourglassTensors

extension GradientCase {
  /// The whole table: each differentiable operation ends at least one case.
  package static let all: [GradientCase] = layers + space + elements + forms + compositions

  /// Functions of elements and reductions.
  static let elements: [GradientCase] = unaries + binaries + reductions

  private static let unaries: [GradientCase] = UnaryFunction.all.map { function in
    GradientCase("unary \(function)", [function.argument([3, 4])]) { $0.apply(function, $1[0]) }
  }

  private static let binaries: [GradientCase] = BinaryFunction.allCases.flatMap { function in
    [
      ([2, 3], [2, 3]), ([2, 3], [3]), ([1, 3], [2, 1]), ([], [2, 2]), ([2, 3, 2, 2], [3, 1, 1]),
    ]
    .map { (a: [Int], b: [Int]) in
      // Neither tie nor divide by a number near 0: a is on the grid, b between its lines.
      GradientCase(
        "binary \(function) of \(a) and \(b)",
        [
          .distinct(Shape(a), offset: 1.5),
          .distinct(Shape(b), offset: function == .divide ? 2.55 : 1.55),
        ]
      ) { $0.apply(function, $1[0], $1[1]) }
    }
  }

  private static let reductions: [GradientCase] = Reduction.allCases.flatMap { reduction in
    [[0], [1], [0, 2], [0, 1, 2]].map { (axes: [Int]) in
      GradientCase("\(reduction) over \(axes)", [.distinct([2, 3, 4])]) {
        $0.reduce(reduction, $1[0], axes: axes, keepsDimensions: true)
      }
    }
  }
}

extension UnaryFunction {
  /// An argument in the function's domain, away from its kinks.
  package func argument(_ shape: Shape) -> GradientArgument {
    switch self {
    case .squareRoot, .logarithm: .range(shape, 0.5...3)
    case .reciprocal: .range(shape, -3 ... -0.5)
    case .absolute, .sign, .relu, .leakyRelu, .elu: .away(shape, from: [0])
    case .floor: .range(shape, 1.1...1.9)
    case .clip(let lower, let upper): .away(shape, from: [Double(lower), Double(upper)])
    case .affine, .exponential, .square, .gelu, .silu, .tanh, .logistic, .softplus: .normal(shape)
    }
  }
}
