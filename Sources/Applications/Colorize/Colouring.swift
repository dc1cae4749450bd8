internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassEngines
internal import HourglassTensors

/// A network that tells the opponents of colour from the lightness.
struct Colouring: Sendable {
  var translation: TiledTranslation
  /// The mean of a and b over the images learnt from.
  let means: [Float]

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

  /// The a and b of images, in their own size.
  ///
  /// - Parameter lightnesses: The L of each image in the size in which the network sees it.
  mutating func opponents(
    _ lightnesses: [PicturePlanes],
    on engine: ComputeEngine
  ) async throws -> [PicturePlanes] {
    let inputs = lightnesses.map(Self.scaled)
    return try await translation.translated(inputs, on: engine).map { result in
      PicturePlanes(
        width: result.width,
        height: result.height,
        planes: result.planes.map { plane in plane.map { $0 * Self.scale } }
      )
    }
  }

  /// The colours of pictures, red, green and blue from 0 to 1 in full size.
  mutating func coloured(
    _ pictures: [Picture],
    saturation: Float,
    on engine: ComputeEngine
  ) async throws -> [PicturePlanes] {
    let small = pictures.map { picture in
      let lab = LabColor.planes(
        of: PicturePlanes(picture.resized(to: WorkingSize.of(picture.size)))
      )
      return PicturePlanes(width: lab.width, height: lab.height, planes: [lab.planes[0]])
    }
    let opponents = try await opponents(small, on: engine)
    return zip(pictures, opponents).map { picture, opponents in
      var lab = LabColor.planes(of: PicturePlanes(picture))
      let large = opponents.interpolated(to: picture.size)
      for channel in 0..<2 {
        lab.planes[channel + 1] = large.planes[channel].map { $0 * saturation }
      }
      return LabColor.colours(of: lab)
    }
  }
}
