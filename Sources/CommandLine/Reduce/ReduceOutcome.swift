import HourglassAutoencoders
import HourglassData
import HourglassEncodings
import HourglassModelFiles
import HourglassNetworks
import HourglassReduce
import HourglassReports
import HourglassSystem
import HourglassTasksCommon
import HourglassTensors

/// What a run of `reduce` came to, for people and for programs.
struct ReduceOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var codes: String?
    var model: String?
    var plot: String?
    var curve: String?
  }

  var data: String
  var rows: Int
  var values: Int
  var dimensions: Int
  /// The report on rows held out of learning.
  var heldOut: ReductionReport?
  /// The report on the data, where the model was trained on others.
  var given: ReductionReport?
  /// What was kept by the number of dimensions, where that was looked for.
  var curve: DimensionCurve?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]
  /// The most memory that the process had, in bytes.
  var peakMemory: Int?

  private enum CodingKeys: String, CodingKey {
    case data, rows, values, dimensions, heldOut, given, curve, learning, files, usedModel
    case seconds, peakMemory
  }

  private let layers: String
  private let noun: String
  let resultTakesOutput: Bool

  /// Gathers what a run has done.
  init(
    _ fitted: FittedDimensionReducer,
    data: Dataset,
    given: ReductionReport?,
    curve: DimensionCurve? = nil,
    _ command: Reduce,
    _ paths: VerbPaths,
    _ seconds: [StageClock.Stage: Double]
  ) {
    self.data = command.data
    rows = data.count
    values = fitted.valueCount
    dimensions = fitted.dimensions
    heldOut = command.comparing.shown(fitted.report)
    self.given = command.comparing.shown(given)
    self.curve = curve
    learning = LearnedModel(fitted)
    files = Files(
      codes: paths.output,
      model: paths.model,
      plot: command.map.plot,
      curve: command.searching.curve
    )
    usedModel = command.files.model
    self.seconds = [:]
    peakMemory = PeakMemory.bytes
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
    layers = Self.layers(of: fitted)
    noun = data.kind.nouns.one
    resultTakesOutput = paths.writesToOutput
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      if let curve { lines += curve.lines + [""] }
      lines += [learned, ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let given { lines += [given.description, ""] }
    if let codes = files.codes, !resultTakesOutput {
      let size =
        "\(NumberText.counted(rows, noun)), \(NumberText.counted(dimensions, "number")) each"
      lines.append("codes  \(codes)  (\(size))")
    }
    if let model = files.model { lines.append("model  \(model)") }
    if let plot = files.plot { lines.append("map    \(plot)") }
    if let curve = files.curve { lines.append("curve  \(curve)") }
    if files.codes == nil, files.model == nil, files.plot == nil, files.curve == nil {
      lines.append("nothing was written: --output keeps the codes, --save the model")
    }
    return lines.joined(separator: "\n")
  }

  private var learned: String {
    let noun = noun == "sound" ? "piece" : noun
    return learning.text(noun: noun, what: layers, seconds: seconds["learning"])
  }

  /// The widths of the network, such as `784 -> 512 -> 2`.
  private static func layers(of fitted: FittedDimensionReducer) -> String {
    let shape = fitted.itemShape
    var parts = ["\(fitted.valueCount)"]
    let network = try? fitted.header.architecture.decoded(as: Autoencoder.self, file: "the model")
    switch network?.encoder {
    case .dense(let hidden, _)?:
      parts += hidden.map(String.init)
    case .convolutional(let channels, let hidden, _)?:
      parts = [shape.dimensions.map(String.init).joined(separator: " x ")]
      parts += channels.map { "\($0) channels" } + hidden.map(String.init)
    case .patches(let coding, let hidden, _)?:
      parts = [shape.dimensions.map(String.init).joined(separator: " x ")]
      parts += ["\(coding.filters) kinds of patches"] + hidden.map(String.init)
    case .layers?, .uNet?, .normalizedUNet?, .plain?, nil: break
    }
    return (parts + ["\(fitted.dimensions)"]).joined(separator: " -> ")
  }
}
