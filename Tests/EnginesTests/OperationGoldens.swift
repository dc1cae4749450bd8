import Foundation
import HourglassEngines
import HourglassGraphs
import HourglassTensors

/// The file that `Scripts/goldens/make_operation_goldens.py` makes.
struct OperationGoldens: Decodable, Sendable {
  struct Values: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]

    var tensor: DoubleTensor { DoubleTensor(values, shape: Shape(shape)) }
  }

  /// A result and the gradients of its product with a cotangent.
  struct Operation: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let inputs: [Values]
    let result: Values
    let cotangent: Values
    /// Of the inputs that are not indices.
    let gradients: [Values]

    var description: String { name }
  }

  /// A parameter after each of some steps.
  struct Update: Decodable, Sendable, CustomStringConvertible {
    let name: String
    let start: Values
    let gradients: [Values]
    let after: [Values]

    var description: String { name }
  }

  let operations: [Operation]
  let updates: [Update]

  static let all: OperationGoldens = {
    let folder = Bundle.module.bundleURL.appending(path: "Goldens")
    do {
      let data = try Data(contentsOf: folder.appending(path: "operations.json"))
      return try JSONDecoder().decode(OperationGoldens.self, from: data)
    } catch {
      preconditionFailure("operations.json is beside the tests: \(error)")
    }
  }()
}

/// How the operations of the golden file are written in our vocabulary.
enum OperationVocabulary {
  typealias Build = @Sendable (inout GraphBuilder, [NodeID]) -> NodeID

  static func build(_ name: String) -> Build? {
    layers[name] ?? space[name] ?? rest[name] ?? resampling(name) ?? softmax(name) ?? function(name)
  }

  private static let layers: [String: Build] = [
    "dense": { $0.dense($1[0], $1[1], bias: $1[2]) },
    "convolution 1-D": {
      let geometry = Convolution(rank: 1, stride: 2, padding: 2, dilation: 2)
      return $0.convolution($1[0], $1[1], bias: $1[2], geometry)
    },
    "convolution 2-D": {
      $0.convolution($1[0], $1[1], bias: $1[2], Convolution(rank: 2, padding: 1))
    },
    "convolution 2-D, all different": {
      let geometry = Convolution(
        strides: [2, 1],
        paddingBefore: [1, 0],
        paddingAfter: [0, 2],
        dilations: [1, 2]
      )
      return $0.convolution($1[0], $1[1], geometry)
    },
    "transposed convolution 1-D": {
      let geometry = Convolution(rank: 1, stride: 2, padding: 1)
      return $0.transposedConvolution($1[0], $1[1], bias: $1[2], geometry, outputPadding: 1)
    },
    "transposed convolution 2-D": {
      let geometry = Convolution(rank: 2, stride: 2, padding: 1)
      return $0.transposedConvolution($1[0], $1[1], bias: $1[2], geometry, outputPadding: 1)
    },
    "transposed convolution 2-D, dilation 2": {
      $0.transposedConvolution($1[0], $1[1], Convolution(rank: 2, padding: 1, dilation: 2))
    },
  ]

  private static func pooling(
    _ kind: Pooling.Kind,
    _ window: [Int],
    _ strides: [Int],
    _ padding: [Int]
  ) -> Build {
    let pooling = Pooling(
      kind,
      window: window,
      strides: strides,
      paddingBefore: padding,
      paddingAfter: padding
    )
    return { $0.pooling($1[0], pooling) }
  }

  private static let space: [String: Build] = [
    "maximum pooling 1-D": pooling(.maximum, [3], [2], [1]),
    "maximum pooling 2-D": pooling(.maximum, [3, 2], [2, 2], [1, 0]),
    "average pooling 1-D": pooling(.average, [3], [2], [1]),
    "average pooling 2-D": pooling(.average, [3, 2], [2, 2], [1, 1]),
    "batch norm of rows": { $0.standardization($1[0], axes: [0]) },
    "batch norm of images": { $0.standardization($1[0], axes: [0, 2, 3]) },
    "layer norm of rows": { $0.standardization($1[0], axes: [1]) },
    "layer norm of series": { $0.standardization($1[0], axes: [1, 2]) },
    "group norm": {
      let groups = $0.reshape($1[0], [2, 2, 2, 3, 2])
      return $0.reshape($0.standardization(groups, axes: [2, 3, 4]), [2, 4, 3, 2])
    },
    "instance norm": { $0.standardization($1[0], axes: [2]) },
  ]

  private static let rest: [String: Build] = [
    "sum": { $0.sum($1[0], axes: [0, 2], keepsDimensions: true) },
    "greatest": { $0.reduce(.maximum, $1[0], axes: [0, 2], keepsDimensions: true) },
    "mean": { $0.mean($1[0], axes: [1]) },
    "concatenation": { $0.concatenation($1, axis: 1) },
    "slice": { $0.slice($1[0], axis: 1, 1..<3) },
    "padding": { $0.padding($1[0], axis: 1, before: 1, after: 2) },
    "broadcast": { $0.broadcast($1[0], to: [2, 3, 4]) },
    "gather": { $0.gather($1[0], $1[1]) },
    "scatter-add": { $0.add(.scatterAdd(rows: 4), $1) },
    "pairwise squared distance": { $0.pairwiseSquaredDistance($1[0], $1[1]) },
    "cross-entropy": {
      let terms = $0.product($0.logSoftmax($1[0]), $1[1])
      return $0.affine($0.sum(terms, axes: [1]), scale: -1)
    },
  ]

  /// As in `linear resampling [5, 6] to [2, 4]`.
  private static func resampling(_ name: String) -> Build? {
    for kind in Interpolation.allCases where name.hasPrefix("\(kind) resampling") {
      guard let last = name.components(separatedBy: " to ").last else { return nil }
      let digits = last.components(separatedBy: CharacterSet.decimalDigits.inverted)
      let extents = digits.compactMap { Int($0) }
      return { $0.resampling($1[0], kind, spatial: extents) }
    }
    return nil
  }

  /// As in `log softmax axis 2`.
  private static func softmax(_ name: String) -> Build? {
    guard let axis = name.last.flatMap({ Int(String($0)) }) else { return nil }
    if name.hasPrefix("softmax") { return { $0.softmax($1[0], axis: axis) } }
    if name.hasPrefix("log softmax") { return { $0.logSoftmax($1[0], axis: axis) } }
    return nil
  }

  private static func function(_ name: String) -> Build? {
    let functions: [UnaryFunction] = [
      .affine(scale: 1.5, offset: -0.25), .absolute, .squareRoot, .exponential, .logarithm,
      .reciprocal, .square, .sign, .floor, .relu, .leakyRelu(slope: 0.125), .elu(alpha: 0.75),
      .gelu,
      .silu, .tanh, .logistic, .softplus, .clip(lower: -0.5, upper: 0.75),
    ]
    for function in functions where "\(function)".prefix(while: \.isLetter) == name {
      return { $0.apply(function, $1[0]) }
    }
    for function in BinaryFunction.allCases where "\(function)" == name {
      return { $0.apply(function, $1[0], $1[1]) }
    }
    return nil
  }
}
