internal import HourglassData
internal import HourglassSystem
public import HourglassTensors

/// Why data or a model does not suit an application.
public enum TaskError: Error, Hashable, Sendable {
  /// A setting is outside of its range.
  case invalidSetting(name: String, expected: String, found: String)
  /// All rows that would be trained on are the same.
  case nothingVaries(name: String, rows: Int)
  /// A model of rows was given images, or the other way round.
  case otherKind(name: String, expected: String, found: String)
  /// Images have another size than those that were trained on.
  case imageSize(name: String, expected: Shape, found: Shape)
  /// Columns that the model trained on are not there.
  case missingColumns(name: String, missing: [String], found: [String])
  /// The columns have no names to match them by, and their number is another one.
  case columnCount(name: String, expected: Int, found: Int)
  /// Latent vectors to decode have another length.
  case codeLength(expected: Int, found: Shape)
  /// A model file is of another application.
  case otherApplication(file: String, expected: String, found: String)
  /// Training cannot start from a model, which has another encoding or other layers.
  case foreignStart(file: String, expected: String, found: String)
  /// A file holds the state of unfinished training and no model.
  case checkpointForModel(file: String)
  /// None of the images that colors are to be trained on has colors.
  case noColors(name: String)
  /// A model was saved by an earlier version, in another format.
  case olderModel(file: String, version: String, found: Int, expected: Int)
  /// A model file contradicts itself.
  case damagedModel(file: String, problem: String)
  /// An application cannot do anything with data of a kind.
  case unsuitedKind(name: String, job: String, expected: String, found: String)
  /// A sound that is shorter than what a signature is made of; in seconds.
  case soundTooShort(name: String, expected: Double, found: Double)
  /// Windows of a series have another length than those that were trained on.
  case windowLength(name: String, expected: Int, found: Int)
  /// A condition names a value that the column never had in training.
  case unknownValue(column: String, value: String, expected: String)
  /// Rows that meet the conditions come too rarely.
  case valueTooRare(conditions: String, drawn: Int, found: Int, wanted: Int)
  /// An item that was asked for by its number is not there.
  case noSuchItem(name: String, number: Int, count: Int)
  /// A signature database has no model to make signatures with.
  case noEncoder(file: String)
  /// A signature database has too few items to calibrate the distances of items not in the database.
  case noCalibration(file: String)
  /// What features are to predict is known of too few items, or is the same for all.
  case tooFewToProbe(name: String, known: Int)
}

extension TaskError {
  /// Whether the settings are at fault and not the data.
  package var isFaultOfTheSettings: Bool {
    switch self {
    case .invalidSetting, .unknownValue, .noSuchItem: true
    default: false
    }
  }
}

extension TaskError: CustomStringConvertible {
  /// What was being done, what was expected and found, and what to do.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let expected, let found):
      "\(name) must be \(expected), found \(found)"
    case .nothingVaries(let name, let rows):
      rows == 1
        ? "cannot train on \(name): expected rows that differ, found a single one. Give more data."
        : "cannot train on \(name): expected rows that differ, found \(rows) that are all the "
          + "same. Give data that varies."
    case .otherKind(let name, let expected, let found):
      "cannot apply the model to \(name): it was trained on \(expected), found \(found). "
        + "Give data of the same kind, or train a model on these."
    case .imageSize(let name, let expected, let found):
      "cannot apply the model to \(name): expected images of \(pixels(expected)), found "
        + "\(pixels(found)). Resize the images, or train a model on these."
    case .missingColumns(let name, let missing, let found):
      "cannot apply the model to \(name): expected the columns \(quoted(missing)), found "
        + "\(quoted(found)). Add what is missing, or correct the header."
    case .columnCount(let name, let expected, let found):
      "cannot apply the model to \(name): the number of columns should be \(expected), found \(found). "
        + "Give the columns that the model was trained on, in the same order."
    case .codeLength(let expected, let found):
      "cannot decode: expected latent vectors of shape [rows, \(expected)], found \(found)"
    case .otherApplication(let file, let expected, let found):
      "cannot use \(file): expected a model of \"\(expected)\", found one of \"\(found)\". "
        + "Give a model that \(expected) saved."
    case .foreignStart(let file, let expected, let found):
      "cannot start training from \(file): expected \(expected), found \(found). "
        + "Give a model of the same task, columns and layers, or train without it."
    case .checkpointForModel(let file):
      "cannot use \(file): expected a finished model, found the checkpoint of unfinished "
        + "training. Resume it to its end first."
    case .noColors(let name):
      "cannot train on \(name): expected images with colors, found only gray ones. "
        + "Train on photographs in color, and colorize these with the model."
    case .olderModel(let file, let version, let found, let expected):
      "cannot use \(file): expected a model of format \(expected), found one of format \(found) that "
        + "hourglass \(version) saved. Train the model again."
    case .damagedModel(let file, let problem):
      "cannot read \(file): \(problem). The file is damaged or of another version; train the model again."
    case .unsuitedKind(let name, let job, let expected, let found):
      "cannot \(job) \(name): expected \(expected), found \(found)"
    case .soundTooShort(let name, let expected, let found):
      "cannot match \(name): expected at least \(NumberText.plain(expected)) s of sound, found "
        + "\(NumberText.plain(found, digits: 3)) s. Give a longer clip, or leave the file out."
    case .windowLength(let name, let expected, let found):
      "cannot apply the model to \(name): expected windows of \(expected) rows, found \(found). "
        + "Cut the series as in training."
    case .unknownValue(let column, let value, let expected):
      "cannot generate rows with \(column) = \(value): expected \(expected). "
        + "Give a value that the training data had."
    case .valueTooRare(let conditions, let drawn, let found, let wanted):
      "cannot generate \(wanted) rows with \(conditions): "
        + (drawn == 0
          ? "no row of this model can have all of it. Ask for less."
          : "\(found) of \(drawn) generated rows had it, which is too rare. Ask for fewer rows or for "
            + "fewer conditions.")
    case .noSuchItem(let name, let number, let count):
      "\(name) has no item \(number): expected a number from 1 to \(count)"
    case .noEncoder(let file):
      "cannot make signatures for \(file): expected a model in it, found coordinates that were "
        + "imported. Ask by coordinates, or make another database from the items."
    case .noCalibration(let file):
      "cannot calibrate distances in \(file): expected two items or more that were added as items, "
        + "found fewer. Add more items, or ask without a false-accept rate."
    case .tooFewToProbe(let name, let known):
      "cannot compare models on \(name): expected at least 50 items whose \(name) is known, and "
        + "that differ in it, found \(known). Give another column or more data."
    }
  }
}

/// The size of images in words, as in "28 x 28 pixels in 1 channel".
private func pixels(_ shape: Shape) -> String {
  guard shape.rank == 3 else { return "\(shape)" }
  return "\(shape[2]) x \(shape[1]) pixels in \(shape[0]) channel\(shape[0] == 1 ? "" : "s")"
}

/// Names in quotes, at most six of them.
private func quoted(_ names: [String]) -> String {
  let first = names.prefix(6).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > 6 ? "\(first) and \(names.count - 6) more" : first
}

/// Throws where a setting is out of its range.
package func requireSetting<Value>(
  _ condition: Bool,
  _ name: String,
  _ expected: String,
  _ found: Value
) throws(TaskError) {
  guard condition else {
    throw .invalidSetting(name: name, expected: expected, found: "\(found)")
  }
}
