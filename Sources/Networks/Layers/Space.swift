package import HourglassGraphs
internal import HourglassTensors

/// The largest or the mean element of each window.
///
/// Shape: `[batch, channels, …]` -> `[batch, channels, (n - window) / stride + 1, …]`.
package struct PoolingLayer: Layer {
  package var kind: Pooling.Kind
  package var window: Int
  package var stride: Int

  /// Makes windows of one extent in each dimension of space, side by side without another stride.
  package init(_ kind: Pooling.Kind, _ window: Int, stride: Int? = nil) {
    self.kind = kind
    self.window = window
    self.stride = stride ?? window
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let rank = Swift.max(builder.shape(of: x).rank - 2, 0)
    return builder.pooling(
      x,
      Pooling(
        kind,
        window: Array(repeating: window, count: rank),
        strides: Array(repeating: stride, count: rank),
        paddingBefore: Array(repeating: 0, count: rank),
        paddingAfter: Array(repeating: 0, count: rank)
      )
    )
  }
}

/// More elements in each dimension of space: `[batch, channels, …]` -> `[batch, channels, …]`.
package struct Upsampling: Layer {
  /// How far.
  package enum Target: Hashable, Sendable {
    /// Each extent times this.
    case factor(Int)
    /// These extents.
    case extents([Int])
  }

  package var target: Target
  package var interpolation: Interpolation

  package init(_ target: Target, interpolation: Interpolation = .nearest) {
    self.target = target
    self.interpolation = interpolation
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch target {
    case .factor(let factor):
      let spatial = builder.shape(of: x).dimensions.dropFirst(2).map { $0 * factor }
      return builder.resampling(x, interpolation, spatial: spatial)
    case .extents(let spatial):
      return builder.resampling(x, interpolation, spatial: spatial)
    }
  }
}

/// One dimension for each item, `[batch, …]` -> `[batch, product of the rest]`.
package struct Flatten: Layer {
  package init() {}

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    builder.flatten(x)
  }
}

/// Other extents for each item, `[batch, …]` -> `[batch, item…]`, in row-major order.
package struct Reshape: Layer {
  package var item: [Int]

  /// Makes the layer for items of these extents, without the batch.
  package init(_ item: [Int]) {
    self.item = item
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    guard x != builder.failed,
      builder.require(
        shape.rank > 0 && item.allSatisfy { $0 >= 0 },
        of: "reshape",
        expected: "x [N, …] and extents of at least 0",
        found: "\(shape) and \(item)"
      )
    else { return builder.failed }
    return builder.reshape(x, Shape([shape[0]] + item))
  }
}
