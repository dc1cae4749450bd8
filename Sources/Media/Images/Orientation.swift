/// How a camera was held: which way the stored rows must be turned to stand upright.
///
/// Reference: CIPA DC-008-2019, "Exchangeable image file format for digital still cameras: Exif
/// version 2.32", section 4.6.4 A, tag 274.
package enum Orientation: UInt16 {
  case upright = 1
  case mirrored
  case upsideDown
  case mirroredUpsideDown
  case transposed
  case turnedLeft
  case transversed
  case turnedRight

  /// Whether the width and the height change places.
  package var swapsSides: Bool { rawValue >= 5 }

  /// The samples of upright rows.
  ///
  /// - Parameters:
  ///   - samples: `[height, width, channels]` as stored.
  package func upright<Sample>(_ samples: [Sample], _ width: Int, _ height: Int, _ channels: Int)
    -> [Sample]
  {
    let (columns, rows) = swapsSides ? (height, width) : (width, height)
    var result: [Sample] = []
    result.reserveCapacity(samples.count)
    for y in 0..<rows {
      for x in 0..<columns {
        let (column, row) =
          switch self {
          case .upright: (x, y)
          case .mirrored: (width - 1 - x, y)
          case .upsideDown: (width - 1 - x, height - 1 - y)
          case .mirroredUpsideDown: (x, height - 1 - y)
          case .transposed: (y, x)
          case .turnedLeft: (y, height - 1 - x)
          case .transversed: (width - 1 - y, height - 1 - x)
          case .turnedRight: (width - 1 - y, x)
          }
        let start = (row * width + column) * channels
        for channel in 0..<channels { result.append(samples[start + channel]) }
      }
    }
    return result
  }
}

/// The place of the orientation within EXIF data.
package struct ExifOrientation {
  package let orientation: Orientation
  /// The offsets of its two bytes, the least significant one first.
  private let places: (low: Int, high: Int)

  /// Finds the orientation in EXIF data; none where they hold none, or are no EXIF data.
  package init?(_ exif: [UInt8]) {
    let isLittle: Bool
    if exif.starts(with: [0x49, 0x49, 0x2a, 0]) {
      isLittle = true
    } else if exif.starts(with: [0x4d, 0x4d, 0, 0x2a]) {
      isLittle = false
    } else {
      return nil
    }
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset <= exif.count - size else { return nil }
      let bytes = exif[offset..<offset + size]
      return isLittle
        ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = number(entry, 2) else { return nil }
      guard tag == 274 else { continue }
      guard number(entry + 2, 2) == 3, number(entry + 4, 4) == 1, let value = number(entry + 8, 2),
        let orientation = Orientation(rawValue: UInt16(value))
      else { return nil }
      self.orientation = orientation
      places = isLittle ? (entry + 8, entry + 9) : (entry + 9, entry + 8)
      return
    }
    return nil
  }

  /// The EXIF data with the orientation of upright rows.
  package func reset(_ exif: [UInt8]) -> [UInt8] {
    var result = exif
    result[places.low] = 1
    result[places.high] = 0
    return result
  }
}

extension Image {
  /// The image as its EXIF data say that it is seen, with that noted in them.
  package func upright() -> Image {
    guard let exif, let found = ExifOrientation(exif), found.orientation != .upright else {
      return self
    }
    let orientation = found.orientation
    let turned: Samples =
      switch samples {
      case .bytes(let samples): .bytes(orientation.upright(samples, width, height, channels))
      case .words(let samples): .words(orientation.upright(samples, width, height, channels))
      }
    return Image(
      width: orientation.swapsSides ? height : width,
      height: orientation.swapsSides ? width : height,
      channels: channels,
      samples: turned,
      colorProfile: colorProfile,
      exif: found.reset(exif)
    )
  }
}
