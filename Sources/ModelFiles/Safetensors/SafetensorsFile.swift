package import HourglassTensors

/// A file in the safetensors format: tensors by their names, and some texts.
///
/// The file begins with the length of its header in 8 bytes, little-endian. The header is a JSON
/// object with a member for each tensor (`dtype`, `shape`, `data_offsets`) and one of texts,
/// `__metadata__`. Then follow the numbers of the tensors, little-endian, without gaps.
///
/// Opening a file reads and checks its header; the numbers are read when they are asked for. Every
/// length, place, shape and name is checked before it is used, so that no file, whatever is in it,
/// can stop the program.
///
/// Reference: the format's description at https://github.com/huggingface/safetensors.
package struct SafetensorsFile: Sendable {
  /// A tensor as the header declares it.
  package struct Entry: Hashable, Sendable {
    /// The name of the tensor, such as `encoder.0.weight`.
    package let name: String
    /// The type of its numbers in the file.
    package let type: ElementType
    /// Its extents, outermost first.
    package let shape: Shape
    /// Where its bytes lie, counted from the beginning of the data.
    package let place: Range<Int>
  }

  /// The file, as the user named it.
  package let path: String

  /// The texts of `__metadata__` by their keys.
  package let metadata: [String: String]

  /// The tensors in the order of the UTF-8 bytes of their names.
  package let entries: [Entry]

  /// The size of the whole file in bytes.
  package let byteCount: Int

  private let source: RandomAccessBytes
  private let dataBegin: Int
  private let positions: [String: Int]

  /// Opens a file and checks its header.
  package init(contentsOf path: String) throws(ModelFileError) {
    try self.init(.file(try OpenFile(path)), path: path)
  }

  /// Checks the header of a file that is in memory; the path is for the text of errors.
  package init(bytes: [UInt8], path: String) throws(ModelFileError) {
    try self.init(.memory(bytes), path: path)
  }

  private init(_ source: RandomAccessBytes, path: String) throws(ModelFileError) {
    let header = try SafetensorsHeader(source, file: path)
    self.path = path
    self.source = source
    metadata = header.metadata
    dataBegin = header.dataBegin
    byteCount = source.count
    entries = header.entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var positions: [String: Int] = [:]
    for (index, entry) in entries.enumerated() { positions[entry.name] = index }
    self.positions = positions
  }

  /// The tensor of a name as the header declares it, or nil where there is none.
  package func entry(named name: String) -> Entry? {
    positions[name].map { entries[$0] }
  }

  /// Reads a tensor, whose numbers are converted to single precision.
  ///
  /// The element types BOOL, U8, I8, U16, I16, F16, BF16 and F32 are converted exactly. F64 is
  /// rounded to nearest. An integer of I32, U32, I64 or U64 that single precision cannot hold
  /// exactly is an error, and so is a finite number of F64 that is too large for it.
  package func tensor(named name: String) throws(ModelFileError) -> Tensor {
    let entry = try requiredEntry(name)
    guard entry.type.isReadable else {
      throw .unreadableElementType(file: path, tensor: name, type: entry.type.rawValue)
    }
    var scalars: [Float] = []
    try requireMemory(for: entry.shape.elementCount)
    scalars.reserveCapacity(entry.shape.elementCount)
    // Piece by piece, so that a large tensor is not in memory twice.
    for piece in stride(from: entry.place.lowerBound, to: entry.place.upperBound, by: 1 << 20) {
      let end = min(piece + 1 << 20, entry.place.upperBound)
      let bytes = try source.bytes(dataBegin + piece..<dataBegin + end)
      do {
        scalars += try entry.type.scalars(bytes)
      } catch {
        throw .inexactElement(
          file: path,
          tensor: name,
          index: scalars.count + error.index,
          value: error.value
        )
      }
    }
    return Tensor(scalars, shape: entry.shape)
  }

  /// Reads all tensors by their names.
  package func tensors() throws(ModelFileError) -> [String: Tensor] {
    try requireMemory(for: entries.reduce(0) { $0 + $1.shape.elementCount })
    var result: [String: Tensor] = [:]
    result.reserveCapacity(entries.count)
    for entry in entries { result[entry.name] = try tensor(named: entry.name) }
    return result
  }

  /// Reads the bytes of a tensor as they are in the file, little-endian.
  package func bytes(named name: String) throws(ModelFileError) -> [UInt8] {
    let place = try requiredEntry(name).place
    return try source.bytes(dataBegin + place.lowerBound..<dataBegin + place.upperBound)
  }

  private func requiredEntry(_ name: String) throws(ModelFileError) -> Entry {
    guard let entry = entry(named: name) else {
      throw .noSuchTensor(file: path, tensor: name, present: entries.map(\.name))
    }
    return entry
  }

  private func requireMemory(for elementCount: Int) throws(ModelFileError) {
    let available = physicalMemory()
    guard elementCount <= available / MemoryLayout<Float>.stride else {
      throw .largerThanMemory(
        file: path,
        needed: elementCount * MemoryLayout<Float>.stride,
        available: available
      )
    }
  }
}
