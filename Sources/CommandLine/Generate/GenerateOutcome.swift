import HourglassData
import HourglassEncodings
import HourglassGenerate
import HourglassModelFiles
import HourglassSystem
import HourglassTensors

/// What a run of `generate` came to, for people and for programs.
struct GenerateOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var output: String?
    var model: String?
    var neighbors: String?
    var reconstructions: String?
  }

  var kind: DataKind
  var generated: Int
  var latent: Int
  /// The report on items held out of learning.
  var heldOut: SynthesisReport?
  /// The report on the data of --evaluate.
  var given: SynthesisReport?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case kind, generated, latent, heldOut, given, learning, files, usedModel, seconds
  }

  let resultTakesOutput: Bool

  /// Gathers what a run has done.
  init(
    _ fitted: FittedSynthesizer,
    generated: Dataset?,
    given: SynthesisReport?,
    _ command: Generate,
    _ paths: VerbPaths,
    _ seconds: [StageClock.Stage: Double]
  ) {
    kind = fitted.kind
    self.generated = generated?.count ?? 0
    latent = fitted.latent
    heldOut = command.comparing.shown(fitted.report)
    self.given = command.comparing.shown(given)
    learning = LearnedModel(fitted)
    files = Files(
      output: paths.output,
      model: paths.model,
      neighbors: command.generating.neighbors,
      reconstructions: command.generating.reconstructions
    )
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    resultTakesOutput = paths.writesToOutput
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learned, ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let given { lines += [given.description, ""] }
    if let output = files.output, !resultTakesOutput {
      let noun = kind == .series ? "row" : kind.nouns.one
      lines.append("generated   \(output)  (\(NumberText.counted(generated, noun)))")
    }
    if let model = files.model { lines.append("model       \(model)") }
    if let figure = files.neighbors { lines.append("neighbors  \(figure)") }
    if let figure = files.reconstructions { lines.append("reconstructed    \(figure)") }
    let written = [files.output, files.model, files.neighbors, files.reconstructions]
    if written.allSatisfy({ $0 == nil }) {
      lines.append("nothing was written: --output keeps new items, --save the model")
    }
    return lines.joined(separator: "\n")
  }

  private var learned: String {
    learning.text(noun: kind.nouns.one, seconds: seconds["learning"])
  }
}
