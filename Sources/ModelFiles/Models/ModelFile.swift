package import HourglassTensors

/// A saved model or checkpoint: named tensors and one JSON text, in one safetensors file.
///
/// The weights have their paths as names (`encoder.0.weight`). The JSON text stands under the key
/// `hourglass` of the metadata; it has at least the members `format`, the version of this layout,
/// and `application`. `ModelHeader` is the header that the applications write. Opening a file reads
/// the header alone; no code is ever run, and nothing is used before it was checked.
package struct ModelFile: Sendable {
  /// The version of the layout that this program writes; it reads this one and older ones.
  ///
  /// What the header of an application holds belongs to it: format 2 has one encoding for each kind of data,
  /// format 3 texts, places on a circle, scales of series and weighed parts of scores, and format 4 latent vectors
  /// of the windows that new ones get their times from, and levels of one row that are taken together.
  package static let formatVersion = 4

  /// The key of the JSON text in the metadata of the file.
  package static let metadataKey = "hourglass"

  /// The safetensors file, whose tensors are read when they are asked for.
  package let contents: SafetensorsFile

  /// The header as JSON.
  package let header: JSONValue

  /// The version of the layout of this file.
  package let format: Int

  /// The application that the model is for, such as `reduce`.
  package let application: String

  /// The file, as the user named it.
  package var path: String { contents.path }

  /// Opens a model and checks its header.
  package init(contentsOf path: String) throws(ModelFileError) {
    try self.init(SafetensorsFile(contentsOf: path))
  }

  /// Opens a model that is in memory; the path is for the text of errors.
  package init(bytes: [UInt8], path: String) throws(ModelFileError) {
    try self.init(SafetensorsFile(bytes: bytes, path: path))
  }

  private init(_ contents: SafetensorsFile) throws(ModelFileError) {
    guard let text = contents.metadata[Self.metadataKey] else {
      throw .notAModel(file: contents.path, tensors: contents.entries.map(\.name))
    }
    self.contents = contents
    header = try JSONValue(bytes: Array(text.utf8), file: contents.path, text: .model)
    (format, application) = try checkedHeader(header, file: contents.path)
  }

  /// The header as a value of Swift, such as a `ModelHeader`.
  package func header<Header: Decodable>(
    as type: Header.Type
  ) throws(ModelFileError) -> Header {
    try header.decoded(as: type, file: path)
  }

  /// Reads a tensor.
  package func tensor(named name: String) throws(ModelFileError) -> Tensor {
    try contents.tensor(named: name)
  }

  /// Reads all tensors by their names.
  package func tensors() throws(ModelFileError) -> [String: Tensor] {
    try contents.tensors()
  }

  /// Writes a model, whole or not at all: where anything fails, the former file stays.
  ///
  /// The header must encode as a JSON object with the members `format`, a version from 1 to
  /// `formatVersion`, and `application`, a text. The same header and tensors give the same bytes:
  /// keys and names are sorted, and a number has one way to be written. Integers of 64 bits and
  /// floating-point numbers come back exactly.
  package static func write(
    tensors: [String: Tensor],
    blobs: [String: SafetensorsFile.Blob] = [:],
    header: some Encodable,
    to path: String
  ) throws(ModelFileError) {
    try SafetensorsFile.write(
      tensors: tensors,
      blobs: blobs,
      metadata: try metadata(header, file: path),
      to: path
    )
  }

  /// The bytes that `write` gives a file; the path is for the text of errors.
  package static func bytes(
    tensors: [String: Tensor],
    blobs: [String: SafetensorsFile.Blob] = [:],
    header: some Encodable,
    path: String
  ) throws(ModelFileError) -> [UInt8] {
    try SafetensorsFile.bytes(
      tensors: tensors,
      blobs: blobs,
      metadata: try metadata(header, file: path),
      path: path
    )
  }

  private static func metadata(
    _ header: some Encodable,
    file: String
  ) throws(ModelFileError) -> [String: String] {
    let json = try JSONValue(encoding: header, file: file)
    _ = try checkedHeader(json, file: file)
    return [metadataKey: json.text]
  }
}

/// The members that every header has.
private func checkedHeader(
  _ header: JSONValue,
  file: String
) throws(ModelFileError) -> (format: Int, application: String) {
  guard case .object(let members) = header else {
    throw .unexpectedValue(
      file: file,
      text: JSONText.model.rawValue,
      member: ModelFile.metadataKey,
      expected: "an object",
      found: header.kindName
    )
  }
  guard let format = members["format"] else {
    throw .missingMember(file: file, text: JSONText.model.rawValue, member: "format")
  }
  guard case .number(let number) = format, let version = number.integerValue, version >= 1 else {
    throw .unexpectedValue(
      file: file,
      text: JSONText.model.rawValue,
      member: "format",
      expected: "a whole number from 1",
      found: format.kindName
    )
  }
  guard version <= ModelFile.formatVersion else {
    throw .newerFormat(file: file, found: Int(version), supported: ModelFile.formatVersion)
  }
  guard let application = members["application"] else {
    throw .missingMember(file: file, text: JSONText.model.rawValue, member: "application")
  }
  guard case .string(let name) = application else {
    throw .unexpectedValue(
      file: file,
      text: JSONText.model.rawValue,
      member: "application",
      expected: "a string",
      found: application.kindName
    )
  }
  return (Int(version), name)
}

extension JSONValue {
  /// What the value is, for the text of errors: a number is written out.
  fileprivate var kindName: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .number(let number): number.text
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
