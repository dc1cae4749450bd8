internal import HourglassGraphs
internal import HourglassTensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The two views of an item that a matcher learns to bring together: the item as it is, and a
/// distorted copy, both as parts of the graph.
///
/// Distortions are drawn inside the graph, from the seed and the number of the step, so that a run
/// that goes on from a checkpoint sees the same copies.
struct ItemViews: Hashable, Sendable, Codable {
  /// What an item is.
  enum Form: Hashable, Sendable, Codable {
    /// `[channels, height, width]`, values from 0 to 1.
    case image
    /// `[1, margin + frames + margin, bands]`, log-mel energies; a view is the middle, moved by up to
    /// the margin and standardised.
    case patch(frames: Int, margin: Int)
    /// `[width + fields]`, values and presences; a view has the same shape.
    case row(width: Int)
  }

  /// What an item is.
  var form: Form
  /// What is done to a copy.
  var distortions: Distortions

  /// The shape of a view, for items of a shape, both without the batch.
  func viewShape(for item: Shape) -> Shape {
    if case .patch(let frames, _) = form { [1, frames, item[2]] } else { item }
  }

  /// The item as it is: `[batch, item…]` -> `[batch, view…]`.
  func clean(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch form {
    case .image: return x
    case .patch(let frames, let margin):
      let middle = builder.slice(x, axis: 2, margin..<margin + frames)
      return builder.standardization(middle, axes: [1, 2, 3])
    case .row(let width): return masked(x, width: width, hiding: 0, noise: 0, in: &builder)
    }
  }

  /// A distorted copy: `[batch, item…]` -> `[batch, view…]`.
  func distorted(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    switch form {
    case .image: return distortedImage(x, in: &builder)
    case .patch(let frames, let margin):
      return distortedPatch(x, frames: frames, margin: margin, in: &builder)
    case .row(let width):
      return masked(
        x,
        width: width,
        hiding: distortions.hidden,
        noise: distortions.noise,
        in: &builder
      )
    }
  }

  // MARK: Images

  private func distortedImage(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    let each: Shape = [shape[0], 1, 1, 1]
    var view = x
    let most = distortions.shift
    if most > 0 {
      for axis in [2, 3] {
        let padded = builder.padding(view, axis: axis, before: most, after: most)
        view = moved(padded, axis: axis, extent: shape[axis], step: 1, in: &builder)
      }
    }
    let contrast = uniform(
      each,
      from: 1 - distortions.contrast,
      to: 1 + distortions.contrast,
      in: &builder
    )
    let brightness = uniform(
      each,
      from: 0.5 - distortions.brightness,
      to: 0.5 + distortions.brightness,
      in: &builder
    )
    let centred = builder.product(builder.affine(view, offset: -0.5), contrast)
    view = builder.sum(centred, brightness)
    let deviation = uniform(each, from: 0, to: distortions.noise, in: &builder)
    view = builder.sum(view, builder.product(deviation, builder.random(.normal, shape)))
    // Half of the copies lose what a file of bytes cannot hold.
    let isClipped = builder.apply(
      .greater,
      builder.random(.uniform, each),
      builder.constant(0.5)
    )
    let clipped = builder.apply(.clip(lower: 0, upper: 1), view)
    return builder.sum(view, builder.product(isClipped, builder.difference(clipped, view)))
  }

  // MARK: Sounds

