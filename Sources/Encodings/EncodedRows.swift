internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassMedia
package import HourglassNetworks
package import HourglassSystem
package import HourglassTensors

/// Encoded items of any kind: what networks are trained and run on, and classical methods too.
///
/// The values of an item are followed by the observed masks of its fields, where it has fields. What
/// would take much more memory than the data is encoded while it is fetched: images, windows that
/// overlap, and one-hot bins; the rows of a table that is larger than memory are on the disk.
package struct EncodedRows: BatchSource {
  package let itemShape: Shape
  /// The fields of an item; none where nothing can be missing.
  package let layout: FeatureSchema?
  /// The number of values of an item, without the observed masks.
  package let valueCount: Int
  package let evaluatingItems: Range<Int>?

  private let storage: Storage
  /// The items in their order; `nil` is all items as they are.
  private let rows: [Int]?

  private init(
    _ storage: Storage,
    itemShape: Shape,
    layout: FeatureSchema?,
    valueCount: Int,
    evaluating: Range<Int>? = nil,
    rows: [Int]? = nil
  ) {
    self.storage = storage
    self.itemShape = itemShape
    self.layout = layout
    self.valueCount = valueCount
    self.rows = rows
    evaluatingItems = evaluating
  }

  private init(_ storage: Storage, _ encoding: ItemEncoding) {
    self.init(
      storage,
      itemShape: encoding.itemShape,
      layout: encoding.layout,
      valueCount: encoding.valueCount
    )
  }

  /// Prepares items for a model, whose columns are found in a table by their names.
  package init(_ items: RawItems, encoding: ItemEncoding) throws {
    switch (encoding, items) {
    case (.table(let columns), .table(let table)):
      let table = try columns.aligned(table)
      self.init(
        columns.isBinned
          ? .bins(
            try columns.bins(of: table),
            widths: columns.layout.fields.map(\.width),
            count: table.rowCount
          ) : .cells(try columns.encoded(table)),
        encoding
      )
    case (.images(let images), .images(let data)):
      guard data.itemShape == images.shape else {
        throw TaskError.imageSize(
          name: data.name,
          expected: images.shape,
          found: data.itemShape
        )
      }
      self.init(.images(data, images), encoding)
    case (.sounds(let sounds), .sounds(let patches)):
      let bands = patches.spectrogram.bands
      let frames = Tensor(
        sounds.encoded(patches.values),
        shape: [patches.values.count / bands, bands]
      )
      let places = patches.starts.map { SoundPatch(sound: 0, start: $0) }
      self.init([frames], places: places, encoding: sounds)
    case (.series(let windows), .series(let series)):
      let ranges = (0..<series.count).map { series.range(of: $0) }
      self.init(
        .windows(try windows.encoded(series), ranges, length: windows.window),
        encoding
      )
    default: preconditionFailure("the items are of the encoding's kind")
    }
  }

  /// Takes rows of a table that are encoded already.
  package init(_ table: EncodedTable) {
    self.init(
      .cells(table),
      itemShape: [table.width + table.fieldCount],
      layout: table.layout,
      valueCount: table.width
    )
  }

  /// Cuts windows out of rows of numbers that follow each other: items `[2 columns, window]`.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - ranges: Those of each window, at most `window` of them; what it lacks is missing.
  ///   - window: The number of rows of a window.
  package init(windowsOf rows: EncodedTable, _ ranges: [Range<Int>], window: Int) {
    self.init(
      .windows(rows, ranges, length: window),
      itemShape: [2 * rows.width, window],
      layout: .numbers(rows.width * window),
      valueCount: rows.width * window
    )
  }

  /// Cuts patches, with their margins, out of the encoded spectrograms of sounds `[frames, bands]`.
  package init(_ spectrograms: [Tensor], places: [SoundPatch], encoding: SoundEncoding) {
    self.init(
      .patches(spectrograms, places, length: encoding.itemShape[1], margin: encoding.margin),
      .sounds(encoding)
    )
  }

  /// Takes numbers as they are, `[items, values]`, none of which is missing.
  package init(codes: Tensor) {
    self.init(
      .codes(codes),
      itemShape: [codes.shape[1]],
      layout: nil,
      valueCount: codes.shape[1]
    )
  }

  /// Takes rows that were encoded to the disk, of which the last ones evaluate.
  package init(_ stored: StoredRows, evaluating: Range<Int>) {
    self.init(
      .stored(stored),
      itemShape: [stored.layout.width + stored.layout.count],
      layout: stored.layout,
      valueCount: stored.layout.width,
      evaluating: evaluating
    )
  }

  /// Some of the items in the order of their numbers.
  package func selecting(_ numbers: [Int]) -> EncodedRows {
    EncodedRows(
      storage,
      itemShape: itemShape,
      layout: layout,
      valueCount: valueCount,
      rows: rows.map { all in numbers.map { all[$0] } } ?? numbers
    )
  }

  /// The same items without observed masks: missing values are 0.
  package var withoutMasks: EncodedRows {
    guard layout != nil else { return self }
    let extents = itemShape.dimensions
    return EncodedRows(
      storage,
      // The masks of windows and images are channels of their own.
      itemShape: extents.count == 1
        ? [valueCount] : Shape([extents[0] / 2] + extents.dropFirst()),
      layout: nil,
      valueCount: valueCount,
      evaluating: evaluatingItems,
      rows: rows
    )
  }

  /// The number of fields of an item.
  package var fieldCount: Int { layout?.count ?? 0 }
  package var count: Int { rows?.count ?? storage.count }
  package var failure: FileError? { storage.failure }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let (length, fieldCount) = (valueCount + fieldCount, fieldCount)
    guard let rows else {
      for place in indices.indices {
        let row = indices[place]
        storage.copy(row, fieldCount: fieldCount, into: &destination, at: place * length)
      }
      return
    }
    for place in indices.indices {
      let row = rows[indices[place]]
      storage.copy(row, fieldCount: fieldCount, into: &destination, at: place * length)
    }
  }

  /// Copies an item, the values and the observed masks behind them, to a place.
  package func copyItem(
    _ index: Int,
    into destination: inout MutableSpan<Float>,
    at start: Int = 0
  ) {
    let row = rows?[index] ?? index
    storage.copy(row, fieldCount: fieldCount, into: &destination, at: start)
  }

  /// An item: its values and the observed masks behind them.
  package func item(_ index: Int) -> [Float] {
    var item = [Float](repeating: 0, count: valueCount + fieldCount)
    var place = item.mutableSpan
    copyItem(index, into: &place)
    return item
  }

  /// Copies for each value of items whether its field was observed, 1 or 0.
  package func copyObserved(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    guard let fields = layout?.fieldOfValue else {
      for place in 0..<indices.count * valueCount { destination[place] = 1 }
      return
    }
    var item = [Float](repeating: 0, count: valueCount + fieldCount)
    for place in indices.indices {
      var span = item.mutableSpan
      copyItem(indices[place], into: &span)
      for (value, field) in fields.enumerated() {
        destination[place * valueCount + value] = item[valueCount + field]
      }
    }
  }

  /// Gives each item, as its values and for each value whether its field was observed, 1 or 0.
  package func forEachItem(
    _ body: (_ index: Int, _ values: Span<Float>, _ observed: Span<Float>) -> Void
  ) {
    let fieldOfValue = layout?.fieldOfValue ?? []
    var item = [Float](repeating: 0, count: valueCount + fieldCount)
    var observed = [Float](repeating: 1, count: valueCount)
    for index in 0..<count {
      var place = item.mutableSpan
      copyItem(index, into: &place)
      for (value, field) in fieldOfValue.enumerated() { observed[value] = item[valueCount + field] }
      body(index, item.span.extracting(..<valueCount), observed.span)
    }
  }

  /// For each field the squared errors of reconstructed values `[count, values]`, summed over the items
  /// where it was observed; one sum of all where items have no fields.
  package func squaredErrors(of reconstructed: Tensor) -> [Double] {
    let ranges = layout?.ranges ?? [0..<valueCount]
    var sums = [Double](repeating: 0, count: ranges.count)
    let guesses = reconstructed.scalars.span
    forEachItem { row, values, observed in
      for (field, range) in ranges.enumerated() {
        for value in range where observed[value] > 0 {
          let error = Double(guesses[row * valueCount + value] - values[value])
          sums[field] += error * error
        }
      }
    }
    return sums
  }
}

