internal import HourglassData
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// How items become values and observed masks for a detector: trained on the training items alone, and
/// kept in the model.
enum DetectionEncoding: Hashable, Sendable, Codable {
  /// Rows of a table, with all of its columns, also those that nothing is trained on.
  case table(TableEncoding, TableSchema)
  /// Windows of a series.
  case series(SeriesEncoding)
  /// Images of one size.
  case images(Images)

  /// Images whose values are brought to 0...1 by one affine map.
  struct Images: Hashable, Sendable, Codable {
    var channels: Int
    var height: Int
    var width: Int
    var low: Double
    var high: Double
  }

  /// What the items are.
  var kind: DataKind {
    switch self {
    case .table: .table
    case .series: .series
    case .images: .images
    }
  }

  /// The fields of an item.
  var layout: FeatureSchema {
    switch self {
    case .table(let encoding, _): encoding.layout
    case .series(let series): .numbers(series.channels.count * series.window)
    case .images(let images): .numbers(images.channels * images.height * images.width)
    }
  }

  /// The shape of an item with its observed masks.
  var itemShape: Shape {
    switch self {
    case .table: [layout.width + layout.count]
    case .series(let series): [2 * series.channels.count, series.window]
    case .images(let images): [2 * images.channels, images.height, images.width]
    }
  }

  /// The names of the fields: columns, channels with their place in the window, or pixels.
  var fieldNames: [String] {
    switch self {
    case .table(let encoding, _):
      return encoding.fields.map(\.name)
    case .series(let series):
      return series.channels.flatMap { channel in
        (0..<series.window).map { "\(channel.name) at \($0 + 1)" }
      }
    case .images(let images):
      return (0..<images.channels).flatMap { channel in
        (0..<images.height * images.width).map { pixel in
          let place = "x \(pixel % images.width) y \(pixel / images.width)"
          return images.channels == 1 ? place : "\(place) channel \(channel)"
        }
      }
    }
  }

  /// What is added by each column of a table, of whose dates several fields are parts; others stay.
  ///
  /// - Parameter parts: What each field adds, `[rows, fields]`.
  /// - Returns: The names of the columns, and what each adds.
  func joined(_ parts: [Float], rows: Int) -> (names: [String], parts: [Float]) {
    guard case .table(let encoding, _) = self, encoding.fields.contains(where: { $0.part != nil })
    else { return (fieldNames, parts) }
    let names = encoding.columns
    let places = encoding.fields.map { field in names.firstIndex(of: field.column) ?? 0 }
    var sums = [Float](repeating: 0, count: rows * names.count)
    for row in 0..<rows {
      for (field, place) in places.enumerated() {
        sums[row * names.count + place] += parts[row * places.count + field]
      }
    }
    return (names, sums)
  }

  /// What is wrong with an encoding that was read from a file, if anything.
  var problem: String? {
    switch self {
    case .table(let encoding, let schema):
      let names = Set(schema.columns.map(\.name))
      return encoding.problem
        ?? (encoding.fields.allSatisfy { names.contains($0.column) }
          ? nil : "its fields should be columns of its table")
    case .series(let series):
      return series.problem
        ?? (series.channels.count * series.window <= 1 << 20
          ? nil : "its windows should have up to 1048576 values")
    case .images(let images):
      let extents = [images.channels, images.height, images.width]
      let isGood =
        extents.allSatisfy { (1...1 << 16).contains($0) } && extents.reduce(1, *) <= 1 << 20
        && images.low.isFinite && images.high.isFinite && images.low < images.high
      return isGood ? nil : "its images should have a size of up to 1048576 values and a range"
    }
  }
}

// MARK: - Fitting

extension DetectionEncoding {
  /// Fits the encoding to some items of the data.
  init(learning data: DetectionData, items: [Int]) throws {
    switch data {
    case .table(let table):
      self = .table(try TableEncoding(learning: table, rows: items), table.schema)
    case .series(let set):
      self = .series(try SeriesEncoding(set, windows: items))
    case .images(let images):
      let values = items.map { images.item($0) }
      let low = Double(values.map { $0.min() ?? 0 }.min() ?? 0)
      let high = Double(values.map { $0.max() ?? 1 }.max() ?? 1)
      guard let first = values.first, values.contains(where: { $0 != first }) else {
        throw TaskError.nothingVaries(name: images.name, rows: items.count)
      }
      guard images.featureCount <= 1 << 20 else {
        throw TaskError.invalidSetting(
          name: "the number of values of an image",
          expected: "at most 1048576; make the images smaller",
          found: "\(images.featureCount)"
        )
      }
      let fits = low >= 0 && high <= 1
      self = .images(
        Images(
          channels: images.itemShape[0],
          height: images.itemShape[1],
          width: images.itemShape[2],
          low: fits ? 0 : low,
          high: fits ? 1 : high
        )
      )
    }
  }
}
