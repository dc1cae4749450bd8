internal import HourglassSystem
package import HourglassTensors

extension SafetensorsFile {
  /// A tensor of a type other than single precision, given by its bytes.
  package struct Blob: Hashable, Sendable {
    /// The type of the numbers.
    package let type: ElementType
    /// The extents, outermost first.
    package let shape: Shape
    /// The numbers, little-endian, in row-major order.
    package let bytes: [UInt8]

    /// Makes a blob of numbers of some type; the bytes must be as many as the shape needs.
    package init(type: ElementType, shape: Shape, bytes: [UInt8]) {
      precondition(
        bytes.count == shape.elementCount * type.byteCount,
        "\(type.rawValue) of shape \(shape) takes \(shape.elementCount * type.byteCount) bytes, "
          + "found \(bytes.count)"
      )
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }

    /// Makes a one-dimensional blob of bytes.
    package init(_ bytes: [UInt8]) {
      self.init(type: .uint8, shape: [bytes.count], bytes: bytes)
    }

    /// Makes a one-dimensional blob of integers.
    package init(_ integers: [Int64]) {
      self.init(
        type: .int64,
        shape: [integers.count],
        bytes: integers.flatMap { number in
          (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
      )
    }
  }

  /// Writes a file, whole or not at all: where anything fails, the former file stays.
  ///
  /// The same contents give the same bytes. Tensors are written as F32.
  package static func write(
    tensors: [String: Tensor],
    blobs: [String: Blob] = [:],
    metadata: [String: String] = [:],
    to path: String
  ) throws(ModelFileError) {
    let parts = try parts(tensors, blobs, metadata, file: path)
    do {
      let file = try AtomicFile(replacing: path)
      try file.write(parts.header)
      for member in parts.members {
        switch member.content {
        case .tensor(let tensor):
          #if _endian(little)
            try file.write(tensor.scalars.span.bytes)
          #else
            try file.write(tensor.scalars.littleEndianBytes)
          #endif
        case .blob(let blob): try file.write(blob.bytes)
        }
      }
      try file.commit()
    } catch {
      throw .system(error)
    }
  }

  /// The bytes of a file; the path is for the text of errors.
  package static func bytes(
    tensors: [String: Tensor],
    blobs: [String: Blob] = [:],
    metadata: [String: String] = [:],
    path: String
  ) throws(ModelFileError) -> [UInt8] {
    let parts = try parts(tensors, blobs, metadata, file: path)
    var result = parts.header
    for member in parts.members {
      switch member.content {
      case .tensor(let tensor): result += tensor.scalars.littleEndianBytes
      case .blob(let blob): result += blob.bytes
      }
    }
    return result
  }
}

/// A tensor to be written.
private struct Member {
  enum Content {
    case tensor(Tensor)
    case blob(SafetensorsFile.Blob)
  }

  let name: String
  let content: Content

  var type: ElementType {
    switch content {
    case .tensor: .float32
    case .blob(let blob): blob.type
    }
  }

  var shape: Shape {
    switch content {
    case .tensor(let tensor): tensor.shape
    case .blob(let blob): blob.shape
    }
  }
}

/// The header with its length before it, and the tensors in their order.
///
/// Tensors of wide element types come first, so that every tensor is aligned; then they are in the
/// order of their names. Members and white space of the header are those of the reference
/// implementation, which therefore gives the same bytes to the same F32 tensors.
private func parts(
  _ tensors: [String: Tensor],
  _ blobs: [String: SafetensorsFile.Blob],
  _ metadata: [String: String],
  file: String
) throws(ModelFileError) -> (header: [UInt8], members: [Member]) {
  var members: [Member] = []
  for (name, tensor) in tensors { members.append(Member(name: name, content: .tensor(tensor))) }
  for (name, blob) in blobs {
    guard tensors[name] == nil else { throw .duplicateTensor(file: file, tensor: name) }
    members.append(Member(name: name, content: .blob(blob)))
  }
  members.sort { left, right in
    left.type.byteCount != right.type.byteCount
      ? left.type.byteCount > right.type.byteCount
      : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
  }

  var json: [UInt8] = [UInt8(ascii: "{")]
  if !metadata.isEmpty {
    appendJSONString(SafetensorsHeader.metadataKey, to: &json)
    json.append(UInt8(ascii: ":"))
    json += JSONValue.object(metadata.mapValues { .string($0) }).bytes
  }
  var offset = 0
  for member in members {
    try check(member, file: file)
    if json.count > 1 { json.append(UInt8(ascii: ",")) }
    appendJSONString(member.name, to: &json)
    let extents = member.shape.dimensions.map(String.init).joined(separator: ",")
    let end = offset + member.shape.elementCount * member.type.byteCount
    json += Array(
      """
      :{"dtype":"\(member.type.rawValue)","shape":[\(extents)],"data_offsets":[\(offset),\(end)]}
      """.utf8
    )
    offset = end
  }
  json.append(UInt8(ascii: "}"))
  while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
  guard json.count <= SafetensorsHeader.lengthLimit else {
    throw .headerTooLong(
      file: file,
      length: UInt64(json.count),
      limit: SafetensorsHeader.lengthLimit
    )
  }
  let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) }
  return (length + json, members)
}

private func check(_ member: Member, file: String) throws(ModelFileError) {
  guard member.name != SafetensorsHeader.metadataKey else {
    throw .reservedName(file: file, name: member.name)
  }
  guard member.name.utf8.count <= SafetensorsHeader.nameLimit else {
    throw .nameTooLong(
      file: file,
      name: member.name,
      length: member.name.utf8.count,
      limit: SafetensorsHeader.nameLimit
    )
  }
  guard member.shape.rank <= SafetensorsHeader.rankLimit else {
    throw .tooManyDimensions(
      file: file,
      tensor: member.name,
      rank: member.shape.rank,
      limit: SafetensorsHeader.rankLimit
    )
  }
  guard sizeInBytes(member.shape.dimensions, of: member.type) != nil else {
    throw .extentsTooLarge(file: file, tensor: member.name, extents: member.shape.dimensions)
  }
}