/// The values of items in one row each, missing ones at their mean: what classical methods take.
package struct FilledValues: BatchSource {
  package let itemShape: Shape
  /// The mean of each value over the items where its field was observed.
  package let means: [Float]

  private let rows: EncodedRows
  private let fieldOfValue: [Int]

  /// Takes values of items; the means are those of these items themselves unless given.
  package init(_ rows: EncodedRows, means: [Float]? = nil) {
    self.rows = rows
    itemShape = [rows.valueCount]
    fieldOfValue = rows.layout?.fieldOfValue ?? []
    self.means = means ?? (rows.layout == nil ? [] : Self.observedMeans(rows))
  }

  package var count: Int { rows.count }
  package var failure: FileError? { rows.failure }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    guard rows.layout != nil else {
      rows.copyItems(indices, into: &destination)
      return
    }
    let width = rows.valueCount
    var item = [Float](repeating: 0, count: width + rows.fieldCount)
    for place in indices.indices {
      var values = item.mutableSpan
      rows.copyItem(indices[place], into: &values)
      for value in 0..<width {
        let isObserved = item[width + fieldOfValue[value]] != 0
        destination[place * width + value] = isObserved ? item[value] : means[value]
      }
    }
  }

  private static func observedMeans(_ rows: EncodedRows) -> [Float] {
    var sums = [Double](repeating: 0, count: rows.valueCount)
    var counts = sums
    rows.forEachItem { _, values, observed in
      for column in values.indices where observed[column] > 0 {
        sums[column] += Double(values[column])
        counts[column] += 1
      }
    }
    return zip(sums, counts).map { Float($0 / max($1, 1)) }
  }
}
