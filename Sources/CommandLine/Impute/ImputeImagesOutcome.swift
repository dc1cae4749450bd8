import HourglassEncodings
import HourglassImpute
import HourglassModelFiles
import HourglassReports
import HourglassSystem
import HourglassTensors

/// What a run of `impute` with images came to, for people and for programs.
struct ImputeImagesOutcome: RunOutcome {
  /// The files that were written.
  struct Files: Encodable {
    var filled: String?
    var model: String?
    var figure: String?
  }

  var data: String
  var images: Int
  /// The pixels that were filled.
  var pixels: Int
  /// The report on pixels that were deleted of images held out of learning.
  var heldOut: ImageImputationReport?
  /// The report on pixels that were deleted of the images.
  var given: ImageImputationReport?
  var learning: LearnedModel
  var files: Files
  /// The model that was used in place of learning.
  var usedModel: String?
  /// The seconds of each part of the run.
  var seconds: [String: Double]

  /// Gathers what a run has done.
  init(
    _ fitted: FittedImageImputer,
    given: ImageImputationReport?,
    _ command: Impute,
    images: Int,
    pixels: Int,
    seconds: [String: Double]
  ) {
    data = command.data
    self.images = images
    self.pixels = pixels
    heldOut = command.comparing.shown(fitted.report)
    self.given = command.comparing.shown(given)
    learning = LearnedModel(fitted)
    files = Files(
      filled: command.files.output,
      model: command.files.save,
      figure: command.holes.figure
    )
    usedModel = command.files.model
    self.seconds = seconds
  }

  /// The outcome for people.
  var text: String {
    var lines: [String] = []
    if usedModel == nil {
      lines += [learning.text(noun: "image", seconds: seconds["learning"]), ""]
      if let heldOut { lines += [heldOut.description, ""] }
    }
    if let given { lines += [given.description, ""] }
    if let path = files.filled {
      lines.append(
        "filled  \(path)  (\(NumberText.counted(pixels, "pixel")) of "
          + "\(NumberText.counted(images, "image")))"
      )
    }
    if let model = files.model { lines.append("model   \(model)") }
    if let figure = files.figure { lines.append("figure  \(figure)") }
    if files.filled == nil, files.model == nil, files.figure == nil, given == nil {
      lines.append("nothing was written: --output keeps the images, --save the model")
    }
    return lines.joined(separator: "\n")
  }
}
