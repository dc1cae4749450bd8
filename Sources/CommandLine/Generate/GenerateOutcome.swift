import HourglassApplications
import HourglassDatasets
import HourglassModelFiles
import HourglassTensors

/// What a run of `generate` came to, for people and for programs.
struct GenerateOutcome: Encodable {
  /// The files that were written.
  struct Files: Encodable {
    var output: String?
    var model: String?
    var neighbours: String?
    var reconstructions: String?
  }

  /// How the network was learned.
  struct Learning: Encodable {
    var data: String
    var items: Int
    var epochs: Int
    var bestEpoch: Int?
    var steps: Int
    var parameters: Int
    var precision: String
    var threads: Int
    var seed: UInt64
    var programVersion: String
  }

  var kind: DataKind
  var generated: Int
  var latent: Int
  /// The report on items held out of learning.
  var heldOut: SynthesisReport?
  /// The report on the data of --judge.
  var given: SynthesisReport?
  var learning: Learning
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case kind, generated, latent, heldOut, given, learning, files, usedModel, seconds
  }

  private let writesToOutput: Bool

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
    let (provenance, training) = (fitted.header.provenance, fitted.header.training)
    learning = Learning(
      data: provenance.dataName,
      items: provenance.itemCount,
      epochs: training.epochs,
      bestEpoch: training.bestEpoch,
      steps: training.steps,
      parameters: fitted.parameterCount,
      precision: provenance.precision,
      threads: provenance.threads,
      seed: provenance.seed,
      programVersion: provenance.programVersion
    )
    files = Files(
      output: paths.output,
      model: paths.model,
      neighbours: command.generating.neighbours,
      reconstructions: command.generating.reconstructions
    )
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    writesToOutput = paths.writesToOutput
  }

  /// Prints the outcome as it was asked for.
  func say(_ options: ReportOptions) throws {
    guard options.json || !options.quiet else { return }
    let text = options.json ? try jsonLine() : self.text
    // What reads rows from standard output must not find anything else there.
    if writesToOutput { Console.note(text) } else { try Console.print(text) }
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learned, ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let given { lines += [given.description, ""] }
    if let output = files.output, !writesToOutput {
      let noun = kind == .series ? "row" : kind.nouns.one
      lines.append("generated   \(output)  (\(NumberText.counted(generated, noun)))")
    }
    if let model = files.model { lines.append("model       \(model)") }
    if let figure = files.neighbours { lines.append("neighbours  \(figure)") }
    if let figure = files.reconstructions { lines.append("restored    \(figure)") }
    let written = [files.output, files.model, files.neighbours, files.reconstructions]
    if written.allSatisfy({ $0 == nil }) {
      lines.append("nothing was written: --output keeps new items, --save the model")
    }
    return lines.joined(separator: "\n")
  }

  private var learned: String {
    var line =
      "learned from \(NumberText.counted(learning.items, kind.nouns.one)) of \(learning.data)"
    if let time = seconds["learning"] { line += " in \(NumberText.seconds(time))" }
    line += "\n\(NumberText.counted(learning.epochs, "epoch"))"
    if let best = learning.bestEpoch, best != learning.epochs {
      line += ", number \(best) was best"
    }
    return line + ", \(NumberText.grouped(learning.parameters)) parameters, seed \(learning.seed), "
      + "\(learning.precision), \(NumberText.counted(learning.threads, "thread"))"
  }
}
