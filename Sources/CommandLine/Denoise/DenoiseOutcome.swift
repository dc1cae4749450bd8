import HourglassApplications
import HourglassTensors

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
    case data, items, noise, heldOut, given, learning, files, usedModel, seconds
  }

  private let noun: String
  private let learnedFromData: Bool
  private let isNoisyOnly: Bool

  /// Gathers what a run has done.
  init(
    _ fitted: FittedDenoiser,
    given: DenoisingReport?,
    _ command: Denoise,
    learnedFromData: Bool,
    itemCount: Int,
    seconds: [StageClock.Stage: Double]
  ) {
    data = command.data
    items = itemCount
    isNoisyOnly = fitted.configuration.learned == .noisy
    noise = isNoisyOnly ? "that of the images" : fitted.noise.description
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
          "It learned from noisy images alone, so that nothing is known of how near the results come "
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
}
