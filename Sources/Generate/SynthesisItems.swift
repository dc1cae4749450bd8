internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassSystem
internal import HourglassTensors

/// How items become numbers for a network and come back: trained on the training items alone, and
/// kept in the model.
enum SynthesisFields: Codable, Hashable, Sendable {
  /// The columns of a table.
  case table([ColumnBins])
  /// Images of one size.
  case images(ImageFields)
  /// Windows of time series.
  case series(SeriesFields)

  /// The kind of data.
  var kind: DataKind {
    switch self {
    case .table: .table
    case .images: .images
    case .series: .series
    }
  }

  /// The shape of an item.
  var itemShape: Shape {
    switch self {
    case .table(let columns):
      let learned = columns.filter { $0.count > 0 }
      return [learned.reduce(0) { $0 + $1.count } + learned.count]
    case .images(let fields): return fields.shape
    case .series(let fields): return [2 * fields.encoding.width, fields.window]
    }
  }

  /// The fields of an item, where it has some.
  var layout: FeatureSchema? {
    switch self {
    case .table(let columns):
      FeatureSchema(columns.filter { $0.count > 0 }.map { .category(levels: $0.count) })
    case .images: nil
    case .series(let fields): .numbers(fields.encoding.width * fields.window)
    }
  }

  /// What is wrong with fields that were read from a file, if anything.
  var problem: String? {
    switch self {
    case .table(let columns):
      if columns.allSatisfy({ $0.count == 0 }) {
        return "it should have a column that was trained on"
      }
      if Set(columns.map(\.name)).count != columns.count {
        return "its columns should have different names"
      }
      return columns.lazy.compactMap(\.problem).first
    case .images(let fields): return fields.problem
    case .series(let fields): return fields.problem
    }
  }
}

/// Images of one size, all of whose values are brought to 0...1 by one affine map.
struct ImageFields: Codable, Hashable, Sendable {
  var channels: Int
  var height: Int
  var width: Int
  /// The value that becomes 0.
  var low: Float
  /// The value that becomes 1.
  var high: Float
  /// Whether nearly all values are near 0 or 1, so that they are taken as drawings of ink.
  var isInk: Bool
  /// The names of the classes that images can be made of; none in models without classes.
  var classNames: [String]?

  var shape: Shape { [channels, height, width] }

  var problem: String? {
    let isGood =
      [channels, height, width].allSatisfy { (1...1 << 16).contains($0) }
      && channels * height * width <= 1 << 28 && low.isFinite && high.isFinite && low < high
    if !isGood { return "its images should have a size and a range of values" }
    guard let classNames else { return nil }
    return Set(classNames).count == classNames.count && classNames.count <= ClassCodes.mostClasses
      ? nil : "its classes should have different names"
  }

  /// Fits to some images.
  init(_ images: NumericDataset, rows: [Int]) {
    (channels, height, width) = (images.itemShape[0], images.itemShape[1], images.itemShape[2])
    (low, high) = (0, 1)
    var (least, greatest) = (Float.infinity, -Float.infinity)
    var (extreme, all) = (0, 0)
    let step = max(rows.count / 2_000, 1)
    for place in Swift.stride(from: 0, to: rows.count, by: step) {
      for value in images.item(rows[place]) {
        least = min(least, value)
        greatest = max(greatest, value)
        all += 1
        if value < 0.1 || value > 0.9 { extreme += 1 }
      }
    }
    if images.scale == 1, least < 0 || greatest > 1, least < greatest {
      low = least
      high = greatest
    }
    isInk = low == 0 && high == 1 && channels == 1 && Double(extreme) >= 0.75 * Double(all)
  }
}

/// Images as a network takes them.
struct ScaledImageSource: BatchSource {
  let images: NumericDataset
  /// The images in their order; `nil` is all as they are.
  let rows: [Int]?
  let itemShape: Shape
  private let low: Float
  private let factor: Float

  init(
    _ images: NumericDataset,
    rows: [Int]? = nil,
    fields: ImageFields
  ) throws(TaskError) {
    guard images.itemShape == fields.shape else {
      throw .imageSize(name: images.name, expected: fields.shape, found: images.itemShape)
    }
    self.images = images
    self.rows = rows
    itemShape = fields.shape
    low = fields.low
    factor = 1 / (fields.high - fields.low)
  }

  var count: Int { rows?.count ?? images.count }
  var failure: FileError? { images.failure }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let width = itemShape.elementCount
    for place in indices.indices {
      let row = rows?[indices[place]] ?? indices[place]
      images.copyItem(row, into: &destination, at: place * width)
    }
    if low == 0 && factor == 1 { return }
    for place in 0..<indices.count * width {
      destination[place] = min(max((destination[place] - low) * factor, 0), 1)
    }
  }
}

/// The rows of a table as groups of cells, each group one value that is 1, then the observed masks.
struct OneHotRows: BatchSource {
  /// The groups of cells, `[columns][rows]`.
  let groups: [[Int32]]
  let counts: [Int]
  /// The rows in their order; `nil` is all rows as they are.
  let rows: [Int]?
  let itemShape: Shape

  /// Finds the columns of a model in a table by their names.
  init(
    _ table: Table,
    rows: [Int]? = nil,
    columns: [ColumnBins]
  ) throws(DatasetError) {
    let learned = columns.filter { $0.count > 0 }
    var groups: [[Int32]] = []
    for column in learned { groups.append(column.groups(of: try table.required(column.name))) }
    self.groups = groups
    self.rows = rows
    counts = learned.map(\.count)
    itemShape = [counts.reduce(0, +) + counts.count]
  }

  var count: Int { rows?.count ?? groups.first?.count ?? 0 }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let width = itemShape[0]
    for place in 0..<indices.count * width { destination[place] = 0 }
    for place in indices.indices {
      let row = rows?[indices[place]] ?? indices[place]
      var start = place * width
      let observedMasks = (place + 1) * width - counts.count
      for column in counts.indices {
        let group = Int(groups[column][row])
        if group >= 0 {
          destination[start + group] = 1
          destination[observedMasks + column] = 1
        }
        start += counts[column]
      }
    }
  }
}
