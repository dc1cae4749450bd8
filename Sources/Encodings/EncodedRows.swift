internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassMedia
package import HourglassNetworks
package import HourglassStatistics
package import HourglassSystem
package import HourglassTensors

/// Items of any kind as a network takes them.
///
/// Images are encoded while they are fetched, so that no second copy of them is held. Where items
/// have fields, the values of an item are followed by the observed masks of its fields.
package struct EncodedRows: BatchSource {
  package let itemShape: Shape
  /// The fields of an item; none where nothing can be missing.
  package let layout: FeatureSchema?
  /// The number of values of an item, without the observed masks.
  package let valueCount: Int

  private let storage: Storage
  /// The items in their order; `nil` is all items as they are.
  private let rows: [Int]?

  private enum Storage: Sendable {
    case fields(values: [Float], observed: [Float], count: Int)
    case images(NumericDataset, ImageEncoding)
    case frames([Float], starts: [Int], width: Int)
  }

  /// The largest magnitude of an encoded value of an image; it keeps squares and their sums finite.
  private static let bound = 1e12

  /// Prepares items for a model, whose columns are found in a table by their names.
  package init(_ items: RawItems, encoding: ItemEncoding) throws {
    rows = nil
    itemShape = encoding.itemShape
    layout = encoding.layout
    valueCount = encoding.valueCount
    switch (encoding, items) {
    case (.table(let encoding), .table(let table)):
      let encoded = try encoding.encoded(try encoding.aligned(table))
      storage = .fields(values: encoded.values, observed: encoded.observed, count: encoded.count)
    case (.images(let encoding), .images(let data)):
      guard data.itemShape == encoding.itemShape else {
        throw TaskError.imageSize(
          name: data.name,
          expected: encoding.itemShape,
          found: data.itemShape
        )
      }
      storage = .images(data, encoding)
    case (.sounds(let encoding), .sounds(let patches)):
      storage = .frames(
        encoding.encoded(patches.values),
        starts: patches.starts,
        width: patches.spectrogram.bands
      )
    case (.series(let encoding), .series(let series)):
      let (values, observed) = try encoding.encoded(series)
      storage = .fields(values: values, observed: observed, count: series.count)
    default: preconditionFailure("the items are of the encoding's kind")
    }
  }

  /// Takes rows of a table that are encoded already.
  package init(_ encoded: EncodedTable, layout: FeatureSchema) {
    rows = nil
    itemShape = [encoded.width + encoded.fieldCount]
    self.layout = layout
    valueCount = encoded.width
    storage = .fields(values: encoded.values, observed: encoded.observed, count: encoded.count)
  }

  /// Takes numbers as they are, `[items, values]`, none of which is missing.
  package init(codes: Tensor) {
    rows = nil
    itemShape = [codes.shape[1]]
    layout = nil
    valueCount = codes.shape[1]
    storage = .fields(values: codes.scalars, observed: [], count: codes.shape[0])
  }

  private init(_ other: EncodedRows, rows: [Int]) {
    itemShape = other.itemShape
    layout = other.layout
    valueCount = other.valueCount
    storage = other.storage
    self.rows = rows
  }

  /// Some of the items in the order of their numbers.
  package func selecting(_ numbers: [Int]) -> EncodedRows {
    EncodedRows(self, rows: rows.map { all in numbers.map { all[$0] } } ?? numbers)
  }

  package var count: Int {
    if let rows { return rows.count }
    switch storage {
    case .fields(_, _, let count): return count
    case .images(let data, _): return data.count
    case .frames(_, let starts, _): return starts.count
    }
  }

  package var failure: FileError? {
    if case .images(let data, _) = storage { data.failure } else { nil }
  }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, into: &destination, includesObserved: true)
  }

  /// Copies the values of items without the observed masks, each in row-major order.
  package func copyValues(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    copy(indices, into: &destination, includesObserved: false)
  }

  /// Copies for each value of items whether its field was observed, 1 or 0.
  package func copyObserved(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    guard let layout, case .fields(_, let observed, _) = storage else {
      for place in 0..<indices.count * valueCount { destination[place] = 1 }
      return
    }
    let fieldOfValue = layout.fields.enumerated().flatMap { field, content in
      Array(repeating: field, count: content.width)
    }
    var place = 0
    for index in indices.indices {
      let start = row(indices[index]) * layout.count
      for field in fieldOfValue {
        destination[place] = observed[start + field]
        place += 1
      }
    }
  }

  /// For each field the squared errors of reconstructed values `[count, values]`, summed over the items
  /// where it was observed; one sum of all where items have no fields.
  package func squaredErrors(of reconstructed: Tensor) -> [Double] {
    let ranges = layout?.ranges ?? [0..<valueCount]
    var sums = [Double](repeating: 0, count: ranges.count)
    var values = [Float](repeating: 0, count: valueCount)
    var observed = values
    for row in 0..<count {
      let index = [row]
      var place = values.mutableSpan
      var marks = observed.mutableSpan
      copyValues(index.span, into: &place)
      copyObserved(index.span, into: &marks)
      for (field, range) in ranges.enumerated() {
        for value in range where marks[value] > 0 {
          let error = Double(reconstructed.scalars[row * valueCount + value] - place[value])
          sums[field] += error * error
        }
      }
    }
    return sums
  }

  private func copy(
    _ indices: Span<Int>,
    into destination: inout MutableSpan<Float>,
    includesObserved: Bool
  ) {
    switch storage {
    case .fields(let values, let observed, _):
      let fieldCount = layout?.count ?? 0
      var place = 0
      for index in indices.indices {
        let row = row(indices[index])
        place = Self.copy(values, row * valueCount, valueCount, to: &destination, place)
        if includesObserved {
          place = Self.copy(observed, row * fieldCount, fieldCount, to: &destination, place)
        }
      }
    case .images(let data, let encoding):
      for place in indices.indices {
        data.copyItem(row(indices[place]), into: &destination, at: place * valueCount)
      }
      if encoding.isIdentity { return }
      let (low, factor) = (encoding.low, 1 / (encoding.high - encoding.low))
      for place in 0..<indices.count * valueCount {
        let value = (Double(destination[place]) - low) * factor
        destination[place] = Float(min(max(value, -Self.bound), Self.bound))
      }
    case .frames(let frames, let starts, let width):
      var place = 0
      for index in indices.indices {
        let start = starts[row(indices[index])] * width
        place = Self.copy(frames, start, valueCount, to: &destination, place)
      }
    }
  }

  private static func copy(
    _ values: [Float],
    _ start: Int,
    _ count: Int,
    to destination: inout MutableSpan<Float>,
    _ place: Int
  ) -> Int {
    let span = values.span.extracting(start..<start + count)
    for index in span.indices { destination[place + index] = span[index] }
    return place + count
  }

  private func row(_ index: Int) -> Int { rows?[index] ?? index }
}

