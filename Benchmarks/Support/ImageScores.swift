internal import HourglassEvaluation
public import HourglassMedia

/// How near an image is to the true one.
public enum ImageScores {
  /// The peak signal-to-noise ratio in decibels of images of one size, of values from 0 to 1.
  public static func peakSignalToNoiseRatio(_ image: Image, _ truth: Image) -> Double {
    ImageQuality.peakSignalToNoiseRatio(PlanarImage(image), PlanarImage(truth))
  }

  /// The structural similarity of images of one size, 1 for the same image.
  public static func structuralSimilarity(_ image: Image, _ truth: Image) -> Double {
    ImageQuality.structuralSimilarity(PlanarImage(image), PlanarImage(truth))
  }
}

/// How near the colors of images of red, green and blue are to the true ones, in the mean.
public struct ColorScores {
  private var (ratio, error, own, truth) = (0.0, 0.0, 0.0, 0.0)
  private var (images, pixels) = (0, 0)

  /// Begins without images.
  public init() {}

  /// The peak signal-to-noise ratio in decibels.
  public var peakSignalToNoiseRatio: Double { ratio / Double(max(images, 1)) }
  /// The mean absolute error of a and b of CIE L*a*b* (D65).
  public var abError: Double { error / Double(max(2 * pixels, 1)) }
  /// The colorfulness beside that of the true images.
  public var colorfulness: Double { truth > 0 ? own / truth : 0 }

  /// Adds an image and the true one of the same size.
  public mutating func add(_ image: Image, _ truth: Image) {
    let (found, wanted) = (PlanarImage(image), PlanarImage(truth))
    let (lab, wantedLab) = (LabColor.planes(of: found), LabColor.planes(of: wanted))
    images += 1
    pixels += wanted.area
    ratio += ImageQuality.peakSignalToNoiseRatio(found, wanted)
    own += Self.colorfulness(found)
    self.truth += Self.colorfulness(wanted)
    for channel in 1...2 {
      for (value, other) in zip(lab.planes[channel], wantedLab.planes[channel]) {
        error += Double(abs(value - other))
      }
    }
  }

  /// The image with its lightness alone, in red, green and blue.
  public static func withoutColors(_ image: Image) -> Image {
    var lab = LabColor.planes(of: PlanarImage(image))
    for channel in 1...2 { lab.planes[channel] = lab.planes[channel].map { _ in 0 } }
    return LabColor.colors(of: lab).image(like: image)
  }

  /// How colorful an image looks: 0 for gray, some 100 for the strongest colors.
  ///
  /// Reference: Hasler, Suesstrunk, 2003, "Measuring colorfulness in natural images",
  /// doi:10.1117/12.477378, section 7.
  private static func colorfulness(_ image: PlanarImage) -> Double {
    let (red, green, blue) = (image.planes[0], image.planes[1], image.planes[2])
    let count = Double(max(red.count, 1))
    /// The mean and the variance of differences of colors.
    func moments(_ value: (Int) -> Float) -> (mean: Double, variance: Double) {
      var (sum, squares) = (0.0, 0.0)
      for index in red.indices {
        let difference = 255 * Double(value(index))
        sum += difference
        squares += difference * difference
      }
      return (sum / count, max(squares / count - sum / count * sum / count, 0))
    }
    let first = moments { red[$0] - green[$0] }
    let second = moments { 0.5 * (red[$0] + green[$0]) - blue[$0] }
    return (first.variance + second.variance).squareRoot()
      + 0.3 * (first.mean * first.mean + second.mean * second.mean).squareRoot()
  }
}
