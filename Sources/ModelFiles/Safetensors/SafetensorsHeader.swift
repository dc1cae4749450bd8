internal import HourglassTensors

/// The header of a safetensors file, checked against the rest of the file.
///
/// Nothing of the data has been read when this value exists; every place in it lies within the
/// data, has the size of its shape, and follows the one before it without a gap.
struct SafetensorsHeader {
  /// The longest header, as in the reference implementation.
  static let lengthLimit = 100_000_000
  /// The longest name of a tensor in bytes.
  static let nameLimit = 1024
  /// The most dimensions of a tensor.
  static let rankLimit = 8
  /// The key of the texts that belong to the whole file.
  static let metadataKey = "__metadata__"

  var metadata: [String: String] = [:]
  /// In the order of their places.
  var entries: [SafetensorsFile.Entry] = []
  /// Where the data begins in the file.
  let dataBegin: Int

  init(_ source: RandomAccessBytes, file: String) throws(ModelFileError) {
    guard source.count >= 8 else { throw .tooShort(file: file, size: source.count) }
    let available = source.count - 8
    let length = integers(UInt64.self, in: try source.bytes(0..<8))[0]
    guard length <= UInt64(Self.lengthLimit) else {
      // A length beyond the end of the file as well is the plainer thing to say.
      throw length > UInt64(available)
        ? .headerBeyondEnd(file: file, length: length, available: available)
        : .headerTooLong(file: file, length: length, limit: Self.lengthLimit)
    }
    guard length <= UInt64(available) else {
      throw .headerBeyondEnd(file: file, length: length, available: available)
    }
    dataBegin = 8 + Int(length)

    let bytes = try source.bytes(8..<dataBegin)
    var reader = HeaderReader(scanner: JSONScanner(bytes, file: file, text: .header), file: file)
    var tensors: [DeclaredTensor] = []
    var object = try reader.scanner.beginObject()
    while let name = try reader.scanner.nextKey(&object) {
      if name == Self.metadataKey {
        metadata = try reader.metadata()
      } else {
        tensors.append(try reader.tensor(named: name))
      }
    }
    try reader.scanner.finish()

    // A tensor without elements stands at its place before the one that begins there.
    tensors.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    let dataCount = source.count - dataBegin
    var end = 0
    for tensor in tensors {
      entries.append(try tensor.entry(after: end, dataCount: dataCount, file: file))
      end = tensor.end
    }
    guard end == dataCount else {
      throw .bytesAfterLastTensor(file: file, expected: end, found: dataCount)
    }
  }
}

/// What the header says about a tensor, not yet checked against the data.
private struct DeclaredTensor {
  let name: String
  let type: ElementType
  let extents: [Int]
  let begin: Int
  let end: Int

  /// The tensor, where its place is the one that follows the tensors before it.
  func entry(
    after previousEnd: Int,
    dataCount: Int,
    file: String
  ) throws(ModelFileError) -> SafetensorsFile.Entry {
    guard let size = sizeInBytes(extents, of: type) else {
      throw .extentsTooLarge(file: file, tensor: name, extents: extents)
    }
    guard begin <= end, end <= dataCount else {
      throw .placeOutOfRange(
        file: file,
        tensor: name,
        begin: begin,
        end: end,
        available: dataCount
      )
    }
    let shape = Shape(extents)
    guard end - begin == size else {
      throw .placeOfWrongSize(
        file: file,
        tensor: name,
        shape: shape,
        type: type.rawValue,
        expected: size,
        found: end - begin
      )
    }
    guard begin == previousEnd else {
      throw .gapOrOverlap(file: file, tensor: name, expected: previousEnd, found: begin)
    }
    return SafetensorsFile.Entry(name: name, type: type, shape: shape, place: begin..<end)
  }
}

/// The size of a tensor in bytes, or nil where it is beyond 63 bits.
///
/// The product of the extents other than 0 must be within them as well, so that no later product
/// of some of the extents, such as a stride, can overflow.
func sizeInBytes(_ extents: [Int], of type: ElementType) -> Int? {
  var product = type.byteCount
  for extent in extents {
    let (next, overflow) = product.multipliedReportingOverflow(by: max(extent, 1))
    if overflow { return nil }
    product = next
  }
  return extents.contains(0) ? 0 : product
}

