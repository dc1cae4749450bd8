import HourglassModelFiles
import HourglassSystem
import HourglassTensors
import Testing

/// The text of every error: what was expected, what was found, what to do.
@Suite struct ModelFileErrorTests {
  static let damaged =
    "The file is damaged, or the program that wrote it has a mistake: write it again."
  static let cut =
    "The file was probably not copied whole, or it is damaged: copy or write it again."

  static let texts: [(ModelFileError, String)] = [
    (
      .system(FileError(path: "f", operation: .open, code: 2)),
      "cannot open f: No such file or directory. Check the spelling of the path."
    ),
    (
      .notAnOrdinaryFile(file: "f"),
      "f: a model is read from an ordinary file, found a pipe, a device or a socket. "
        + "Write it to a file first, and give that file."
    ),
    (
      .changedWhileRead(file: "f"),
      "f: the file became shorter while it was read. "
        + "Wait until the program that writes it has finished, and try again."
    ),
    (
      .largerThanMemory(file: "f", needed: 200, available: 100),
      "f: its numbers take 200 bytes of memory, this machine has 100. "
        + "Use a machine with more memory, or a smaller model."
    ),
    (
      .tooShort(file: "f", size: 3),
      "f: a safetensors file begins with 8 bytes that give the length of its header, "
        + "found 3 bytes in the whole file. "
        + "Check that this is a model file and that it was copied whole."
    ),
    (
      .headerBeyondEnd(file: "f", length: 99, available: 9),
      "f: the header should be 99 bytes long, found 9 bytes after its length. "
        + "Check that this is a model file and that it was copied whole."
    ),
    (
      .headerTooLong(file: "f", length: 100_000_001, limit: 100_000_000),
      "f: the header should be at most 100000000 bytes long, found a length of 100000001. "
        + "Check that this is a model file; if it is, it is damaged: copy or write it again."
    ),
    (
      .malformedJSON(
        file: "f",
        text: JSONText.header.rawValue,
        position: 7,
        problem: JSONProblem.endsTooEarly.description
      ),
      "f: the header of the file is not valid JSON at byte 7: it ends too early. "
        + "Check that this is a model file; if it is, it is damaged: copy or write it again."
    ),
    (
      .malformedJSON(
        file: "f",
        text: JSONText.model.rawValue,
        position: 7,
        problem: JSONProblem.duplicateKey("k").description
      ),
      "f: the header of the model is not valid JSON at byte 7: "
        + "the key \"k\" stands twice in one object. \(damaged)"
    ),
    (
      .unexpectedValue(
        file: "f",
        text: JSONText.header.rawValue,
        member: "a.shape[0]",
        expected: "a number",
        found: "null"
      ),
      "f: in the header of the file, \"a.shape[0]\" should be a number, found \"null\". \(damaged)"
    ),
    (
      .missingMember(file: "f", text: JSONText.model.rawValue, member: "format"),
      "f: in the header of the model, \"format\" is missing. \(damaged)"
    ),
    (
      .nameTooLong(file: "f", name: String(repeating: "n", count: 81), length: 81, limit: 80),
      "f: the name of a tensor should be at most 80 bytes long, found 81 bytes in "
        + "\"\(String(repeating: "n", count: 80))\"…. Give the tensor another name."
    ),
    (
      .reservedName(file: "f", name: "__metadata__"),
      "f: no tensor may be named \"__metadata__\", which the format keeps for itself. "
        + "Give the tensor another name."
    ),
    (
      .duplicateTensor(file: "f", tensor: "a"),
      "f: each tensor should have a name of its own, found two named \"a\". "
        + "Give the tensor another name."
    ),
    (
      .unknownElementType(file: "f", tensor: "a", found: "F33"),
      "f: tensor \"a\" should have an element type such as F32, found \"F33\". "
        + "Convert the tensor to F32 with the program that wrote it."
    ),
    (
      .unreadableElementType(file: "f", tensor: "a", type: "C64"),
      "f: tensor \"a\" should have one of the element types BOOL, U8, I8, I16, U16, F16, BF16, "
        + "I32, U32, F32, F64, I64, U64, found C64. "
        + "Convert the tensor to F32 with the program that wrote it."
    ),
    (
      .tooManyDimensions(file: "f", tensor: "a", rank: 9, limit: 8),
      "f: tensor \"a\" should have at most 8 dimensions, found 9. "
        + "Write the tensor under a smaller shape."
    ),
    (
      .extentsTooLarge(file: "f", tensor: "a", extents: [1 << 62, 4]),
      "f: tensor \"a\" should have a size below 2^63 bytes, "
        + "found the shape [4611686018427387904, 4]. Write the tensor under a smaller shape."
    ),
    (
      .placeOutOfRange(file: "f", tensor: "a", begin: 0, end: 8, available: 4),
      "f: tensor \"a\" should lie within the 4 bytes of data, found bytes 0 to 8. \(cut)"
    ),
    (
      .placeOfWrongSize(
        file: "f",
        tensor: "a",
        shape: [2],
        type: "F32",
        expected: 8,
        found: 4
      ),
      "f: tensor \"a\" of shape [2] and type F32 should take 8 bytes, found 4. \(damaged)"
    ),
    (
      .gapOrOverlap(file: "f", tensor: "a", expected: 8, found: 4),
      "f: tensor \"a\" should begin at byte 8 of the data, where the one before it ends, "
        + "found byte 4. \(damaged)"
    ),
    (
      .bytesAfterLastTensor(file: "f", expected: 4, found: 5),
      "f: the data should end with the last tensor after 4 bytes, found 5 bytes. \(cut)"
    ),
    (
      .inexactElement(file: "f", tensor: "a", index: 3, value: "16777217"),
      "f: element 3 of tensor \"a\" should be a number that single precision can hold, "
        + "found 16777217. Keep numbers of this size out of the tensors of a model."
    ),
    (
      .noSuchTensor(file: "f", tensor: "a", present: ["b"]),
      "f: there should be a tensor \"a\", found the tensor \"b\". "
        + "Check that the file belongs to this architecture."
    ),
    (
      .notAModel(file: "f", tensors: ["a", "b", "c", "d", "e"]),
      "f: a Hourglass model has the key \"hourglass\" in its metadata, found a safetensors file "
        + "of another program with the tensors \"a\", \"b\", \"c\", \"d\" and 1 more. "
        + "Give a file that Hourglass saved."
    ),
    (
      .newerFormat(file: "f", found: 2, supported: 1),
      "f: the format of the model should be at most 1, found 2. "
        + "Use a newer version of Hourglass, or save the model again with this one."
    ),
    (
      .unreadableMember(
        file: "f",
        member: "training.epochs",
        problem: MemberProblem.wrongType(expected: "Int").description
      ),
      "f: the header of the model cannot be read: \"training.epochs\" should be a whole number. "
        + "\(damaged)"
    ),
    (
      .unreadableMember(file: "f", member: "", problem: MemberProblem.wrongValue.description),
      "f: the header of the model cannot be read: it has a value that is out of range. \(damaged)"
    ),
    (
      .unwritableHeader(file: "f", member: "configuration.x"),
      "f: the header of the model cannot be written as JSON: \"configuration.x\" has no JSON "
        + "value. Please report this as a bug in Hourglass."
    ),
  ]

  @Test(arguments: texts)
  func theTextSaysWhatToDo(error: ModelFileError, text: String) {
    #expect(error.description == text)
    #expect(error.file == "f")
  }

  @Test(
    arguments: [
      (.endsTooEarly, "it ends too early"),
      (.unexpectedByte(0x5d, expected: "a value"), "expected a value, found \"]\""),
      (.unexpectedByte(0, expected: "a value"), "expected a value, found the byte 0x0"),
      (.trailingBytes, "something follows after its end"),
      (.invalidUTF8, "a string is not valid UTF-8"),
      (.controlCharacter(10), "expected an escape in a string, found the byte 0xa"),
      (.invalidEscape, "a string has an escape that JSON does not know"),
      (.numberTooLong(limit: 400), "a number has more than 400 characters"),
      (.duplicateKey("\u{7}\u{202e}"), "the key \"\\u{7}\\u{202e}\" stands twice in one object"),
      (.tooDeep(limit: 64), "it is nested more than 64 levels deep"),
      (.tooManyValues(limit: 9), "it has more than 9 values"),
    ] as [(JSONProblem, String)]
  )
  func aProblemOfJSONIsSaidInWords(problem: JSONProblem, text: String) {
    #expect(problem.description == text)
  }
}
