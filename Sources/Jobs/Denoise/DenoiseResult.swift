internal import HourglassDenoise
internal import HourglassEncodings
internal import HourglassEvaluation
internal import HourglassSystem
internal import HourglassTasksCommon
internal import Synchronization

/// The result of `denoise`.
struct DenoiseResult {
  let fitted: FittedDenoiser
  /// The evaluation of the data, where the clean ones are known.
  let given: Evaluation?
  /// The standard deviation of the noise of each image, of values from 0 to 1, where it can be estimated.
  let levels: [Float]
  /// Whether the data themselves were taken for clean.
  let learnedFromData: Bool
  let itemCount: Int

  /// All of it, and what was written.
  func result(_ run: JobRun, _ options: DenoiseOptions) -> JobResult {
    var result = run.result
    let noun = fitted.kind.nouns.one
    let isNoisyOnly = fitted.configuration.learned == .noisy
    let isOfImages = isNoisyOnly && fitted.configuration.noise == nil
    let estimate = fitted.estimatedPeakSignalToNoiseRatio
    result.add("data", run.data)
    result.add("items", itemCount)
    result.add("noise", isOfImages ? "that of the images" : fitted.noise.description)
    result.add("noiseLevels", levels.isEmpty ? nil : levels)
    result.add("estimatedPSNR", estimate)
    result.model(fitted, noun: noun, evaluation: run.request.shown(fitted.evaluation))
    if run.request.files.model == nil, isNoisyOnly {
      result.paragraphs.append(
        estimate.map {
          "Trained on noisy images alone: the estimated PSNR is \(NumberText.fixed($0, places: 1)) dB or "
            + "more if their noise is \(fitted.noise)."
        }
          ?? "Trained on noisy images alone: the PSNR is not known. Look at the results, or compare "
          + "with --reference."
      )
    }
    if learnedFromData {
      result.paragraphs.append(
        "warning: trained on the \(noun)s of \(run.data) as if they were clean; --learn-from takes clean "
          + "ones."
      )
    }
    result.evaluated(run.request.shown(given))
    if !levels.isEmpty { result.paragraphs.append(Self.sentence(levels)) }
    let output = run.request.files.output.map { $0 == "-" ? JobPaths.standardOutput : $0 }
    result.wrote("output", "denoised", to: output, note: NumberText.counted(itemCount, noun))
    result.wrote("model", to: run.paths.model)
    result.wrote("figure", to: options.figure)
    if given == nil { result.hint = "--output keeps the result, --save the model" }
    return result
  }

  /// What the levels of noise are, in 255ths.
  private static func sentence(_ levels: [Float]) -> String {
    func text(_ level: Float) -> String { NumberText.fixed(255 * Double(level), places: 1) }
    let sorted = levels.sorted()
    let median = text(sorted[sorted.count / 2])
    guard let least = sorted.first, let most = sorted.last, sorted.count > 1 else {
      return "Estimated noise level: \(median)/255."
    }
    return "Estimated noise level: median \(median)/255 (\(text(least)) to \(text(most)))."
  }
}

/// The levels of noise of images, one after the other.
final class NoiseLevels: Sendable {
  private let values = Mutex<[Float]>([])

  /// The levels of those images that show one.
  var all: [Float] { values.withLock { $0 } }

  /// Adds the level of an image; none where it shows none.
  func add(_ level: Float?) {
    guard let level else { return }
    values.withLock { $0.append(level) }
  }
}

extension Noise {
  /// Whether it is of one deviation in all of an image.
  var hasLevel: Bool {
    switch self {
    case .gaussian, .gaussianRange: true
    case .poisson, .speckle, .saltAndPepper, .jpeg, .signalToNoise: false
    }
  }
}
