internal import HourglassSystem

/// What can be wrong with a signature database, or with what is to be stored or searched in one.
///
/// The text of each case is written in `SignatureError+Description.swift`.
package enum SignatureError: Error, Hashable, Sendable {
  // The file as a whole.

  /// There is no file at the path.
  case noSuchFile(file: String)
  /// A new database was to be made where there is something already.
  case alreadyExists(file: String)
  /// The file is not a SQLite database.
  case notADatabase(file: String)
  /// The file is a SQLite database of another program.
  case otherApplication(file: String)
  /// The database is empty: making it was interrupted.
  case unfinished(file: String)
  /// The database was written by a newer version of the program.
  case newerFormat(file: String, found: Int, supported: Int)
  /// What the file holds cannot be right.
  case damaged(file: String, finding: String)
  /// The operating system does not let the file be opened.
  case cannotOpen(file: String, reason: String)
  /// Another program kept the database locked for too long.
  case busy(file: String, seconds: Int)
  /// A change was asked of a database that was opened for reading, or that may not be written to.
  case readOnly(file: String)
  /// There is no space on the disk.
  case diskFull(file: String)
  /// SQLite refused for another reason.
  case refused(file: String, code: Int, reason: String)
  /// The signatures do not fit into the memory of this machine.
  case largerThanMemory(needed: Int)
  /// The graph of an approximate search could not be made.
  case graphRefused(rows: Int, dimension: Int)

  // Items.

  /// There are no items of these names.
  case noSuchItems(file: String, names: [String])
  /// An item of this name is stored already.
  case nameTaken(file: String, name: String)
  /// A name is empty, longer than a name may be, or holds a character that no name may hold.
  case unusableName(name: String, limit: Int)
  /// Two items that are to be stored together have one name.
  case duplicateName(name: String)
  /// An item has no signature.
  case noSignatures(name: String)
  /// The positions of an item's signatures are not as many as these.
  case wrongPositionCount(name: String, expected: Int, found: Int)
  /// A position is not finite, or not beyond the one before it.
  case unusablePosition(name: String, index: Int, value: String)
  /// The positions of an item are not at regular distances, as a sequence needs them.
  case irregularPositions(name: String)
  /// A thumbnail, a model or the metadata of an item is larger than it may be.
  case tooLarge(subject: String, size: Int, limit: Int)

  // Vectors.

  /// A signature or a query has another number of dimensions than the database.
  case wrongDimension(subject: String, expected: Int, found: Int)
  /// Signatures are to be stored in another precision than those that are there.
  case precisionIsFixed(file: String, found: String, asked: String)
  /// A signature has no numbers, or more than a signature may have.
  case unusableDimension(found: Int, limit: Int)
  /// A number of a signature or a query is not finite, or too large to be squared and summed.
  case unusableNumber(subject: String, index: Int, value: String, limit: Float)

  // Questions.

  /// A condition on the metadata is not of the form `key=value`.
  case unusableCondition(text: String)
  /// A false-accept rate is not between 0 and 1.
  case unusableRate(value: Double)
  /// The spacing of a sequence is not a positive number.
  case unusableSpacing(value: Double)
  /// There is nothing to calibrate with: a distance is missing, negative or not finite.
  case unusableCalibration(found: String)
}

extension SignatureError: ErrorWithExitCode {
  /// Who is at fault, as the exit code of a program.
  package var exitCode: Int32 {
    switch self {
    case .unusableCondition, .unusableRate: 2
    case .busy, .diskFull, .refused, .largerThanMemory, .graphRefused: 3
    default: 1
    }
  }
}
