internal import HourglassTasksCommon

/// A network that fills the holes of images.
struct ImageInpainting: Sendable {
  /// The planes that it takes at once: 1, each color by itself, or 3.
  let channels: Int
  /// The mean of each of these planes over the images trained on.
  let means: [Float]
  var translation: TiledInference

  /// What is made of an image.
  struct Filled: Sendable {
    /// The image with its holes filled by the network; the rest as it was.
    var image: PlanarImage
    /// The same, filled smoothly.
    var smooth: PlanarImage
  }

  /// An image with its holes.
  struct HoledImage: Sendable {
    var image: PlanarImage
    var mask: PixelMask
    var name: String
  }

  /// Fills the holes of images; many small ones at once are faster.
  ///
  /// - Throws: `otherKind` for a gray image where the network knows colors alone.
  mutating func filled(
    _ images: [HoledImage],
    on engine: ComputeEngine
  ) async throws -> [Filled] {
    var parts: [PlanarImage] = []
    var smooth: [PlanarImage] = []
    for holed in images {
      if channels == 3, holed.image.planes.count != 3 {
        throw TaskError.otherKind(
          name: holed.name,
          expected: "images with colors",
          found: "an image in gray"
        )
      }
      let image = holed.image.smoothlyFilled(holed.mask)
      smooth.append(image)
      let holes = holed.mask.missing.map { $0 ? Float(1) : 0 }
      for first in stride(from: 0, to: image.planes.count, by: channels) {
        parts.append(
          PlanarImage(
            width: image.width,
            height: image.height,
            planes: Array(image.planes[first..<first + channels]) + [holes]
          )
        )
      }
    }
    var differences = try await translation.translated(parts, on: engine)[...]
    return zip(images, smooth).map { holed, smooth in
      let own = differences.prefix(smooth.planes.count / channels)
      differences = differences.dropFirst(own.count)
      let planes = own.flatMap(\.planes)
      var result = smooth
      for channel in smooth.planes.indices {
        for pixel in holed.mask.missing.indices where holed.mask.missing[pixel] {
          let value = smooth.planes[channel][pixel] + planes[channel][pixel] / MaskedPatches.scale
          result.planes[channel][pixel] = min(max(value, 0), 1)
        }
      }
      return Filled(image: result, smooth: smooth)
    }
  }
}

extension PlanarImage {
  /// The image with the holes of a mask filled smoothly.
  func smoothlyFilled(_ mask: PixelMask) -> PlanarImage {
    guard mask.count > 0 else { return self }
    var result = self
    for channel in planes.indices {
      result.planes[channel] = HarmonicFill.filled(
        planes[channel],
        missing: mask.missing,
        width: width,
        height: height
      )
    }
    return result
  }
}

extension Image {
  /// The image with other colors where a mask says so, opaque there; all else stays to the bit.
  func replacing(_ mask: PixelMask, with colors: PlanarImage) -> Image {
    let new = colors.image(like: self)
    func merged<Sample: FixedWidthInteger>(_ old: [Sample], _ new: [Sample]) -> [Sample] {
      var result = old
      for pixel in mask.missing.indices where mask.missing[pixel] {
        for channel in 0..<channels {
          let place = pixel * channels + channel
          result[place] = hasAlpha && channel == channels - 1 ? .max : new[place]
        }
      }
      return result
    }
    let samples: Samples =
      switch (samples, new.samples) {
      case (.bytes(let old), .bytes(let new)): .bytes(merged(old, new))
      case (.words(let old), .words(let new)): .words(merged(old, new))
      default: self.samples
      }
    return replacing(samples: samples)
  }
}
