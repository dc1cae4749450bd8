package import HourglassGraphs
internal import HourglassTensors

/// A part of a network: hyperparameters alone, its parameters are named nodes of the graph.
///
/// A layer names its parameters below the builder's present scope, as in `encoder.0.weight`. A
/// layer is added once under one scope: to use the same weights for two inputs, concatenate these
/// along the batch. A mistake is kept by the builder and reported when the graph is finished.
package protocol Layer: Hashable, Sendable {
  /// Adds the layer and gives its result.
  func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID
}

/// What a graph is built for: layers such as dropout behave differently in the two.
package enum Mode: Hashable, Sendable {
  /// Training: statistics of the batch, random masks.
  case training
  /// Use: running statistics, no randomness.
  case inference
}

/// Layers one after another, each under its number as its scope.
package struct Sequential: Layer {
  /// The layers, the first one first.
  package var layers: [any Layer]

  /// Makes a chain of layers.
  package init(_ layers: [any Layer]) {
    self.layers = layers
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    var result = x
    for (index, layer) in layers.enumerated() {
      let input = result
      result = builder.scoped(String(index)) { layer(input, in: &$0) }
    }
    return result
  }

  package static func == (left: Sequential, right: Sequential) -> Bool {
    left.layers.map { AnyHashable($0) } == right.layers.map { AnyHashable($0) }
  }

  package func hash(into hasher: inout Hasher) {
    for layer in layers { layer.hash(into: &hasher) }
  }
}

extension GraphBuilder {
  /// Whether a condition holds; where it does not, the mistake is kept for `finish()`.
  package mutating func require(
    _ condition: Bool,
    of operation: String,
    expected: @autoclosure () -> String,
    found: @autoclosure () -> String
  ) -> Bool {
    if condition { return true }
    fail(
      .shapeMismatch(
        operation: operation,
        scope: scope,
        problem: ShapeProblem(expected: expected(), found: found())
      )
    )
    return false
  }

  /// `x · scale + shift` with vectors `[C]` along the channels of `x [N, C, …]`.
  mutating func scaledAndShifted(_ x: NodeID, _ scale: NodeID, _ shift: NodeID) -> NodeID {
    let rank = shape(of: x).rank
    let scaled = product(x, channelwise(scale, rank: rank))
    return sum(scaled, channelwise(shift, rank: rank))
  }
}

/// The largest number of outputs or channels that a layer may ask for.
///
/// It keeps the products of extents far from overflow, whatever a configuration file says.
let widthRange = 1...(1 << 24)
