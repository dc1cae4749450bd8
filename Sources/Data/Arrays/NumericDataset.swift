package import HourglassSystem
public import HourglassTensors

/// Items of numbers to train on: the rows of a table, or images of one size.
///
///     let file = try IDXFile(contentsOf: "train-images-idx3-ubyte.gz")
///     let dataset = try NumericDataset(file)
///     let batch = dataset.rows([4, 8, 15])  // [3, 1, 28, 28], from 0 to 1
public struct NumericDataset: Sendable {
  /// What the items are.
  package enum Kind: Hashable, Sendable {
    /// Rows of a table; an item has the shape `[features]`.
    case table(columns: [String])
    /// Images; an item has the shape `[channels, height, width]`.
    case images
  }

  /// The name of the file without its folders.
  public let name: String

  /// The number of items, at least 1.
  public let count: Int

  /// The shape of an item: `[features]`, or `[channels, height, width]`.
  public let itemShape: Shape

  /// What the items are.
  package let kind: Kind

  /// The range of the values as the file holds them: 0...255 for data of bytes, and from the least
  /// to the greatest value for all other data.
  public let valueRange: ClosedRange<Float>

  /// The factor between the values of the file and those of items: 1/255 for images of bytes, which
  /// are therefore given from 0 to 1, and 1 for all other data.
  public let scale: Float

  /// A hash of the values and the shapes, sixteen hexadecimal digits, for provenance.
  ///
  /// It is the same on every machine, and whether or not the file is compressed. The names of the
  /// file and of the columns do not matter to it.
  public let fingerprint: String

  let storage: NumericStorage

  init(name: String, itemShape: Shape, kind: Kind, storage: NumericStorage) {
    self.name = name
    self.itemShape = itemShape
    self.kind = kind
    self.storage = storage
    count = storage.count / itemShape.elementCount
    valueRange = storage.range
    scale = storage.isBytes && kind == .images ? 1 / 255 : 1
    let layout = ([count] + itemShape.dimensions).map { UInt64($0) }
    let whole = [Fingerprint.hash(layout.span.bytes), storage.hash]
    fingerprint = Fingerprint.hexadecimal(Fingerprint.hash(whole.span.bytes))
  }

  /// Makes a table from rows of numbers.
  ///
  /// - Parameters:
  ///   - name: What to call the data in reports.
  ///   - table: The numbers, `[rows, features]`, at least one of each.
  ///   - columns: The names of the columns; "column 1" and so on when left out.
  /// - Throws: `valueNotFinite` for a value that is infinite or not a number.
  public init(name: String, table: Tensor, columns: [String]? = nil) throws(DatasetError) {
    precondition(table.shape.rank == 2, "a table is [rows, features], found \(table.shape)")
    let columns = columns ?? Self.columnNames(table.shape[1])
    precondition(
      columns.count == table.shape[1],
      "a table of shape \(table.shape) was given \(columns.count) names of columns"
    )
    try Self.checkFinite(table, name: name)
    self.init(
      name: name,
      itemShape: [table.shape[1]],
      kind: .table(columns: columns),
      storage: .floats(table.scalars)
    )
  }

  /// Makes images from numbers.
  ///
  /// - Parameters:
  ///   - name: What to call the data in reports.
  ///   - images: The numbers, `[images, channels, height, width]`, at least one of each.
  /// - Throws: `valueNotFinite` for a value that is infinite or not a number.
  public init(name: String, images: Tensor) throws(DatasetError) {
    precondition(
      images.shape.rank == 4,
      "images are [images, channels, height, width], found \(images.shape)"
    )
    try Self.checkFinite(images, name: name)
    self.init(
      name: name,
      itemShape: Shape(Array(images.shape.dimensions.dropFirst())),
      kind: .images,
      storage: .floats(images.scalars)
    )
  }

  private static func checkFinite(_ values: Tensor, name: String) throws(DatasetError) {
    precondition(values.shape.elementCount > 0, "\(name) has no values: \(values.shape)")
    if let index = values.scalars.firstIndex(where: { !$0.isFinite }) {
      let itemSize = values.shape.elementCount / values.shape[0]
      throw .valueNotFinite(name: name, item: index / itemSize + 1)
    }
  }

  /// Why items could not be read from the disk, if that has happened; their values are 0 then.
  ///
  /// Only data that are too large for memory are on the disk.
  package var failure: FileError? { storage.failure }

  /// The number of values of an item.
  public var featureCount: Int { itemShape.elementCount }

  /// The names of the columns of a table; none for images.
  public var columns: [String] {
    if case .table(let columns) = kind { columns } else { [] }
  }

  /// The values of an item, from 0 to 1 for images of bytes.
  public func item(_ index: Int) -> [Float] {
    storage.values(range(index), times: scale)
  }

  /// Copies the values of an item to the start of a place for at least `featureCount` of them.
  public func copyItem(_ index: Int, into place: inout MutableSpan<Float>) {
    storage.copy(range(index), times: scale, to: &place, at: 0)
  }

  /// Copies the values of an item to a place from an offset on.
  package func copyItem(_ index: Int, into place: inout MutableSpan<Float>, at offset: Int) {
    storage.copy(range(index), times: scale, to: &place, at: offset)
  }

  /// Some items in the order of their indices, `[indices.count] + itemShape`.
  public func rows(_ indices: [Int]) -> Tensor {
    var values = [Float](repeating: 0, count: indices.count * featureCount)
    var place = values.mutableSpan
    for (row, index) in indices.enumerated() {
      storage.copy(range(index), times: scale, to: &place, at: row * featureCount)
    }
    return Tensor(values, shape: Shape([indices.count] + itemShape.dimensions))
  }

  /// Neighboring items, `[range.count] + itemShape`.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "items \(range) of \(count) were asked for"
    )
    let elements = range.lowerBound * featureCount..<range.upperBound * featureCount
    return Tensor(
      storage.values(elements, times: scale),
      shape: Shape([range.count] + itemShape.dimensions)
    )
  }

  /// Some items in the order of their indices as data of their own, at least 1.
  package func items(_ indices: [Int]) -> NumericDataset {
    precondition(!indices.isEmpty, "data of no items were asked for")
    let areAll = indices.count == count && indices.indices.allSatisfy { indices[$0] == $0 }
    if areAll { return self }
    let picked: NumericStorage
    switch storage {
    case .bytes(let values): picked = .bytes(indices.flatMap { values[range($0)] })
    case .floats(let values): picked = .floats(indices.flatMap { values[range($0)] })
    case .disk(let values):
      for index in indices { _ = range(index) }
      picked = .disk(values.items(indices))
    }
    return NumericDataset(name: name, itemShape: itemShape, kind: kind, storage: picked)
  }

  private func range(_ index: Int) -> Range<Int> {
    precondition(index >= 0 && index < count, "item \(index) of \(count) was asked for")
    return index * featureCount..<(index + 1) * featureCount
  }

  static func columnNames(_ count: Int) -> [String] {
    (1...Swift.max(count, 1)).prefix(count).map { "column \($0)" }
  }
}
