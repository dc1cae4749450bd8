internal import HourglassSystem
internal import HourglassTensors

extension ModelFileError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    if case .system(let error) = self { return error.description }
    return "\(file): \(finding). \(remedy)"
  }

  /// Whether the machine is at fault (space, memory, input and output), not the file or the path.
  public var isFaultOfTheMachine: Bool {
    switch self {
    case .system(let error): error.isFaultOfTheMachine
    case .largerThanMemory: true
    default: false
    }
  }

  /// The file, as the user named it.
  public var file: String {
    switch self {
    case .system(let error): error.path
    case .notAnOrdinaryFile(let file), .changedWhileRead(let file),
      .largerThanMemory(let file, _, _), .tooShort(let file, _),
      .headerBeyondEnd(let file, _, _), .headerTooLong(let file, _, _),
      .malformedJSON(let file, _, _, _), .unexpectedValue(let file, _, _, _, _),
      .missingMember(let file, _, _), .nameTooLong(let file, _, _, _),
      .reservedName(let file, _), .duplicateTensor(let file, _),
      .unknownElementType(let file, _, _), .unreadableElementType(let file, _, _),
      .tooManyDimensions(let file, _, _, _), .extentsTooLarge(let file, _, _),
      .placeOutOfRange(let file, _, _, _, _), .placeOfWrongSize(let file, _, _, _, _, _),
      .gapOrOverlap(let file, _, _, _), .bytesAfterLastTensor(let file, _, _),
      .inexactElement(let file, _, _, _), .noSuchTensor(let file, _, _),
      .notAModel(let file, _), .newerFormat(let file, _, _),
      .unreadableMember(let file, _, _), .unwritableHeader(let file, _),
      .notACheckpoint(let file), .otherCheckpoint(let file, _, _, _):
      file
    }
  }

  /// What was expected and what was found, without the file and without a full stop.
  private var finding: String {
    switch self {
    case .system(let error):
      error.reason
    case .notAnOrdinaryFile:
      "a model is read from an ordinary file, found a pipe, a device or a socket"
    case .changedWhileRead:
      "the file became shorter while it was read"
    case .largerThanMemory(_, let needed, let available):
      "its numbers take \(needed) bytes of memory, this machine has \(available)"
    case .tooShort(_, let size):
      "a safetensors file begins with 8 bytes that give the length of its header, "
        + "found \(size) bytes in the whole file"
    case .headerBeyondEnd(_, let length, let available):
      "the header should be \(length) bytes long, found \(available) bytes after its length"
    case .headerTooLong(_, let length, let limit):
      "the header should be at most \(limit) bytes long, found a length of \(length)"
    case .malformedJSON(_, let text, let position, let problem):
      "\(text) is not valid JSON at byte \(position): \(problem)"
    case .unexpectedValue(_, let text, let member, let expected, let found):
      "in \(text), \(shown(member)) should be \(expected), found \(shown(found))"
    case .missingMember(_, let text, let member):
      "in \(text), \(shown(member)) is missing"
    case .nameTooLong(_, let name, let length, let limit):
      "the name of a tensor should be at most \(limit) bytes long, "
        + "found \(length) bytes in \(shown(name))"
    case .reservedName(_, let name):
      "no tensor may be named \(shown(name)), which the format keeps for itself"
    case .duplicateTensor(_, let tensor):
      "each tensor should have a name of its own, found two named \(shown(tensor))"
    case .unknownElementType(_, let tensor, let found):
      "tensor \(shown(tensor)) should have an element type such as F32, found \(shown(found))"
    case .unreadableElementType(_, let tensor, let type):
      "tensor \(shown(tensor)) should have one of the element types "
        + "\(ElementType.readableNames), found \(type)"
    case .tooManyDimensions(_, let tensor, let rank, let limit):
      "tensor \(shown(tensor)) should have at most \(limit) dimensions, found \(rank)"
    case .extentsTooLarge(_, let tensor, let extents):
      "tensor \(shown(tensor)) should have a size below 2^63 bytes, found the shape \(extents)"
    case .placeOutOfRange(_, let tensor, let begin, let end, let available):
      "tensor \(shown(tensor)) should lie within the \(available) bytes of data, "
        + "found bytes \(begin) to \(end)"
    case .placeOfWrongSize(_, let tensor, let shape, let type, let expected, let found):
      "tensor \(shown(tensor)) of shape \(shape) and type \(type) should take "
        + "\(expected) bytes, found \(found)"
    case .gapOrOverlap(_, let tensor, let expected, let found):
      "tensor \(shown(tensor)) should begin at byte \(expected) of the data, "
        + "where the one before it ends, found byte \(found)"
    case .bytesAfterLastTensor(_, let expected, let found):
      "the data should end with the last tensor after \(expected) bytes, found \(found) bytes"
    case .inexactElement(_, let tensor, let index, let value):
      "element \(index) of tensor \(shown(tensor)) should be a number that single precision "
        + "can hold, found \(value)"
    case .noSuchTensor(_, let tensor, let present):
      "there should be a tensor \(shown(tensor)), found \(listed(present))"
    case .notAModel(_, let tensors):
      "a Hourglass model has the key \"hourglass\" in its metadata, found a safetensors file "
        + "of another program with \(listed(tensors))"
    case .newerFormat(_, let found, let supported):
      "the format of the model should be at most \(supported), found \(found)"
    case .unreadableMember(_, let member, let problem):
      "the header of the model cannot be read: "
        + "\(member.isEmpty ? "it" : shown(member)) \(problem)"
    case .notACheckpoint:
      "training resumes from a checkpoint, found a finished model"
    case .otherCheckpoint(_, let member, let expected, let found):
      "the checkpoint should be of a run with the \(member) \(expected), found \(found)"
    case .unwritableHeader(_, let member):
      "the header of the model cannot be written as JSON: "
        + "\(member.isEmpty ? "it" : shown(member)) has no JSON value"
    }
  }

  /// What to do, one sentence.
  private var remedy: String {
    switch self {
    case .system(let error):
      error.hint
    case .notAnOrdinaryFile:
      "Write it to a file first, and give that file."
    case .changedWhileRead:
      "Wait until the program that writes it has finished, and try again."
    case .largerThanMemory:
      "Use a machine with more memory, or a smaller model."
    case .tooShort, .headerBeyondEnd:
      "Check that this is a model file and that it was copied whole."
    case .malformedJSON(_, JSONText.model.rawValue, _, _):
      "The file is damaged, or the program that wrote it has a mistake: write it again."
    case .headerTooLong, .malformedJSON:
      "Check that this is a model file; if it is, it is damaged: copy or write it again."
    case .placeOutOfRange, .bytesAfterLastTensor:
      "The file was probably not copied whole, or it is damaged: copy or write it again."
    case .unexpectedValue, .missingMember, .gapOrOverlap, .placeOfWrongSize,
      .unreadableMember:
      "The file is damaged, or the program that wrote it has a mistake: write it again."
    case .nameTooLong, .reservedName, .duplicateTensor:
      "Give the tensor another name."
    case .unknownElementType, .unreadableElementType:
      "Convert the tensor to F32 with the program that wrote it."
    case .tooManyDimensions, .extentsTooLarge:
      "Write the tensor under a smaller shape."
    case .inexactElement:
      "Keep numbers of this size out of the tensors of a model."
    case .noSuchTensor:
      "Check that the file belongs to this architecture."
    case .notAModel:
      "Give a file that Hourglass saved."
    case .newerFormat:
      "Use a newer version of Hourglass, or save the model again with this one."
    case .notACheckpoint:
      "Give the checkpoint, or another path for a new one."
    case .otherCheckpoint:
      "Resume with the settings and the data of that run, or remove the file to start anew."
    case .unwritableHeader:
      "Please report this as a bug in Hourglass."
    }
  }
}

/// A text from a file in quotes, printable and at most 80 characters long.
func shown(_ text: String) -> String {
  let start = text.unicodeScalars.prefix(80)
  return "\"\(printable(String(start)))\"" + (start.endIndex == text.endIndex ? "" : "…")
}

/// A text from a file with nothing in it that a terminal would obey.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    result +=
      scalar.properties.isPrintable
      ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
  }
  return result
}

extension Unicode.Scalar.Properties {
  /// Whether a terminal shows the character and does nothing else.
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}

private func listed(_ names: [String]) -> String {
  guard !names.isEmpty else { return "no tensors" }
  let first = names.prefix(4).map(shown).joined(separator: ", ")
  return "the \(names.count == 1 ? "tensor" : "tensors") \(first)"
    + (names.count > 4 ? " and \(names.count - 4) more" : "")
}
