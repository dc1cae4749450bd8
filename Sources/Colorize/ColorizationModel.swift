internal import HourglassTasksCommon

/// A network that predicts the a and b channels of color from the lightness.
struct ColorizationModel: Sendable {
  var translation: TiledInference
  /// The mean of a and b over the images trained on.
  let means: [Float]
  /// How vivid colors are made as colorful as true ones.
  var vividness: Vividness
  /// How red, green and blue become L, a and b; a test counts the images that it is called for.
  var lab: @Sendable (PlanarImage) -> PlanarImage = { LabColor.planes(of: $0) }

  /// What L, a and b are divided by for the network: its values are then about as large as 1.
  static let scale: Float = 50
  /// The scaled values that are kept of images: L from -1 to 1, a and b from -128 to 128.
  static let range: ClosedRange<Float> = -2.6...2.6

  /// The scaled planes of an image, L about 0.
  static func scaled(_ lab: PlanarImage) -> PlanarImage {
    PlanarImage(
      width: lab.width,
      height: lab.height,
      planes: lab.planes.enumerated().map { channel, plane in
        plane.map { channel == 0 ? $0 / scale - 1 : $0 / scale }
      }
    )
  }

  /// What images could be colored, each in the size in which the network sees it.
  ///
  /// It is the mean of the outputs for an image and for its mirror image.
  mutating func distributions(
    of images: [Image],
    on engine: ComputeEngine
  ) async throws -> [ColorDistribution] {
    let inputs = images.map { image in
      let small = image.resized(to: WorkingSize.of(image.size))
      let lab = lab(PlanarImage(small))
      return Self.scaled(
        PlanarImage(width: lab.width, height: lab.height, planes: [lab.planes[0]])
      )
    }
    let direct = try await translation.translated(inputs, on: engine)
    let mirrored = try await translation.translated(inputs.map(\.mirrored), on: engine)
    return zip(direct, mirrored).map { direct, mirrored in
      var result = direct
      for (channel, plane) in mirrored.mirrored.planes.enumerated() {
        result.planes[channel] = zip(direct.planes[channel], plane).map { ($0 + $1) / 2 }
      }
      return ColorDistribution(planes: result)
    }
  }

  /// The a and b of a choice, in the size in which the network sees an image.
  func abChannels(_ choice: ColorChoice, of distribution: ColorDistribution) -> PlanarImage {
    switch choice {
    case .mean: distribution.mean
    case .vivid:
      distribution.colors(vividness.source).multiplied(by: vividness.factor)
    }
  }

  /// An image whose colors are to be chosen.
  func original(_ image: Image) -> ColorOriginal {
    let planes = PlanarImage(image)
    return ColorOriginal(image: image, planes: planes, lab: lab(planes))
  }

  /// The colors of a choice in the image's full size.
  func colors(
    _ choice: ColorChoice,
    of original: ColorOriginal,
    _ distribution: ColorDistribution,
    saturation: Float = 1,
    hints: HintSpreading? = nil
  ) -> ColoredPlanes {
    original.colored(
      abChannels(choice, of: distribution),
      saturation: saturation,
      hints: hints
    )
  }
}

/// Colors of an image: red, green and blue from 0 to 1, and the same as L, a and b.
typealias ColoredPlanes = (colors: PlanarImage, lab: PlanarImage)

/// An image in its own colors, as they are and as L, a and b, which are computed once.
struct ColorOriginal: Sendable {
  let image: Image
  let planes: PlanarImage
  let lab: PlanarImage

  /// The image with other colors, in full size.
  ///
  /// - Parameter abChannels: Its a and b, in any size.
  func colored(
    _ abChannels: PlanarImage,
    saturation: Float,
    hints: HintSpreading?
  ) -> ColoredPlanes {
    var large = abChannels.interpolated(to: image.size).multiplied(by: saturation)
    if let hints { large = hints.spread(over: large) }
    var lab = lab
    lab.planes[1...2] = large.planes[0...1]
    return LabColor.shown(lab)
  }
}

extension PlanarImage {
  /// The planes with left and right changed over.
  var mirrored: PlanarImage {
    var result = self
    for channel in planes.indices {
      for row in 0..<height {
        result.planes[channel][row * width..<(row + 1) * width].reverse()
      }
    }
    return result
  }

  /// The planes with each value multiplied.
  func multiplied(by factor: Float) -> PlanarImage {
    guard factor != 1 else { return self }
    return PlanarImage(
      width: width,
      height: height,
      planes: planes.map { plane in plane.map { $0 * factor } }
    )
  }
}
