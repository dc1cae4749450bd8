#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension JSONValue: Codable {
  /// Decodes a value of any kind.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(JSONNumber.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Encodes the value.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension JSONNumber: Codable {
  /// Decodes an integer of 64 bits exactly, and any other number as a `Double`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Int64.self), value != 0 {
      self.init(value)
    } else if let value = try? container.decode(UInt64.self), value != 0 {
      self.init(value)
    } else {
      let value = try container.decode(Double.self)
      guard let number = JSONNumber(value) else {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: "a number must be finite"
        )
      }
      self = number
    }
  }

  /// Encodes the number; one that no integer of 64 bits and no `Double` can hold is an error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if text == "-0" {
      try container.encode(-0.0)
    } else if let value = Int64(text) {
      try container.encode(value)
    } else if let value = UInt64(text) {
      try container.encode(value)
    } else if let value = doubleValue {
      try container.encode(value)
    } else {
      throw EncodingError.invalidValue(
        text,
        EncodingError.Context(
          codingPath: encoder.codingPath,
          debugDescription: "the number is too large"
        )
      )
    }
  }
}

// How values of Swift become JSON and come back. A number that is not finite, which JSON does not
// have, is written as one of the strings "inf", "-inf" and "nan".

extension JSONValue {
  /// Makes a value from a value of Swift.
  ///
  /// Integers of 64 bits and floating-point numbers come back exactly as they were. The name of
  /// the file is for the text of errors.
  package init(encoding value: some Encodable, file: String) throws(ModelFileError) {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch let EncodingError.invalidValue(_, context) {
      throw .unwritableHeader(file: file, member: joined(context.codingPath))
    } catch {
      throw .unwritableHeader(file: file, member: "")
    }
    try self.init(bytes: Array(data), file: file, text: .model)
  }

  /// The value of Swift that this value was made from.
  ///
  /// The name of the file is for the text of errors.
  package func decoded<Value: Decodable>(
    as type: Value.Type,
    file: String
  ) throws(ModelFileError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf",
      negativeInfinity: "-inf",
      nan: "nan"
    )
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw error.modelFileError(file: file)
    } catch {
      throw .unreadableMember(file: file, member: "", problem: MemberProblem.wrongValue.description)
    }
  }
}

extension DecodingError {
  fileprivate func modelFileError(file: String) -> ModelFileError {
    switch self {
    case .keyNotFound(let key, let context):
      .unreadableMember(
        file: file,
        member: joined(context.codingPath + [key]),
        problem: MemberProblem.missing.description
      )
    case .valueNotFound(let type, let context), .typeMismatch(let type, let context):
      .unreadableMember(
        file: file,
        member: joined(context.codingPath),
        problem: MemberProblem.wrongType(expected: "\(type)").description
      )
    case .dataCorrupted(let context):
      .unreadableMember(
        file: file,
        member: joined(context.codingPath),
        problem: MemberProblem.wrongValue.description
      )
    @unknown default:
      .unreadableMember(file: file, member: "", problem: MemberProblem.wrongValue.description)
    }
  }
}

/// The path of a member within the header, as in `training.losses[3]`.
private func joined(_ path: [any CodingKey]) -> String {
  var result = ""
  for key in path {
    if let index = key.intValue {
      result += "[\(index)]"
    } else {
      result += (result.isEmpty ? "" : ".") + key.stringValue
    }
  }
  return result
}
