internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTensors

/// Data that anomalies can be looked for in.
enum DetectionData: Sendable {
  case table(Table)
  case series(SeriesSet)
  case images(NumericDataset)

  /// Takes data as they were loaded.
  init(_ data: Dataset) throws {
    switch data {
    case .table(let table): self = .table(try table.whole())
    case .series(let series): self = .series(try series.whole())
    case .images(let images): self = .images(try images.uniform())
    case .sounds(let sounds):
      throw TaskError.otherKind(
        name: sounds.name,
        expected: "a table, a time series or images",
        found: "sounds"
      )
    }
  }

  /// The number of items.
  var count: Int {
    switch self {
    case .table(let table): table.rowCount
    case .series(let series): series.count
    case .images(let images): images.count
    }
  }

  /// The name and the hash, for provenance.
  var identity: (name: String, fingerprint: String) {
    switch self {
    case .table(let table): (table.name, table.fingerprint)
    case .series(let series): (series.name, series.fingerprint)
    case .images(let images): (images.name, images.fingerprint)
    }
  }

  fileprivate var nouns: String {
    switch self {
    case .table: "rows of a table"
    case .series: "a time series"
    case .images: "images"
    }
  }
}

/// Encoded items: the values of each, then one observed mask for each field.
struct DetectionItems: BatchSource {
  let itemShape: Shape
  /// The number of values of an item.
  let width: Int
  /// The number of fields of an item.
  let fieldCount: Int

  private let storage: Storage
  private let rows: [Int]?

  private enum Storage: Sendable {
    /// Values `[count, width]`, and observed masks `[count, fieldCount]`.
    case cells([Float], observed: [Float])
    /// Images, with the value that becomes 0 and the factor.
    case images(NumericDataset, low: Float, factor: Float)
  }

  /// Encodes data for a model.
  init(_ data: DetectionData, encoding: DetectionEncoding) throws {
    rows = nil
    itemShape = encoding.itemShape
    width = encoding.layout.width
    fieldCount = encoding.layout.count
    switch (data, encoding) {
    case (.table(let table), .table(let fields, _)):
      let encoded = try fields.encoded(table)
      storage = .cells(encoded.values, observed: encoded.observed)
    case (.series(let set), .series(let series)):
      let encoded = try series.encoded(set)
      storage = .cells(encoded.values, observed: encoded.observed)
    case (.images(let set), .images(let images)):
      let shape: Shape = [images.channels, images.height, images.width]
      guard set.itemShape == shape else {
        throw TaskError.imageSize(name: set.name, expected: shape, found: set.itemShape)
      }
      storage = .images(set, low: Float(images.low), factor: Float(1 / (images.high - images.low)))
    default:
      throw TaskError.otherKind(
        name: data.identity.name,
        expected: encoding.kind.nouns.many,
        found: data.nouns
      )
    }
  }

  private init(_ other: DetectionItems, rows: [Int]) {
    self.rows = rows
    itemShape = other.itemShape
    width = other.width
    fieldCount = other.fieldCount
    storage = other.storage
  }

  /// Some of the items in an order.
  func taking(_ indices: [Int]) -> DetectionItems {
    DetectionItems(self, rows: indices.map { rows?[$0] ?? $0 })
  }

  var count: Int {
    if let rows { return rows.count }
    switch storage {
    case .cells(let values, _): return values.count / max(width, 1)
    case .images(let images, _, _): return images.count
    }
  }

  var failure: FileError? {
    if case .images(let images, _, _) = storage { images.failure } else { nil }
  }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let length = width + fieldCount
    for place in indices.indices {
      copy(rows?[indices[place]] ?? indices[place], into: &destination, at: place * length)
    }
  }

  /// Whether no cell of an item is missing.
  func isWhole(_ index: Int) -> Bool {
    guard case .cells(_, let observed) = storage else { return true }
    let start = (rows?[index] ?? index) * fieldCount
    return observed[start..<start + fieldCount].allSatisfy { $0 == 1 }
  }

  /// Copies the values and the observed masks of an item.
  func copyItem(_ index: Int, into destination: inout MutableSpan<Float>) {
    copy(rows?[index] ?? index, into: &destination, at: 0)
  }

  /// The values and the observed masks of an item.
  func item(_ index: Int) -> [Float] {
    var item = [Float](repeating: 0, count: width + fieldCount)
    var span = item.mutableSpan
    copy(rows?[index] ?? index, into: &span, at: 0)
    return item
  }

  private func copy(_ row: Int, into destination: inout MutableSpan<Float>, at start: Int) {
    switch storage {
    case .cells(let values, let observed):
      let (values, observed) = (values.span, observed.span)
      for index in 0..<width { destination[start + index] = values[row * width + index] }
      let middle = start + width
      for index in 0..<fieldCount {
        destination[middle + index] = observed[row * fieldCount + index]
      }
    case .images(let images, let low, let factor):
      images.copyItem(row, into: &destination, at: start)
      for index in start..<start + width {
        // The bound keeps the squares of any finite number finite.
        destination[index] = min(max((destination[index] - low) * factor, -1e6), 1e6)
      }
      for index in start + width..<start + 2 * width { destination[index] = 1 }
    }
  }
}

/// The values of items without their observed masks.
struct DetectionValues: BatchSource {
  let items: DetectionItems

  var count: Int { items.count }
  var itemShape: Shape { [items.width] }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    for place in indices.indices {
      let item = items.item(indices[place])
      for index in 0..<items.width { destination[place * items.width + index] = item[index] }
    }
  }
}
