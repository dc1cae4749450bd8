public import HourglassSystem
public import HourglassTensors

/// What can be wrong with a model file, or with what is to be written to one.
///
/// The text of each case is written in `ModelFileError+Description.swift`.
public enum ModelFileError: Error, Hashable, Sendable {
  // The file as a whole.

  /// The operating system refused to read or to write.
  case system(FileError)
  /// The path is a pipe, a device or a socket.
  case notAnOrdinaryFile(file: String)
  /// The file became shorter while it was read.
  case changedWhileRead(file: String)
  /// The numbers of the file do not fit into the memory of this machine.
  case largerThanMemory(file: String, needed: Int, available: Int)

  // The header of a safetensors file.

  /// The file is shorter than the length that stands at its beginning.
  case tooShort(file: String, size: Int)
  /// The header is said to be longer than the file.
  case headerBeyondEnd(file: String, length: UInt64, available: Int)
  /// The header is longer than any header may be.
  case headerTooLong(file: String, length: UInt64, limit: Int)
  /// A JSON text is not well formed; `position` counts bytes from its beginning.
  case malformedJSON(file: String, text: String, position: Int, problem: String)
  /// A member of a JSON text is of another kind than it must be.
  case unexpectedValue(
    file: String,
    text: String,
    member: String,
    expected: String,
    found: String
  )
  /// A member of a JSON text is not there.
  case missingMember(file: String, text: String, member: String)

  // The tensors of a safetensors file.

  /// The name of a tensor is longer than a name may be.
  case nameTooLong(file: String, name: String, length: Int, limit: Int)
  /// A tensor has a name that the format keeps for itself.
  case reservedName(file: String, name: String)
  /// Two tensors to be written have one name.
  case duplicateTensor(file: String, tensor: String)
  /// The element type of a tensor is not one of the format.
  case unknownElementType(file: String, tensor: String, found: String)
  /// The element type of a tensor is one that is not converted to numbers here.
  case unreadableElementType(file: String, tensor: String, type: String)
  /// A tensor has more dimensions than a tensor may have.
  case tooManyDimensions(file: String, tensor: String, rank: Int, limit: Int)
  /// The product of the extents of a tensor is beyond 64 bits.
  case extentsTooLarge(file: String, tensor: String, extents: [Int])
  /// The place of a tensor ends before it begins, or after the end of the file.
  case placeOutOfRange(file: String, tensor: String, begin: Int, end: Int, available: Int)
  /// The place of a tensor has another size than its shape.
  case placeOfWrongSize(
    file: String,
    tensor: String,
    shape: Shape,
    type: String,
    expected: Int,
    found: Int
  )
  /// A tensor does not begin where the one before it ends.
  case gapOrOverlap(file: String, tensor: String, expected: Int, found: Int)
  /// Bytes follow after the last tensor.
  case bytesAfterLastTensor(file: String, expected: Int, found: Int)
  /// A number of a tensor cannot be held by a single-precision number.
  case inexactElement(file: String, tensor: String, index: Int, value: String)
  /// There is no tensor of a name.
  case noSuchTensor(file: String, tensor: String, present: [String])

  // The header of a model.

  /// The file is a safetensors file that another program wrote.
  case notAModel(file: String, tensors: [String])
  /// The model was written by a newer version of the program.
  case newerFormat(file: String, found: Int, supported: Int)
  /// A member of the header of a model cannot be read; its name is empty where it is not known.
  case unreadableMember(file: String, member: String, problem: String)
  /// The file is a finished model and no state to go on from.
  case notACheckpoint(file: String)
  /// A checkpoint was written by a run of other settings, data or seed; `member` names the
  /// difference.
  case otherCheckpoint(file: String, member: String, expected: String, found: String)
  /// A member of the header of a model to be written has no text in JSON.
  case unwritableHeader(file: String, member: String)
}
