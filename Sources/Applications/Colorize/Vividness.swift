internal import HourglassDatasets

/// How strong vivid colours must be to be as colourful as true ones: measured on images held out.
struct Vividness: Sendable {
  /// The part of the colourfulness of true images that is aimed at.
  static let aim = 0.9
  /// The pixels that are enough to measure by.
  static let pixels = 1 << 18

  private var truth = 0.0
  private var lightnesses: [(picture: Picture, opponents: PicturePlanes)] = []

  /// Adds a picture with its colours, and the a and b that it was given.
  mutating func add(_ picture: Picture, _ opponents: PicturePlanes) {
    truth += ColourQuality.colourfulness(PicturePlanes(picture))
    lightnesses.append((picture, opponents))
  }

  /// The factor, from 0.25 to 4, by halving that interval on the logarithmic scale.
  var factor: Float {
    guard truth > 0 else { return 1 }
    var (low, high) = (Float(0.25), Float(4))
    for _ in 0..<10 {
      let middle = (low * high).squareRoot()
      if colourfulness(middle) < Self.aim * truth { low = middle } else { high = middle }
    }
    return (low * high).squareRoot()
  }

  private func colourfulness(_ factor: Float) -> Double {
    lightnesses.reduce(0.0) { sum, item in
      let colours = Colouring.colours(
        of: item.picture,
        item.opponents,
        saturation: factor,
        hints: nil
      )
      return sum + ColourQuality.colourfulness(colours)
    }
  }
}
