internal import HourglassTasksCommon

/// The errors of deleted pixels, added up.
struct ImageImputationTally: Sendable {
  private let means: [Float]
  /// The squared errors of each image: of the network, of smooth filling, and of the mean color.
  private var squares: [[Double]] = [[], [], []]
  private var samples = 0
  private var deleted = 0
  private var pixels = 0
  private var images = 0

  init(means: [Float]) { self.means = means }

  /// Evaluates an image of which pixels were deleted.
  mutating func add(
    _ truth: PlanarImage,
    deleted mask: PixelMask,
    _ filled: ImageInpainting.Filled
  ) {
    images += 1
    pixels += truth.area
    deleted += mask.count
    var sums = [0.0, 0.0, 0.0]
    for channel in truth.planes.indices {
      let mean = means[channel % means.count]
      for pixel in mask.missing.indices where mask.missing[pixel] {
        let value = truth.planes[channel][pixel]
        let others = [
          filled.image.planes[channel][pixel], filled.smooth.planes[channel][pixel], mean,
        ]
        for (place, other) in others.enumerated() {
          sums[place] += Double(value - other) * Double(value - other)
        }
        samples += 1
      }
    }
    for (place, sum) in sums.enumerated() { squares[place].append(sum) }
  }

  /// The evaluation; none where nothing was deleted.
  func evaluation(of name: String, split: EvaluationSplit) -> Evaluation? {
    guard samples > 0 else { return nil }
    let names = ["network", "smooth filling", "mean color"]
    let methods = zip(names, squares).enumerated().map { place, method in
      let mean = max(method.1.reduce(0, +) / Double(samples), 1e-12)
      let ratio = ImageQuality.peakSignalToNoiseRatio(meanSquaredError: mean)
      return Evaluation.Method(method.0, isBaseline: place > 0, [ratio, mean.squareRoot()])
    }
    let share = NumberText.fixed(100 * Double(deleted) / Double(max(pixels, 1)), places: 0)
    return Evaluation(
      title: split.title(images, ("image", "images"), of: name)
        + ", \(share) % of the pixels deleted",
      split: split,
      itemCount: images,
      tables: [
        Evaluation.Table(
          metrics: [
            Evaluation.Metric("PSNR", better: .higher, format: .decibels(2)),
            Evaluation.Metric("RMSE", better: .lower, format: .fixed(4)),
          ],
          methods: methods
        )
      ],
      verdict: Verdict.ofLosses(
        "RMSE",
        model: squares[0],
        baselines: zip(names, squares).dropFirst().map { ($0, $1) },
        split: split,
        root: true,
        items: "images"
      ),
      notes: ["Both are of deleted pixels alone, of values from 0 to 1."]
    )
  }
}
