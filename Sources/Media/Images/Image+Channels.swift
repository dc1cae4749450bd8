extension Image {
  /// The image in gray; alpha and EXIF data are kept, a profile of colors is not.
  ///
  /// Gray is the luma of BT.601: 0.299 R + 0.587 G + 0.114 B of the samples as they are.
  ///
  /// Reference: ITU-R, 2011, Recommendation BT.601-7, section 2.5.1.
  public func gray() -> Image {
    guard channels >= 3 else { return self }
    return converted(channels: hasAlpha ? 2 : 1)
  }

  /// The image with another number of channels.
  ///
  /// Colors become gray as `gray()` says, and gray becomes three equal channels. Alpha that is not
  /// wanted is left out and alpha that was not there is opaque.
  ///
  /// - Parameter channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  public func converted(channels wanted: Int) -> Image {
    precondition((1...4).contains(wanted), "\(wanted) channels were asked for")
    guard wanted != channels else { return self }
    let isSameKind = (wanted >= 3) == (channels >= 3)
    let converted: Samples =
      switch samples {
      case .bytes(let samples): .bytes(Self.converted(samples, from: channels, to: wanted))
      case .words(let samples): .words(Self.converted(samples, from: channels, to: wanted))
      }
    return Image(
      width: width,
      height: height,
      channels: wanted,
      samples: converted,
      colorProfile: isSameKind ? colorProfile : nil,
      exif: exif
    )
  }

  private static func converted<Sample: FixedWidthInteger & UnsignedInteger>(
    _ samples: [Sample],
    from channels: Int,
    to wanted: Int
  ) -> [Sample] {
    let count = samples.count / channels
    var result = [Sample](repeating: .max, count: count * wanted)
    let (colors, wantedColors) = (channels < 3 ? 1 : 3, wanted < 3 ? 1 : 3)
    let keepsAlpha = colors < channels && wantedColors < wanted
    for pixel in 0..<count {
      let (source, place) = (pixel * channels, pixel * wanted)
      if wantedColors < colors {
        result[place] = luma(samples[source], samples[source + 1], samples[source + 2])
      } else {
        for color in 0..<wantedColors {
          result[place + color] = samples[source + (colors == 1 ? 0 : color)]
        }
      }
      if keepsAlpha { result[place + wantedColors] = samples[source + colors] }
    }
    return result
  }

  /// The weights are those of BT.601 in steps of 2^-16, as other programs have them.
  private static func luma<Sample: FixedWidthInteger>(
    _ red: Sample,
    _ green: Sample,
    _ blue: Sample
  ) -> Sample {
    let reds = Int(red) * 19595
    let greens = Int(green) * 38470
    let blues = Int(blue) * 7471
    return Sample((reds + greens + blues + 0x8000) >> 16)
  }

  /// A part of the image.
  ///
  /// - Parameters:
  ///   - x: The first column, from 0.
  ///   - y: The first row, from 0.
  ///   - size: The size of the part, which must lie within the image.
  public func cropped(x: Int, y: Int, to size: ImageSize) -> Image {
    precondition(
      x >= 0 && y >= 0 && size.width <= width - x && size.height <= height - y,
      "a part of \(size) pixels at (\(x), \(y)) of \(self.size) was asked for"
    )
    let part: Samples =
      switch samples {
      case .bytes(let samples): .bytes(cropped(samples, x, y, size))
      case .words(let samples): .words(cropped(samples, x, y, size))
      }
    return Image(
      width: size.width,
      height: size.height,
      channels: channels,
      samples: part,
      colorProfile: colorProfile,
      exif: exif
    )
  }

  private func cropped<Sample>(
    _ samples: [Sample],
    _ x: Int,
    _ y: Int,
    _ size: ImageSize
  ) -> [Sample] {
    var part: [Sample] = []
    part.reserveCapacity(size.width * size.height * channels)
    for row in y..<y + size.height {
      let start = (row * width + x) * channels
      part.append(contentsOf: samples[start..<start + size.width * channels])
    }
    return part
  }
}
