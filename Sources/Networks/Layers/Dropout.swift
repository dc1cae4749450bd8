package import HourglassGraphs
internal import HourglassTensors

/// Zero for a random part of the elements while training, the others scaled so that the mean
/// stays; the identity at inference.
///
/// Shape: any, it stays.
///
/// Reference: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, 2014, "Dropout: A Simple
/// Way to Prevent Neural Networks from Overfitting", JMLR 15, section 4.
package struct Dropout: Layer {
  package var rate: Float
  package var mode: Mode

  /// Makes the layer; the rate, the part that becomes 0, is at least 0 and below 1.
  package init(rate: Float, mode: Mode) {
    self.rate = rate
    self.mode = mode
  }

  package func callAsFunction(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    guard mode == .training, rate != 0, x != builder.failed else { return x }
    guard
      builder.require(
        rate > 0 && rate < 1,
        of: "dropout",
        expected: "a rate of at least 0 and below 1",
        found: "\(rate)"
      )
    else { return builder.failed }
    // A number uniform on [0, 1) is at least the rate with probability 1 - rate.
    let chance = builder.random(.uniform, builder.shape(of: x))
    let isDropped = builder.apply(.greater, builder.constant(rate), chance)
    let factor = builder.affine(isDropped, scale: -1 / (1 - rate), offset: 1 / (1 - rate))
    return builder.product(x, factor)
  }
}
