extension Image {
  /// The image in another size.
  ///
  /// Each axis is treated by itself. Where it becomes shorter, a new pixel is the average of the
  /// area that it covers; where it becomes longer, pixels are interpolated by cubic convolution with
  /// a = -1/2. Transparent pixels do not tint their neighbors: colors are weighted by alpha.
  ///
  /// Reference: Keys, 1981, "Cubic convolution interpolation for digital image processing",
  /// doi:10.1109/TASSP.1981.1163711, equation 15.
  public func resized(to size: ImageSize) -> Image {
    guard size != self.size else { return self }
    var values = samples.floats()
    if hasAlpha { multiplyByAlpha(&values) }
    if size.width != width {
      values = ResizeWeights(from: width, to: size.width)
        .applied(values, outer: height, inner: channels)
    }
    if size.height != height {
      values = ResizeWeights(from: height, to: size.height)
        .applied(values, outer: 1, inner: size.width * channels)
    }
    if hasAlpha { divideByAlpha(&values) }
    return Image(
      width: size.width,
      height: size.height,
      channels: channels,
      samples: Samples(rounding: values, depth: depth),
      colorProfile: colorProfile,
      exif: exif
    )
  }

  /// The image in another size, which it fills: scaled, and cut at two sides where its form is
  /// another one.
  public func filling(_ size: ImageSize) -> Image {
    // The largest part of the form that is wanted.
    let width = max(min(width, (height * size.width + size.height / 2) / size.height), 1)
    let height = max(min(height, (self.width * size.height + size.width / 2) / size.width), 1)
    return center(width: width, height: height).resized(to: size)
  }

  /// The part in the middle.
  private func center(width: Int, height: Int) -> Image {
    guard width != self.width || height != self.height else { return self }
    let (left, top) = ((self.width - width) / 2, (self.height - height) / 2)
    let row = self.width * channels
    func rows<Sample>(_ samples: [Sample]) -> [Sample] {
      var part: [Sample] = []
      for y in top..<top + height {
        let start = y * row + left * channels
        part += samples[start..<start + width * channels]
      }
      return part
    }
    let samples: Samples =
      switch samples {
      case .bytes(let all): .bytes(rows(all))
      case .words(let all): .words(rows(all))
      }
    return replacing(samples: samples, width: width, height: height)
  }

  private func multiplyByAlpha(_ values: inout [Float]) {
    for pixel in 0..<values.count / channels {
      let alpha = values[(pixel + 1) * channels - 1]
      for index in pixel * channels..<(pixel + 1) * channels - 1 { values[index] *= alpha }
    }
  }

  private func divideByAlpha(_ values: inout [Float]) {
    for pixel in 0..<values.count / channels {
      let alpha = values[(pixel + 1) * channels - 1]
      for index in pixel * channels..<(pixel + 1) * channels - 1 {
        values[index] = alpha > 0 ? values[index] / alpha : 0
      }
    }
  }
}

/// For each place of a new axis, the places of the former one that it is made of and their weights.
package struct ResizeWeights {
  private let extent: Int
  private var starts: [Int] = []
  /// Where the weights of each place begin in `weights`, and the end.
  private var offsets: [Int] = [0]
  private var weights: [Float] = []

  package init(from extent: Int, to target: Int) {
    self.extent = extent
    for index in 0..<target {
      if target < extent {
        appendArea(index, of: target)
      } else {
        appendCubic(index, of: target)
      }
      offsets.append(weights.count)
    }
  }

  /// In steps of 1 / (extent * target) of the axis: place i of the new axis covers i * extent up to
  /// (i + 1) * extent, and place j of the former one j * target up to (j + 1) * target.
  private mutating func appendArea(_ index: Int, of target: Int) {
    let (low, high) = (index * extent, (index + 1) * extent)
    let (first, last) = (low / target, (high - 1) / target)
    starts.append(first)
    for place in first...last {
      let common = min(high, (place + 1) * target) - max(low, place * target)
      weights.append(Float(Double(common) / Double(extent)))
    }
  }

  private mutating func appendCubic(_ index: Int, of target: Int) {
    let center = (Double(index) + 0.5) * Double(extent) / Double(target) - 0.5
    let first = max(0, Int(center.rounded(.down)) - 1)
    let last = min(extent - 1, Int(center.rounded(.down)) + 2)
    let parts = (first...last).map { Self.cubic(abs(Double($0) - center)) }
    let total = parts.reduce(0, +)
    starts.append(first)
    weights += parts.map { Float($0 / total) }
  }

  private static func cubic(_ x: Double) -> Double {
    switch x {
    case ..<1: (1.5 * x - 2.5) * x * x + 1
    case ..<2: ((-0.5 * x + 2.5) * x - 4) * x + 2
    default: 0
    }
  }

  /// Applies the weights to the middle axis of `[outer, extent, inner]`.
  package func applied(_ values: [Float], outer: Int, inner: Int) -> [Float] {
    var result = [Float](repeating: 0, count: outer * starts.count * inner)
    var place = result.mutableSpan
    let source = values.span
    for block in 0..<outer {
      for (index, start) in starts.enumerated() {
        let to = (block * starts.count + index) * inner
        for position in offsets[index]..<offsets[index + 1] {
          let weight = weights[position]
          let from = (block * extent + start + position - offsets[index]) * inner
          for offset in 0..<inner { place[to + offset] += weight * source[from + offset] }
        }
      }
    }
    return result
  }
}
