import HourglassColorize
import HourglassEncodings
import HourglassModelFiles
import HourglassReports
import HourglassSystem
import HourglassTensors

/// What a run of `colorize` came to, for people and for programs.
struct ColorizeOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var output: String?
    var model: String?
    var figure: String?
  }

  var data: String
  var items: Int
  /// Which colors were asked for; none where samples were drawn.
  var colors: String?
  /// How many colorings of each image were drawn.
  var samples: Int?
  /// The report on items held out of learning.
  var heldOut: ColorizationReport?
  /// The report on the data, where it has colors of its own.
  var given: ColorizationReport?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case data, items, colors, samples, heldOut, given, learning, files, usedModel, seconds
  }

  private var noun: String { "image" }

  /// Gathers what a run has done.
  init(
    _ fitted: FittedColorizer,
    given: ColorizationReport?,
    _ command: Colorize,
    itemCount: Int,
    seconds: [StageClock.Stage: Double]
  ) {
    data = command.data
    items = itemCount
    colors = command.samples == nil ? command.colors.rawValue : nil
    samples = command.samples
    heldOut = command.comparing.shown(fitted.report)
    self.given = command.comparing.shown(given)
    learning = LearnedModel(fitted)
    files = Files(
      output: command.files.output,
      model: command.files.save,
      figure: command.figure
    )
    usedModel = command.files.model
    self.seconds = [:]
    for (stage, time) in seconds { self.seconds[stage.rawValue] = time }
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learning.text(noun: noun, seconds: seconds["learning"]), ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let given { lines += [given.description, ""] }
    if let output = files.output {
      let each = samples.map { ", \(NumberText.counted($0, "sample")) of each" } ?? ""
      lines.append("colored  \(output)  (\(NumberText.counted(items, noun))\(each))")
    }
    if let model = files.model { lines.append("model     \(model)") }
    if let figure = files.figure { lines.append("figure    \(figure)") }
    if files.output == nil, files.model == nil, files.figure == nil, given == nil {
      lines.append("nothing was written: --output keeps the result, --save the model")
    }
    return lines.joined(separator: "\n")
  }
}
