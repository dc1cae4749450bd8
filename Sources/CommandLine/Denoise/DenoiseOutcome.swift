import HourglassDenoise
import HourglassEncodings
import HourglassModelFiles
import HourglassReports
import HourglassSignatures
import HourglassSystem
import HourglassTensors
import Synchronization

/// What a run of `denoise` came to, for people and for programs.
struct DenoiseOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var output: String?
    var model: String?
    var figure: String?
  }

  var data: String
  var items: Int
  var noise: String
  /// The standard deviation of the noise of each image, of values from 0 to 1, where the images tell it.
  var noiseLevels: [Float]?
  /// The peak signal-to-noise ratio that noisy images alone tell, in decibels.
  var estimatedPSNR: Double?
  /// The report on items held out of learning.
  var heldOut: DenoisingReport?
  /// The report on the data, where the clean ones are known.
  var given: DenoisingReport?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case data, items, noise, noiseLevels, estimatedPSNR, heldOut, given, learning, files, usedModel,
      seconds
  }

  private let noun: String
  private let learnedFromData: Bool
  private let isNoisyOnly: Bool

  /// Gathers what a run has done.
  init(
    _ fitted: FittedDenoiser,
    given: DenoisingReport?,
    levels: [Float],
    _ command: Denoise,
    learnedFromData: Bool,
    itemCount: Int,
    seconds: [StageClock.Stage: Double]
  ) {
    data = command.data
    items = itemCount
    isNoisyOnly = fitted.configuration.learned == .noisy
    noise =
      isNoisyOnly && fitted.configuration.noise == nil
      ? "that of the images" : fitted.noise.description
    noiseLevels = levels.isEmpty ? nil : levels
    heldOut = command.comparing.shown(fitted.report)
    self.given = command.comparing.shown(given)
    learning = LearnedModel(fitted)
    files = Files(
      output: command.files.output.map { $0 == "-" ? "/dev/stdout" : $0 },
      model: command.files.save,
      figure: command.figure
    )
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    estimatedPSNR = fitted.estimatedPeakSignalToNoiseRatio
    noun = fitted.kind.nouns.one
    self.learnedFromData = learnedFromData
  }

  var resultTakesOutput: Bool { files.output == "/dev/stdout" }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learning.text(noun: noun, seconds: seconds["learning"]), ""]
      if let heldOut { lines += [heldOut.description, ""] }
      if isNoisyOnly {
        lines += [
          estimatedPSNR.map {
            "It trained on noisy images alone: if their noise is what it was told, results come to some "
              + "\(NumberText.fixed($0, places: 1)) dB or more."
          }
            ?? "It trained on noisy images alone, so that nothing is known of how near the results come "
            + "to clean ones: look at them, or compare with --reference.", "",
        ]
      }
      if learnedFromData {
        lines += [
          "The \(noun)s themselves were taken for clean: --learn-from names cleaner ones.", "",
        ]
      }
    }
    if let given { lines += [given.description, ""] }
    if let noiseLevels { lines += [Self.sentence(noiseLevels), ""] }
    if let output = files.output, !resultTakesOutput {
      lines.append("denoised  \(output)  (\(NumberText.counted(items, noun)))")
    }
    if let model = files.model { lines.append("model     \(model)") }
    if let figure = files.figure { lines.append("figure    \(figure)") }
    if files.output == nil, files.model == nil, files.figure == nil, given == nil {
      lines.append("nothing was written: --output keeps the result, --save the model")
    }
    return lines.joined(separator: "\n")
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
