internal import HourglassSystem

extension SignatureError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  package var description: String {
    "\(file.map { $0 + ": " } ?? "")\(finding). \(remedy)"
  }

  /// The file, as the user named it; none where the error is about something else.
  package var file: String? {
    switch self {
    case .noSuchFile(let file), .alreadyExists(let file), .notADatabase(let file),
      .otherApplication(let file), .unfinished(let file), .newerFormat(let file, _, _),
      .damaged(let file, _), .cannotOpen(let file, _), .busy(let file, _), .readOnly(let file),
      .diskFull(let file), .refused(let file, _, _), .noSuchItems(let file, _),
      .nameTaken(let file, _), .precisionIsFixed(let file, _, _):
      file
    default: nil
    }
  }

  /// What was expected and what was found, without the file and without a full stop.
  private var finding: String {
    switch self {
    case .noSuchFile: "a signature database is to be opened, found no file"
    case .alreadyExists: "a new signature database is to be made, found a file that holds something"
    case .notADatabase:
      "a signature database is a SQLite file, found a file of another kind or a damaged header"
    case .otherApplication:
      "a signature database is to be opened, found a SQLite file of another program"
    case .unfinished: "a signature database is to be opened, found an empty one"
    case .newerFormat(_, let found, let supported):
      "the format of the database should be at most \(supported), found \(found)"
    case .damaged(_, let finding): "the database is damaged: \(finding)"
    case .cannotOpen(_, let reason): "the database cannot be opened: \(reason)"
    case .busy(_, let seconds):
      "another program keeps the database locked; waited \(seconds) seconds"
    case .readOnly: "the database is to be changed, found that it can only be read"
    case .diskFull: "the database cannot grow: the disk is full"
    case .refused(_, let code, let reason): "SQLite refused: \(reason) (code \(code))"
    case .largerThanMemory(let needed):
      "the signatures take \(NumberText.bytes(needed)) of memory, more than there is"
    case .graphRefused(let rows, let dimension):
      "a graph should be made of \(NumberText.grouped(rows)) signatures of "
        + "\(NumberText.counted(dimension, "number")), found that hnswlib refuses them"
    case .noSuchItems(_, let names):
      "each name should be one of a stored item, found no \(listed(names))"
    case .nameTaken(_, let name): "a new name is expected, found a stored item \(quoted(name))"
    case .unusableName(let name, let limit):
      "the name of an item should have 1 to \(limit) bytes and no NUL, found \(quoted(name))"
    case .duplicateName(let name):
      "items that are stored together should differ in name, found two named \(quoted(name))"
    case .noSignatures(let name): "the item \(quoted(name)) should have a signature, found none"
    case .wrongPositionCount(let name, let expected, let found):
      "the item \(quoted(name)) should have \(expected) positions, one for each signature, "
        + "found \(found)"
    case .unusablePosition(let name, let index, let value):
      "the positions of the item \(quoted(name)) should be finite and ascending, "
        + "found \(value) as number \(index + 1)"
    case .irregularPositions(let name):
      "the signatures of the item \(quoted(name)) should follow each other at one distance, "
        + "found several"
    case .tooLarge(let subject, let size, let limit):
      "\(subject) should take at most \(NumberText.bytes(limit)), found \(NumberText.bytes(size))"
    case .wrongDimension(let subject, let expected, let found):
      "\(subject) should have \(NumberText.counted(expected, "number")), found \(found)"
    case .precisionIsFixed(_, let found, let asked):
      "signatures are to be stored as \(asked), found some that are \(found)"
    case .unusableDimension(let found, let limit):
      "a signature should have 1 to \(NumberText.grouped(limit)) numbers, found \(found)"
    case .unusableNumber(let subject, let index, let value, let limit):
      "\(subject) should have numbers from -\(limit) to \(limit), "
        + "found \(value) as number \(index + 1)"
    case .unusableCondition(let text):
      "a condition should be of the form key=value, found \(quoted(text))"
    case .unusableRate(let value):
      "a false-accept rate should be between 0 and 1, found \(value)"
    case .unusableSpacing(let value):
      "the spacing of a sequence should be a positive number, found \(value)"
    case .unusableCalibration(let found):
      "a calibration needs distances that are finite and not negative, found \(found)"
    }
  }

  /// What to do, one sentence.
  private var remedy: String {
    switch self {
    case .noSuchFile: "Check the spelling of the path, or add an item to make a new database."
    case .alreadyExists: "Choose another name, or open the database that is there."
    case .notADatabase, .otherApplication: "Give the file that `match add` made."
    case .unfinished: "Add an item to it, or remove the file."
    case .newerFormat: "Use a newer version of Hourglass."
    case .damaged: "Restore it from a copy, or make it anew from the items."
    case .cannotOpen: "Check the path and the rights to it and to its folder."
    case .busy: "Wait until the other program has finished, and try again."
    case .readOnly: "Open it for writing, and check the rights to the file and its folder."
    case .diskFull: "Free some space; nothing that was stored is lost."
    case .refused: "Try again, or restore the database from a copy."
    case .largerThanMemory: "Use a machine with more memory, or split the database."
    case .graphRefused: "Search exactly."
    case .noSuchItems: "List the database to see the names."
    case .nameTaken: "Choose another name, or ask for the stored item to be replaced."
    case .unusableName, .duplicateName: "Give the item another name."
    case .noSignatures: "Give at least one signature."
    case .wrongPositionCount: "Give as many positions as signatures, or none."
    case .unusablePosition: "Give each signature a position beyond the one before it."
    case .irregularPositions: "Compute the signatures at a regular distance, and add the item anew."
    case .tooLarge: "Give a smaller one."
    case .wrongDimension: "Use the model that the database was made with."
    case .precisionIsFixed: "Leave the precision out, or make a new database."
    case .unusableDimension: "Use a model with another latent size."
    case .unusableNumber: "Check the data and the model that the numbers come from."
    case .unusableCondition: "Write the key, an equals sign and the value."
    case .unusableRate: "Give a rate such as 0.01."
    case .unusableSpacing: "Give the time between two signatures, such as 0.5."
    case .unusableCalibration: "Add more items, and calibrate again."
    }
  }
}

/// A text from outside in quotes, short and on one line.
private func quoted(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(60).map { scalar in
    scalar.properties.generalCategory == .control ? "\u{FFFD}" : String(scalar)
  }
  return "\"" + shown.joined() + (text.unicodeScalars.count > 60 ? "…" : "") + "\""
}

/// The first few of some names.
private func listed(_ names: [String]) -> String {
  names.prefix(5).map(quoted).joined(separator: ", ")
    + (names.count > 5 ? " and \(names.count - 5) more" : "")
}
