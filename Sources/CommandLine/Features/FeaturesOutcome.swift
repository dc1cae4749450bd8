import HourglassData
import HourglassEncodings
import HourglassFeatures
import HourglassModelFiles
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// What a run of `features` came to, for people and for programs.
struct FeaturesOutcome: RunOutcome {
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
  /// How well held-out items could be reconstructed, before the decoder was dropped.
  var heldOut: ReductionReport?
  /// What models predict.
  var probe: ProbeReport?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case data, kind, items, dimensions, heldOut, probe, learning, files, usedModel, seconds
  }

  let resultTakesOutput: Bool

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
    heldOut = command.comparing.shown(fitted.report)
    self.probe = probe
    files = Files(features: paths.output, model: paths.model, plot: command.probe.plot)
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    learning = LearnedModel(fitted)
    resultTakesOutput = paths.writesToOutput
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      let noun = kind == .sounds ? "piece" : kind.nouns.one
      let what = NumberText.counted(dimensions, "feature")
      lines.append(learning.text(noun: noun, what: what, seconds: seconds["learning"]))
      if let heldOut { lines += ["", heldOut.description] }
      lines.append("")
    }
    if let probe { lines += [probe.description, ""] }
    if let path = files.features, !resultTakesOutput {
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
