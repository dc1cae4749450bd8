internal import HourglassTasksCommon

/// How near the colors of images are to the true ones, added up over images.
struct ColorizationTally: Sendable {
  /// The sums of one method, and its error of a and b in each image.
  private struct Sums: Sendable {
    var ratio = 0.0
    var errors: [Double] = []
    var colorfulness = 0.0
  }

  private let means: [Float]
  private(set) var count = 0
  private var pixels = 0
  private var truth = 0.0
  private var gray = Sums()
  private var mean = Sums()
  private var colored = Sums()
  private var vivid = Sums()

  /// Begins, with the mean a and b of the images trained on.
  init(means: [Float]) { self.means = means }

  /// Evaluates an image: its true colors, and those of both choices.
  mutating func add(
    _ original: ColorOriginal,
    colored result: ColoredPlanes,
    vivid bright: ColoredPlanes
  ) {
    let (colors, lab) = (original.planes, original.lab)
    let zero = [Float](repeating: 0, count: lab.area)
    var plain = lab
    plain.planes[1] = zero
    plain.planes[2] = zero
    var same = lab
    for channel in 0..<2 { same.planes[channel + 1] = zero.map { _ in means[channel] } }
    count += 1
    pixels += lab.area
    truth += ColorQuality.colorfulness(colors)
    Self.add(LabColor.shown(plain), colors, lab, &gray)
    Self.add(LabColor.shown(same), colors, lab, &mean)
    Self.add(result, colors, lab, &colored)
    Self.add(bright, colors, lab, &vivid)
  }

  private static func add(
    _ result: ColoredPlanes,
    _ colors: PlanarImage,
    _ lab: PlanarImage,
    _ sums: inout Sums
  ) {
    // As in a file of 8 bits.
    var rounded = result.colors
    for channel in 0..<3 {
      rounded.planes[channel] = rounded.planes[channel].map { ($0 * 255).rounded() / 255 }
    }
    sums.ratio += ImageQuality.peakSignalToNoiseRatio(rounded, colors)
    sums.colorfulness += ColorQuality.colorfulness(rounded)
    var error = 0.0
    for channel in 1...2 {
      for (value, wanted) in zip(result.lab.planes[channel], lab.planes[channel]) {
        error += Double(abs(value - wanted))
      }
    }
    sums.errors.append(error)
  }

  /// The evaluation of all images so far.
  ///
  /// The verdict goes by the error of a and b: a few images without any color give gray a mean PSNR that no
  /// colors can reach.
  func evaluation(of name: String, split: EvaluationSplit) -> Evaluation {
    func method(_ name: String, _ sums: Sums, isBaseline: Bool = false) -> Evaluation.Method {
      Evaluation.Method(
        name,
        isBaseline: isBaseline,
        [
          sums.ratio / Double(count), sums.errors.reduce(0, +) / Double(2 * pixels),
          truth > 0 ? sums.colorfulness / truth : 0,
        ]
      )
    }
    return Evaluation(
      title: split.title(count, ("image", "images"), of: name),
      split: split,
      itemCount: count,
      tables: [
        Evaluation.Table(
          metrics: [
            Evaluation.Metric("PSNR", better: .higher, format: .decibels(2)),
            Evaluation.Metric("ab error", better: .lower, format: .fixed(2)),
            Evaluation.Metric("colorfulness", better: .neither, format: .fixed(2)),
          ],
          methods: [
            method("network", colored), method("network, vivid", vivid),
            method("gray", gray, isBaseline: true), method("mean color", mean, isBaseline: true),
          ]
        )
      ],
      verdict: Verdict.ofLosses(
        "ab error",
        model: colored.errors,
        baselines: [("gray", gray.errors), ("mean color", mean.errors)],
        split: split,
        items: "images"
      ),
      notes: ["Colorfulness is relative to that of the true images."]
    )
  }
}

/// Measures of colors.
enum ColorQuality {
  /// How colorful an image of red, green and blue from 0 to 1 looks: 0 for gray, some 100 for the
  /// strongest colors.
  ///
  /// Reference: Hasler, Suesstrunk, 2003, "Measuring colorfulness in natural images",
  /// doi:10.1117/12.477378, section 7.
  static func colorfulness(_ image: PlanarImage) -> Double {
    let (red, green, blue) = (image.planes[0], image.planes[1], image.planes[2])
    var sums = (first: 0.0, firstSquare: 0.0, second: 0.0, secondSquare: 0.0)
    for index in red.indices {
      let (r, g, b) = (Double(red[index]), Double(green[index]), Double(blue[index]))
      let (first, second) = (255 * (r - g), 255 * (0.5 * (r + g) - b))
      sums.first += first
      sums.firstSquare += first * first
      sums.second += second
      sums.secondSquare += second * second
    }
    let count = Double(max(red.count, 1))
    let (first, second) = (sums.first / count, sums.second / count)
    let spread =
      max(sums.firstSquare / count - first * first, 0)
      + max(sums.secondSquare / count - second * second, 0)
    return spread.squareRoot() + 0.3 * (first * first + second * second).squareRoot()
  }
}
