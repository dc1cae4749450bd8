package import HourglassGraphs
internal import HourglassSystem
internal import HourglassTensors

extension AugmentedViews {
  /// A copy of each image that was taken from elsewhere and went through a file.
  package func distortedImage(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    let each: Shape = [shape[0], 1, 1, 1]
    var view = movedImage(x, each, in: &builder)
    let contrast = uniform(
      each,
      from: 1 - augmentation.contrast,
      to: 1 + augmentation.contrast,
      in: &builder
    )
    let brightness = uniform(
      each,
      from: 0.5 - augmentation.brightness,
      to: 0.5 + augmentation.brightness,
      in: &builder
    )
    let centered = builder.product(builder.affine(view, offset: -0.5), contrast)
    view = builder.sum(centered, brightness)
    // The square root draws much noise more often than little, which is trained on along with it.
    let draw = builder.apply(.squareRoot, builder.random(.uniform, each))
    let deviation = builder.affine(draw, scale: augmentation.noise)
    view = builder.sum(view, builder.product(deviation, builder.random(.normal, shape)))
    // Half of the copies lose what a file of bytes cannot hold.
    let isClipped = chosen(each, part: 0.5, in: &builder)
    let clipped = builder.apply(.clip(lower: 0, upper: 1), view)
    view = either(view, clipped, where: isClipped, in: &builder)
    guard augmentation.compressed > 0 else { return view }
    let isCompressed = chosen(each, part: augmentation.compressed, in: &builder)
    return either(view, compressed(view, in: &builder), where: isCompressed, in: &builder)
  }

  /// Images moved by whole pixels; a quarter of them are also turned and made larger or smaller.
  ///
  /// Interpolation smooths, so that images which are moved alone must not go through it: at whole places it
  /// gives the pixels themselves.
  private func movedImage(
    _ x: NodeID,
    _ each: Shape,
    in builder: inout GraphBuilder
  ) -> NodeID {
    let shape = builder.shape(of: x)
    let (height, width) = (shape[2], shape[3])
    guard augmentation.shift > 0 || augmentation.rotation > 0 || augmentation.zoom > 0 else {
      return x
    }
    func centered(_ extent: Int) -> [Float] {
      (0..<extent).map { Float($0) - Float(extent - 1) / 2 }
    }
    let rows = builder.fixed("rows", [1, 1, height, 1], centered(height))
    let columns = builder.fixed("columns", [1, 1, 1, width], centered(width))
    let isTurned = chosen(each, part: 0.25, in: &builder)
    let most = augmentation.rotation * .pi / 180
    let angle = builder.product(isTurned, uniform(each, from: -most, to: most, in: &builder))
    let largest = log(1 + augmentation.zoom)
    let zoom = builder.product(isTurned, uniform(each, from: -largest, to: largest, in: &builder))
    let scale = builder.apply(.exponential, zoom)
    // sin a = a - a³ / 6 and cos a = 1 - a² / 2 + a⁴ / 24 within 0.3 % up to 45 degrees.
    let square = builder.apply(.square, angle)
    let sine = builder.product(angle, builder.affine(square, scale: -1.0 / 6, offset: 1))
    let curve = builder.affine(square, scale: 1.0 / 24, offset: -0.5)
    let cosine = builder.affine(builder.product(square, curve), offset: 1)
    let (along, across) = (builder.product(scale, cosine), builder.product(scale, sine))
    func place(_ main: NodeID, _ other: NodeID, _ extent: Int) -> NodeID {
      let turned = builder.sum(main, other)
      let shift = wholeNumber(each, most: augmentation.shift, in: &builder)
      return builder.sum(turned, builder.affine(shift, offset: Float(extent - 1) / 2 + 1))
    }
    // A pixel of black around the image is what is seen beyond it.
    var framed = x
    for axis in [2, 3] { framed = builder.padding(framed, axis: axis, before: 1, after: 1) }
    return builder.sampled(
      framed,
      rows: place(
        builder.product(along, rows),
        builder.product(across, columns),
        height
      ),
      columns: place(
        builder.product(along, columns),
        builder.affine(builder.product(across, rows), scale: -1),
        width
      )
    )
  }

  /// What is left of images in JPEG files of qualities from about 30 to 95, each channel by itself at the
  /// quality of its image.
  ///
  /// Reference: ITU-T, 1992, "Recommendation T.81", sections A.3.3 (the transform of blocks), A.3.4
  /// (rounding) and table K.1 (the steps).
  private func compressed(_ x: NodeID, in builder: inout GraphBuilder) -> NodeID {
    let shape = builder.shape(of: x)
    let (height, width) = (shape[2], shape[3])
    func whole(_ extent: Int) -> Int { (extent + 7) / 8 * 8 }
    var planes = builder.reshape(x, [shape[0] * shape[1], 1, height, width])
    planes = builder.padding(planes, axis: 2, before: 0, after: whole(height) - height)
    planes = builder.padding(planes, axis: 3, before: 0, after: whole(width) - width)
    let cosines = builder.fixed("cosines", [64, 1, 8, 8], Self.blockCosines)
    let blocks = Convolution(rank: 2, stride: 8)
    let amplitudes = builder.convolution(planes, cosines, blocks)
    // Quality 50 has the steps of the table, 95 a tenth of them.
    let draw = builder.apply(.square, builder.random(.uniform, [shape[0], 1, 1, 1]))
    let each = builder.broadcast(draw, to: [shape[0], shape[1], 1, 1])
    let coarseness = builder.reshape(each, [shape[0] * shape[1], 1, 1, 1])
    let table = builder.fixed("steps", [1, 64, 1, 1], Self.luminanceSteps.map { Float($0) / 255 })
    let steps = builder.product(builder.affine(coarseness, scale: 1.6, offset: 0.1), table)
    let counts = builder.affine(builder.quotient(amplitudes, steps), offset: 0.5)
    let kept = builder.product(builder.apply(.floor, counts), steps)
    var rebuilt = builder.convolutionBackwardData(
      kept,
      cosines,
      blocks,
      spatial: [whole(height), whole(width)]
    )
    rebuilt = builder.slice(rebuilt, axis: 2, 0..<height)
    return builder.reshape(builder.slice(rebuilt, axis: 3, 0..<width), shape)
  }

  /// The orthonormal cosines of blocks of 8 by 8, `[64, 8, 8]`.
  private static let blockCosines: [Float] = {
    func wave(_ number: Int, _ place: Int) -> Float {
      let scale: Float = number == 0 ? (1.0 / 8 as Float).squareRoot() : 0.5
      return scale * cos(.pi * Float(number) * (Float(place) + 0.5) / 8)
    }
    var values: [Float] = []
    for cosine in 0..<64 {
      for pixel in 0..<64 {
        values.append(wave(cosine / 8, pixel / 8) * wave(cosine % 8, pixel % 8))
      }
    }
    return values
  }()

  /// Table K.1 of Recommendation T.81.
  private static let luminanceSteps: [Int] = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]
}
