internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassTensors

/// A network that tells the opponents of colour from the lightness.
struct Colouring: Sendable {
  var translation: TiledTranslation
  /// The mean of a and b over the images learnt from.
  let means: [Float]
  /// How vivid colours are made as colourful as true ones.
  var vividness: Vividness

  /// What L, a and b are divided by for the network: its values are then about as large as 1.
  static let scale: Float = 50
  /// The scaled values that are kept of images: L from -1 to 1, a and b from -128 to 128.
  static let range: ClosedRange<Float> = -2.6...2.6

  /// The scaled planes of an image, L about 0.
  static func scaled(_ lab: PicturePlanes) -> PicturePlanes {
    PicturePlanes(
      width: lab.width,
      height: lab.height,
      planes: lab.planes.enumerated().map { channel, plane in
        plane.map { channel == 0 ? $0 / scale - 1 : $0 / scale }
      }
    )
  }

  /// What pictures could be coloured, each in the size in which the network sees it.
  ///
  /// It is the mean of what the network says of a picture and of its mirror image.
  mutating func distributions(
    of pictures: [Picture],
    on engine: ComputeEngine
  ) async throws -> [ColourDistribution] {
    let inputs = pictures.map { picture in
      let small = picture.resized(to: WorkingSize.of(picture.size))
      let lab = LabColor.planes(of: PicturePlanes(small))
      return Self.scaled(
        PicturePlanes(width: lab.width, height: lab.height, planes: [lab.planes[0]])
      )
    }
    let direct = try await translation.translated(inputs, on: engine)
    let mirrored = try await translation.translated(inputs.map(\.mirrored), on: engine)
    return zip(direct, mirrored).map { direct, mirrored in
      var result = direct
      for (channel, plane) in mirrored.mirrored.planes.enumerated() {
        result.planes[channel] = zip(direct.planes[channel], plane).map { ($0 + $1) / 2 }
      }
      return ColourDistribution(planes: result)
    }
  }

  /// The a and b of a choice, in the size in which the network sees an image.
  func opponents(_ choice: ColourChoice, of distribution: ColourDistribution) -> PicturePlanes {
    switch choice {
    case .mean: distribution.mean
    case .vivid:
      distribution.colours(vividness.source).multiplied(by: vividness.factor)
    }
  }

  /// The colours of a choice, red, green and blue from 0 to 1 in the picture's full size.
  func colours(
    _ choice: ColourChoice,
    of picture: Picture,
    _ distribution: ColourDistribution,
    saturation: Float = 1,
    hints: HintSpreading? = nil
  ) -> PicturePlanes {
    Self.colours(
      of: picture,
      opponents(choice, of: distribution),
      saturation: saturation,
      hints: hints
    )
  }

  /// The colours of a picture, red, green and blue from 0 to 1 in full size.
  ///
  /// - Parameter opponents: Its a and b, in any size.
  static func colours(
    of picture: Picture,
    _ opponents: PicturePlanes,
    saturation: Float,
    hints: HintSpreading?
  ) -> PicturePlanes {
    var large = opponents.interpolated(to: picture.size).multiplied(by: saturation)
    if let hints { large = hints.spread(over: large) }
    var lab = LabColor.planes(of: PicturePlanes(picture))
    lab.planes[1...2] = large.planes[0...1]
    return LabColor.colours(of: lab)
  }
}

extension PicturePlanes {
  /// The planes with left and right changed over.
  var mirrored: PicturePlanes {
    var result = self
    for channel in planes.indices {
      for row in 0..<height {
        result.planes[channel][row * width..<(row + 1) * width].reverse()
      }
    }
    return result
  }

  /// The planes with each value multiplied.
  func multiplied(by factor: Float) -> PicturePlanes {
    guard factor != 1 else { return self }
    return PicturePlanes(
      width: width,
      height: height,
      planes: planes.map { plane in plane.map { $0 * factor } }
    )
  }
}