/// The values of items in one row each, missing ones at their mean: what classical methods take.
package struct FilledValues: BatchSource {
  package let itemShape: Shape
  /// The mean of each value over the items where its field was observed.
  package let means: [Float]

  private let rows: EncodedRows

  /// Takes values of items; the means are those of these items themselves unless given.
  package init(_ rows: EncodedRows, means: [Float]? = nil) {
    self.rows = rows
    itemShape = [rows.valueCount]
    self.means = means ?? (rows.layout == nil ? [] : Self.observedMeans(rows))
  }

  package var count: Int { rows.count }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    rows.copyValues(indices, into: &destination)
    guard rows.layout != nil else { return }
    var observed = [Float](repeating: 0, count: indices.count * means.count)
    var marks = observed.mutableSpan
    rows.copyObserved(indices, into: &marks)
    var value = 0
    for place in marks.indices {
      if marks[place] == 0 { destination[place] = means[value] }
      value = value + 1 == means.count ? 0 : value + 1
    }
  }

  private static func observedMeans(_ rows: EncodedRows) -> [Float] {
    let width = rows.valueCount
    var sums = [Double](repeating: 0, count: width)
    var counts = sums
    var values = [Float](repeating: 0, count: width)
    var observed = values
    for row in 0..<rows.count {
      let index = [row]
      var place = values.mutableSpan
      var marks = observed.mutableSpan
      rows.copyValues(index.span, into: &place)
      rows.copyObserved(index.span, into: &marks)
      for column in 0..<width where marks[column] > 0 {
        sums[column] += Double(place[column])
        counts[column] += 1
      }
    }
    return zip(sums, counts).map { Float($0 / max($1, 1)) }
  }
}

extension NearestNeighbors {
  /// The search among items by all values that two of them have, the mean of the squared differences.
  package init(_ references: EncodedRows) {
    self.init(
      references,
      layout: references.layout,
      counts: references.layout.map { [Double](repeating: 1, count: $0.width) }
    )
  }
}
