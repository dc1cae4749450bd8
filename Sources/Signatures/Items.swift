package import HourglassTensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An item that is to be stored.
package struct NewItem: Hashable, Sendable {
  /// The name, unlike that of any other item.
  package var name: String
  /// The signatures, in the order of their positions.
  package var signatures: [[Float]]
  /// The positions of the signatures within the item (seconds, or indices), ascending.
  package var positions: [Double]
  /// What else is known about the item, as text.
  package var metadata: [String: String]
  /// A small image of the item as the bytes of an image file.
  package var thumbnail: [UInt8]?

  /// Describes an item; without positions its signatures are at 0, 1, 2, ….
  package init(
    name: String,
    signatures: [[Float]],
    positions: [Double]? = nil,
    metadata: [String: String] = [:],
    thumbnail: [UInt8]? = nil
  ) {
    self.name = name
    self.signatures = signatures
    self.positions = positions ?? signatures.indices.map(Double.init)
    self.metadata = metadata
    self.thumbnail = thumbnail
  }

  /// Describes an item with one signature.
  package init(
    name: String,
    signature: [Float],
    metadata: [String: String] = [:],
    thumbnail: [UInt8]? = nil
  ) {
    self.init(name: name, signatures: [signature], metadata: metadata, thumbnail: thumbnail)
  }

  /// Describes an item by its signatures `[signatures, dimensions]`.
  package init(
    name: String,
    signatures: Tensor,
    positions: [Double]? = nil,
    metadata: [String: String] = [:],
    thumbnail: [UInt8]? = nil
  ) {
    precondition(signatures.shape.rank == 2, "signatures are rows, found \(signatures.shape)")
    let width = signatures.shape[1]
    let rows = (0..<signatures.shape[0]).map { row in
      Array(signatures.scalars[row * width..<(row + 1) * width])
    }
    self.init(
      name: name,
      signatures: rows,
      positions: positions,
      metadata: metadata,
      thumbnail: thumbnail
    )
  }
}

/// What to do with an item whose name is stored already.
public enum ReplacementPolicy: String, Codable, Hashable, Sendable, CaseIterable {
  /// It is an error, and nothing is stored.
  case refuse
  /// The stored item gets the new signatures, metadata and thumbnail, and keeps its place.
  case replace
  /// The stored item stays as it is.
  case keep
}

/// An item of a database, as a list shows it.
package struct StoredItem: Hashable, Sendable {
  /// The number of the item; later items have larger ones.
  package let id: Int64
  /// The name.
  package let name: String
  /// What else is known about the item.
  package let metadata: [String: String]
  /// How many signatures it has.
  package let signatureCount: Int
  /// The mean of its signatures: the signature itself where there is one.
  package let coordinates: [Float]
  /// Whether it has a thumbnail.
  package let hasThumbnail: Bool
}

/// One signature of a database with the name of its item, as an export writes it.
package struct StoredSignature: Hashable, Sendable {
  /// The name of the item.
  package let name: String
  /// The position within the item.
  package let position: Double
  /// The numbers.
  package let vector: [Float]
}

/// The model that makes the signatures of a database, kept in it.
package struct StoredModel: Hashable, Sendable {
  /// The kind of data that it takes, such as `images`.
  package var kind: String
  /// The fingerprint of its file.
  package var fingerprint: String
  /// The bytes of its file.
  package var file: [UInt8]

  /// Describes a model by the bytes of its file.
  package init(kind: String, fingerprint: String, file: [UInt8]) {
    self.kind = kind
    self.fingerprint = fingerprint
    self.file = file
  }
}

extension NewItem {
  /// Throws where something of the item cannot be stored; gives the number of dimensions.
  func checked() throws(SignatureError) -> Int {
    guard !name.isEmpty, name.utf8.count <= Schema.longestName, !name.utf8.contains(0) else {
      throw .unusableName(name: name, limit: Schema.longestName)
    }
    guard let width = signatures.first?.count else { throw .noSignatures(name: name) }
    guard positions.count == signatures.count else {
      throw .wrongPositionCount(name: name, expected: signatures.count, found: positions.count)
    }
    for (index, position) in positions.enumerated() {
      guard position.isFinite, index == 0 || positions[index - 1] < position else {
        throw .unusablePosition(name: name, index: index, value: "\(position)")
      }
    }
    guard (1...Schema.largestDimension).contains(width) else {
      throw .unusableDimension(found: width, limit: Schema.largestDimension)
    }
    for signature in signatures {
      try Vectors.check(signature, dimension: width, subject: "a signature of \"\(name)\"")
    }
    if let size = thumbnail?.count, size > Schema.largestThumbnail {
      throw .tooLarge(subject: "a thumbnail", size: size, limit: Schema.largestThumbnail)
    }
    return width
  }
}

/// Signatures and queries as numbers and as bytes.
enum Vectors {
  /// Throws where a vector has another number of dimensions, or a number that cannot be used.
  static func check(
    _ vector: [Float],
    dimension: Int,
    subject: String,
    limit: Float = Schema.largestNumber
  ) throws(SignatureError) {
    guard vector.count == dimension else {
      throw .wrongDimension(subject: subject, expected: dimension, found: vector.count)
    }
    for (index, value) in vector.enumerated() where !(abs(value) <= limit) {
      throw .unusableNumber(
        subject: subject,
        index: index,
        value: "\(value)",
        limit: limit
      )
    }
  }

  /// Little-endian bytes of some numbers.
  static func bytes(_ vector: [Float]) -> [UInt8] { vector.littleEndianBytes }

  /// The numbers of little-endian bytes; none where one cannot be used.
  static func numbers(_ bytes: [UInt8]) -> [Float]? {
    var numbers: [Float] = []
    numbers.reserveCapacity(bytes.count / 4)
    for start in stride(from: 0, to: bytes.count - bytes.count % 4, by: 4) {
      let low = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
      let high = UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24
      let value = Float(bitPattern: low | high)
      guard abs(value) <= Schema.largestNumber else { return nil }
      numbers.append(value)
    }
    return numbers
  }
}

/// Values as the JSON text that the database keeps of them.
enum JSON {
  /// The text of a value; the same value always gives the same text.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value of a text; none where the text is not one.
  static func value<Value: Decodable>(_ type: Value.Type, of text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
