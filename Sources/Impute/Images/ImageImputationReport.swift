public import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassGraphs
internal import HourglassMedia
public import HourglassStatistics
public import HourglassTasksCommon

/// How well deleted pixels are filled, beside the mean color and a smooth filling.
public struct ImageImputationReport: Hashable, Sendable, Codable {
  /// How near the pixels that a method fills are to the true ones.
  public struct Score: Hashable, Sendable, Codable {
    /// How holes are filled.
    public var method: String
    /// The root of the mean squared error of deleted samples, from 0 to 1.
    public var error: Double
    /// The peak signal-to-noise ratio of deleted samples in decibels.
    public var peakSignalToNoiseRatio: Double
  }

  /// The name of the data.
  public var dataName: String
  /// What the images are to the model.
  public var items: EvaluationSplit
  /// The number of images that were evaluated.
  public var itemCount: Int
  /// The number of pixels that were deleted.
  public var pixelCount: Int
  /// The share of all pixels that these are.
  public var share: Double
  /// The mean color of the images trained on; `nil` in a report without baselines.
  public var mean: Score?
  /// Each pixel the mean of its neighbors; `nil` in a report without baselines.
  public var smooth: Score?
  /// The network.
  public var own: Score

  /// The numbers by their names, for the header of a model.
  var metrics: [String: Double] {
    var metrics: [String: Double] = [:]
    for score in [mean, smooth, own].compactMap({ $0 }) {
      metrics["PSNR, \(score.method)"] = score.peakSignalToNoiseRatio
    }
    return metrics
  }
}

extension ImageImputationReport: ComparedReport {
  /// The report of the model alone.
  public var withoutBaselines: ImageImputationReport {
    var report = self
    report.mean = nil
    report.smooth = nil
    return report
  }
}

/// The errors of deleted pixels, added up.
struct ImageImputationTally: Sendable {
  let means: [Float]
  private var squares = [0.0, 0.0, 0.0]
  private var samples = 0
  private var deleted = 0
  private var pixels = 0
  private var images = 0

  init(means: [Float]) { self.means = means }

  /// Evaluators an image of which pixels were deleted.
  mutating func add(
    _ truth: PlanarImage,
    deleted mask: PixelMask,
    _ filled: ImageInpainting.Filled
  ) {
    images += 1
    pixels += truth.area
    deleted += mask.count
    for channel in truth.planes.indices {
      let mean = means[channel % means.count]
      for pixel in mask.missing.indices where mask.missing[pixel] {
        let value = truth.planes[channel][pixel]
        let others = [
          mean, filled.smooth.planes[channel][pixel], filled.image.planes[channel][pixel],
        ]
        for (place, other) in others.enumerated() {
          squares[place] += Double(value - other) * Double(value - other)
        }
        samples += 1
      }
    }
  }

  /// The report; none where nothing was deleted.
  func report(dataName: String, items: EvaluationSplit) -> ImageImputationReport? {
    guard samples > 0 else { return nil }
    let scores = zip(["the mean color", "smooth filling", "autoencoder"], squares).map {
      name,
      sum in
      let mean = max(sum / Double(samples), 1e-12)
      return ImageImputationReport.Score(
        method: name,
        error: mean.squareRoot(),
        peakSignalToNoiseRatio: ImageQuality.peakSignalToNoiseRatio(meanSquaredError: mean)
      )
    }
    return ImageImputationReport(
      dataName: dataName,
      items: items,
      itemCount: images,
      pixelCount: deleted,
      share: Double(deleted) / Double(max(pixels, 1)),
      mean: scores[0],
      smooth: scores[1],
      own: scores[2]
    )
  }
}
