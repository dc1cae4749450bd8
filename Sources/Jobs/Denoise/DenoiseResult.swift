internal import HourglassDenoise
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassReports
internal import HourglassSignatures
internal import HourglassSystem
internal import HourglassTensors
internal import Synchronization

/// What a run of `denoise` came to.
struct DenoiseResult {
  let fitted: FittedDenoiser
  /// The report on the data, where the clean ones are known.
  let given: DenoisingReport?
  /// The standard deviation of the noise of each image, of values from 0 to 1, where the images tell it.
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
    result.tell("data", run.data)
    result.tell("items", itemCount)
    result.tell("noise", isOfImages ? "that of the images" : fitted.noise.description)
    result.tell("noiseLevels", levels.isEmpty ? nil : levels)
    result.tell("estimatedPSNR", estimate)
    result.model(fitted, noun: noun, report: "heldOut", run.request.shown(fitted.report))
    if run.request.files.model == nil, isNoisyOnly {
      result.paragraphs.append(
        estimate.map {
          "It trained on noisy images alone: if their noise is what it was told, results come to some "
            + "\(NumberText.fixed($0, places: 1)) dB or more."
        }
          ?? "It trained on noisy images alone, so that nothing is known of how near the results come "
          + "to clean ones: look at them, or compare with --reference."
      )
    }
    if learnedFromData {
      result.paragraphs.append(
        "The \(noun)s themselves were taken for clean: --learn-from names cleaner ones."
      )
    }
    result.report("given", run.request.shown(given))
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
      return "The image tells a noise of about \(median)/255."
    }
    return "The images tell noise of about \(median)/255 (\(text(least)) to \(text(most)))."
  }
}

/// The levels of noise of images, one after the other.
final class NoiseLevels: Sendable {
  private let values = Mutex<[Float]>([])

  /// The levels of those images that tell one.
  var all: [Float] { values.withLock { $0 } }

  /// Adds the level of an image; none where it tells none.
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
