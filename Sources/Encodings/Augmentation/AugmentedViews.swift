internal import HourglassEngines
package import HourglassGraphs
package import HourglassTensors

/// The two views of an item that a matcher is trained to bring together: the item as it is, and a
/// distorted copy, both as parts of the graph.
///
/// Augmentation are drawn inside the graph, from the seed and the number of the step, so that a run
/// that goes on from a checkpoint sees the same copies.
package struct AugmentedViews: Hashable, Sendable, Codable {
  /// What an item is.
  package enum Form: Hashable, Sendable, Codable {
    /// `[channels, height, width]`, values from 0 to 1.
    case image
    /// `[1, margin + frames + margin, bands]`, log-mel energies; a view is the middle, moved by up to
    /// the margin and standardized.
    case patch(frames: Int, margin: Int)
    /// `[width + fields]`, values and observed masks; a view has the same shape.
    case row(width: Int)
  }

  /// What an item is.
  package var form: Form
  /// What is done to a copy.
  package var augmentation: Augmentation

  /// Makes the views of items of a form.
  package init(form: Form, augmentation: Augmentation) {
    self.form = form
    self.augmentation = augmentation
  }

  /// The shape of a view, for items of a shape, both without the batch.
  package func viewShape(for item: Shape) -> Shape {
    if case .patch(let frames, _) = form { [1, frames, item[2]] } else { item }
  }

  /// The item as it is: `[batch, item…]` -> `[batch, view…]`.
  package func clean(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch form {
    case .image: return x
    case .patch(let frames, let margin):
      let middle = builder.slice(x, axis: 2, margin..<margin + frames)
      return builder.standardization(middle, axes: [1, 2, 3])
    case .row(let width): return masked(x, width: width, hiding: 0, noise: 0, in: &builder)
    }
  }

  /// A distorted copy: `[batch, item…]` -> `[batch, view…]`.
  package func distorted(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch form {
    case .image: return distortedImage(x, in: &builder)
    case .patch(let frames, let margin):
      return distortedPatch(x, frames: frames, margin: margin, in: &builder)
    case .row(let width):
      return masked(
        x,
        width: width,
        hiding: augmentation.hidden,
        noise: augmentation.noise,
        in: &builder
      )
    }
  }

  // MARK: Rows

  private func masked(
    _ x: NodeID,
    width: Int,
    hiding part: Float,
    noise: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    // Cells that are missing have the value 0 and the observed mask 0; a hidden value looks like a mean.
    let shape = builder.shape(of: x)
    var values = builder.slice(x, axis: 1, 0..<width)
    let observed = builder.slice(x, axis: 1, width..<shape[1])
    if noise > 0 {
      let deviation = uniform([shape[0], 1], from: 0, to: noise, in: &builder)
      let draws = builder.random(.normal, [shape[0], width])
      values = builder.sum(values, builder.product(deviation, draws))
    }
    if part > 0 {
      let draws = builder.random(.uniform, [shape[0], width])
      let isShown = builder.apply(.greater, draws, builder.constant(part))
      values = builder.product(values, isShown)
    }
    return builder.concatenation([values, observed], axis: 1)
  }

  // MARK: Parts

  /// Uniform numbers from `low` to below `high`.
  package func uniform(
    _ shape: Shape,
    from low: Float,
    to high: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    builder.affine(builder.random(.uniform, shape), scale: high - low, offset: low)
  }

  /// Whole numbers from `-most` to `most`, all as often.
  package func wholeNumber(
    _ shape: Shape,
    most: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let draw = builder.affine(builder.random(.uniform, shape), scale: Float(2 * most + 1))
    return builder.affine(builder.apply(.floor, draw), offset: -Float(most))
  }

  /// 1 for a part of the items, else 0.
  package func chosen(
    _ shape: Shape,
    part: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    builder.apply(.greater, builder.constant(part), builder.random(.uniform, shape))
  }

  /// `other` where `isOther` is 1, and `x` where it is 0; both to the last digit.
  package func either(
    _ x: NodeID,
    _ other: NodeID,
    where isOther: NodeID,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let isNot = builder.affine(isOther, scale: -1, offset: 1)
    return builder.sum(builder.product(isNot, x), builder.product(isOther, other))
  }
}
