internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassMedia
internal import HourglassTasksCommon
internal import HourglassTensors

/// A network that tells the a and b channels of color from the lightness.
struct ColorizationModel: Sendable {
  var translation: TiledInference
  /// The mean of a and b over the images trained on.
  let means: [Float]
  /// How vivid colors are made as colorful as true ones.
  var vividness: Vividness

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
  /// It is the mean of what the network says of an image and of its mirror image.
  mutating func distributions(
    of images: [Image],
    on engine: ComputeEngine
  ) async throws -> [ColorDistribution] {
    let inputs = images.map { image in
      let small = image.resized(to: WorkingSize.of(image.size))
      let lab = LabColor.planes(of: PlanarImage(small))
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

  /// The colors of a choice, red, green and blue from 0 to 1 in the image's full size.
  func colors(
    _ choice: ColorChoice,
    of image: Image,
    _ distribution: ColorDistribution,
    saturation: Float = 1,
    hints: HintSpreading? = nil
  ) -> PlanarImage {
    Self.colors(
      of: image,
      abChannels(choice, of: distribution),
      saturation: saturation,
      hints: hints
    )
  }

  /// The colors of an image, red, green and blue from 0 to 1 in full size.
  ///
  /// - Parameter a and b channels: Its a and b, in any size.
  static func colors(
    of image: Image,
    _ abChannels: PlanarImage,
    saturation: Float,
    hints: HintSpreading?
  ) -> PlanarImage {
    var large = abChannels.interpolated(to: image.size).multiplied(by: saturation)
    if let hints { large = hints.spread(over: large) }
    var lab = LabColor.planes(of: PlanarImage(image))
    lab.planes[1...2] = large.planes[0...1]
    return LabColor.colors(of: lab)
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