/// Reads the members of the header.
private struct HeaderReader {
  var scanner: JSONScanner
  let file: String

  mutating func metadata() throws(ModelFileError) -> [String: String] {
    let member = SafetensorsHeader.metadataKey
    try require(.object, member)
    var metadata: [String: String] = [:]
    var object = try scanner.beginObject()
    while let key = try scanner.nextKey(&object) {
      try require(.string, "\(member).\(key)")
      metadata[key] = try scanner.string()
    }
    return metadata
  }

  mutating func tensor(named name: String) throws(ModelFileError) -> DeclaredTensor {
    guard name.utf8.count <= SafetensorsHeader.nameLimit else {
      throw .nameTooLong(
        file: file,
        name: name,
        length: name.utf8.count,
        limit: SafetensorsHeader.nameLimit
      )
    }
    var type: ElementType?
    var extents: [Int]?
    var place: (begin: Int, end: Int)?
    try require(.object, name)
    var object = try scanner.beginObject()
    while let key = try scanner.nextKey(&object) {
      switch key {
      case "dtype": type = try elementType(of: name)
      case "shape": extents = try self.extents(of: name)
      case "data_offsets": place = try self.place(of: name)
      default: try scanner.skipValue()
      }
    }
    guard let type else { throw missing("\(name).dtype") }
    guard let extents else { throw missing("\(name).shape") }
    guard let place else { throw missing("\(name).data_offsets") }
    return DeclaredTensor(
      name: name,
      type: type,
      extents: extents,
      begin: place.begin,
      end: place.end
    )
  }

  private mutating func elementType(of name: String) throws(ModelFileError) -> ElementType {
    try require(.string, "\(name).dtype")
    let found = try scanner.string()
    guard let type = ElementType(rawValue: found) else {
      throw .unknownElementType(file: file, tensor: name, found: found)
    }
    return type
  }

  private mutating func extents(of name: String) throws(ModelFileError) -> [Int] {
    let limit = SafetensorsHeader.rankLimit
    let (extents, count) = try integers("\(name).shape", limit: limit)
    guard count <= limit else {
      throw .tooManyDimensions(file: file, tensor: name, rank: count, limit: limit)
    }
    return extents
  }

  private mutating func place(of name: String) throws(ModelFileError) -> (begin: Int, end: Int) {
    let member = "\(name).data_offsets"
    let (offsets, count) = try integers(member, limit: 2)
    guard count == 2 else {
      throw wrong(member, expected: "an array of two numbers", found: "an array of \(count)")
    }
    return (offsets[0], offsets[1])
  }

  /// The first elements of an array of whole numbers, up to a limit, and how many it has.
  private mutating func integers(
    _ member: String,
    limit: Int
  ) throws(ModelFileError) -> ([Int], count: Int) {
    try require(.array, member)
    var result: [Int] = []
    var count = 0
    var array = try scanner.beginArray()
    while try scanner.nextElement(&array) {
      let element = "\(member)[\(count)]"
      count += 1
      try require(.number, element)
      let text = try scanner.number()
      guard let number = Int(text), number >= 0, text != "-0" else {
        throw wrong(element, expected: "a whole number from 0 to 2^63 - 1", found: text)
      }
      if count <= limit { result.append(number) }
    }
    return (result, count)
  }

  private mutating func require(
    _ kind: JSONScanner.Kind,
    _ member: String
  ) throws(ModelFileError) {
    let found = try scanner.nextKind()
    guard found == kind else {
      throw wrong(member, expected: kind.rawValue, found: found.rawValue)
    }
  }

  private func wrong(_ member: String, expected: String, found: String) -> ModelFileError {
    .unexpectedValue(
      file: file,
      text: JSONText.header.rawValue,
      member: member,
      expected: expected,
      found: found
    )
  }

  private func missing(_ member: String) -> ModelFileError {
    .missingMember(file: file, text: JSONText.header.rawValue, member: member)
  }
}
