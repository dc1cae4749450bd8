import HourglassApplications
import HourglassDatasets
import HourglassModelFiles
import HourglassTensors

/// What a run of `features` came to, for people and for programs.
struct FeaturesOutcome: Encodable {
  /// The files that were written.
  struct Files: Encodable {
    var features: String?
    var model: String?
    var plot: String?
  }

  var data: String
  var kind: DataKind
  var items: Int
  var dimensions: Int
  var epochs: Int
  var seed: UInt64
  /// How well held-out items could be restored, before the decoder was dropped.
  var heldOut: ReductionReport?
  /// What models predict.
  var probe: ProbeReport?
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case data, kind, items, dimensions, epochs, seed, heldOut, probe, files, usedModel, seconds
  }

  private let parameters: Int
  private let learnedItems: Int
  private let outputIsStandard: Bool

  /// Gathers what a run has done.
  init(
    _ fitted: FittedFeatureExtractor,
    data: Dataset,
    probe: ProbeReport?,
    _ command: Features,
    _ paths: VerbPaths,
    _ seconds: [StageClock.Stage: Double]
  ) {
    self.data = command.data
    kind = data.kind
    items = data.count
    dimensions = fitted.dimensions
    epochs = fitted.header.training.epochs
    seed = fitted.header.provenance.seed
    heldOut = command.comparing.shown(fitted.report)
    self.probe = probe
    files = Files(features: paths.output, model: paths.model, plot: command.probe.plot)
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    parameters = fitted.parameterCount
    learnedItems = fitted.header.provenance.itemCount
    outputIsStandard = paths.writesToOutput
  }

  /// Prints the outcome as it was asked for.
  func say(_ options: ReportOptions) throws {
    guard options.json || !options.quiet else { return }
    let text = options.json ? try jsonLine() : text
    // What reads features from standard output must not find anything else there.
    if outputIsStandard { Console.note(text) } else { try Console.print(text) }
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      let noun = kind == .sounds ? "piece" : kind.nouns.one
      let count = NumberText.counted(learnedItems, noun)
      var line = "learned \(dimensions) features from \(count)"
      if let time = seconds["learning"] { line += " in \(NumberText.seconds(time))" }
      lines.append(line)
      lines.append(
        "\(NumberText.counted(epochs, "epoch")), an encoder of \(NumberText.grouped(parameters)) "
          + "parameters, seed \(seed)"
      )
      if let heldOut { lines += ["", heldOut.description] }
      lines.append("")
    }
    if let probe { lines += [probe.description, ""] }
    if let path = files.features, !outputIsStandard {
      let size = "\(NumberText.counted(items, kind.nouns.one)), \(dimensions) each"
      lines.append("features  \(path)  (\(size))")
    }
    if let path = files.model { lines.append("model     \(path)") }
    if let path = files.plot { lines.append("bars      \(path)") }
    if files.features == nil, files.model == nil, files.plot == nil {
      lines.append("nothing was written: --output keeps the features, --save the model")
    }
    return lines.joined(separator: "\n")
  }
}