  private func distortedPatch(
    _ x: NodeID,
    frames: Int,
    margin: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let (batch, bands) = (builder.shape(of: x)[0], builder.shape(of: x)[3])
    let each: Shape = [batch, 1, 1, 1]
    let patch = moved(x, axis: 2, extent: frames, step: 2, in: &builder)
    let shape = builder.shape(of: patch)
    let energy = builder.apply(.exponential, patch)
    let mean = builder.mean(energy, axes: [1, 2, 3], keepsDimensions: true)
    let curves = builder.fixed("curves", [bands, 3], Self.curves(bands: bands))

    // Noise with a smooth spectrum whose energy fluctuates from frame to frame and band to band.
    let spectrum = smooth(curves, batch, deviation: 0.7, in: &builder)
    let flutter = builder.affine(builder.random(.normal, shape), scale: 0.4)
    let noise = builder.apply(.exponential, builder.sum(spectrum, flutter))
    let least = distortions.signalToNoise
    var mixed = builder.sum(
      energy,
      scaled(noise, to: mean, each, from: least, to: least + 40, in: &builder)
    )
    if batch > 1 {
      let other = builder.concatenation(
        [
          builder.slice(energy, axis: 0, 1..<batch), builder.slice(energy, axis: 0, 0..<1),
        ],
        axis: 0
      )
      let background = scaled(other, to: mean, each, from: 5, to: 45, in: &builder)
      mixed = builder.sum(mixed, background)
    }
    let equaliser = smooth(curves, batch, deviation: 0.8, in: &builder)
    let heard = builder.sum(builder.apply(.logarithm, mixed), equaliser)
    return builder.standardization(heard, axes: [1, 2, 3])
  }

  /// A random smooth curve over the bands for each item, `[batch, 1, 1, bands]`, in nepers.
  private func smooth(
    _ curves: NodeID,
    _ batch: Int,
    deviation: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let weights = builder.affine(builder.random(.normal, [batch, 3]), scale: deviation)
    let sum = builder.dense(weights, curves)
    return builder.reshape(sum, [batch, 1, 1, builder.shape(of: sum)[1]])
  }

  /// Energies brought to a random level below a mean, between two ratios in dB.
  private func scaled(
    _ energy: NodeID,
    to mean: NodeID,
    _ each: Shape,
    from least: Float,
    to most: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let own = builder.mean(energy, axes: [1, 2, 3], keepsDimensions: true)
    // 10 dB are a factor of 10 in energy.
    let decibels = uniform(each, from: -most, to: -least, in: &builder)
    let ratio = builder.apply(.exponential, builder.affine(decibels, scale: log(10) / 10))
    let level = builder.quotient(builder.product(ratio, mean), builder.affine(own, offset: 1e-12))
    return builder.product(energy, level)
  }

  /// The first cosines over the bands, `[bands, 3]`.
  private static func curves(bands: Int) -> [Float] {
    (0..<bands).flatMap { band in
      (1...3).map { cosf(.pi * Float($0) * (Float(band) + 0.5) / Float(bands)) }
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
    // Cells that are missing have the value 0 and the presence 0; a hidden value looks like a mean.
    let shape = builder.shape(of: x)
    var values = builder.slice(x, axis: 1, 0..<width)
    let presence = builder.slice(x, axis: 1, width..<shape[1])
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
    return builder.concatenation([values, presence], axis: 1)
  }

  // MARK: Parts

  /// A window of some extent along an axis, at a random place for each item, in steps.
  private func moved(
    _ x: NodeID,
    axis: Int,
    extent: Int,
    step: Int,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let shape = builder.shape(of: x)
    let places = Array(stride(from: 0, through: shape[axis] - extent, by: step))
    guard places.count > 1 else {
      return builder.slice(x, axis: axis, 0..<extent)
    }
    let each = Shape([shape[0]] + Array(repeating: 1, count: shape.rank - 1))
    let draw = uniform(each, from: 0, to: Float(places.count), in: &builder)
    // The window is W₀ + Σⱼ [draw > j] (Wⱼ - Wⱼ₋₁): the terms up to the drawn place remain.
    var former = builder.slice(x, axis: axis, places[0]..<places[0] + extent)
    var result = former
    for (number, place) in places.enumerated().dropFirst() {
      let window = builder.slice(x, axis: axis, place..<place + extent)
      let isReached = builder.apply(.greater, draw, builder.constant(Float(number)))
      let change = builder.difference(window, former)
      result = builder.sum(result, builder.product(isReached, change))
      former = window
    }
    return result
  }

  private func uniform(
    _ shape: Shape,
    from low: Float,
    to high: Float,
    in builder: inout GraphBuilder
  ) -> NodeID {
    builder.affine(builder.random(.uniform, shape), scale: high - low, offset: low)
  }
}
