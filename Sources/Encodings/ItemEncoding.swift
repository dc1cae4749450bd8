package import HourglassData
package import HourglassNetworks
package import HourglassTensors

/// What a task chooses of how its items are encoded.
package struct EncodingOptions: Hashable, Sendable {
  /// How the numbers of a table are scaled.
  package var scaling: NumberScaling
  /// Whether the places of the dates of a table in the day, the week and the year are fields.
  package var datesHaveParts: Bool
  /// Whether constants of a table are fields, and unseen levels have a value of their own.
  package var marksUnseen: Bool
  /// Whether times of day of a table are places on a circle, in place of numbers.
  package var timesAreCircles: Bool
  /// Whether the columns of a table are binned, in place of scaled.
  package var binsColumns: Bool
  /// How the channels of series are scaled; `nil` standardizes them over the windows.
  package var channelScaling: NumberScaling?
  /// Whether columns of yes and no are channels of series.
  package var takesBooleans: Bool
  /// Whether the times and keys of some windows of series are kept, for new ones.
  package var keepsBeginnings: Bool
  /// Whether the values of images have observed masks.
  package var masksPixels: Bool
  /// Whether values of images beyond the range that was trained on count as its ends.
  package var clipsPixels: Bool

  /// Makes options.
  package init(
    scaling: NumberScaling = .robust,
    datesHaveParts: Bool = true,
    timesAreCircles: Bool = false,
    marksUnseen: Bool = false,
    binsColumns: Bool = false,
    channelScaling: NumberScaling? = nil,
    takesBooleans: Bool = true,
    keepsBeginnings: Bool = false,
    masksPixels: Bool = false,
    clipsPixels: Bool = false
  ) {
    self.scaling = scaling
    self.datesHaveParts = datesHaveParts
    self.marksUnseen = marksUnseen
    self.timesAreCircles = timesAreCircles
    self.binsColumns = binsColumns
    self.channelScaling = channelScaling
    self.takesBooleans = takesBooleans
    self.keepsBeginnings = keepsBeginnings
    self.masksPixels = masksPixels
    self.clipsPixels = clipsPixels
  }
}

/// How items of any kind become numbers for a network and come back: trained on the training items
/// alone, and kept in the model.
package enum ItemEncoding: Hashable, Sendable, Codable {
  /// Rows of a table, by its columns.
  case table(TableEncoding)
  /// Images of one size.
  case images(ImageEncoding)
  /// Pieces of sounds.
  case sounds(SoundEncoding)
  /// Windows of a time series.
  case series(SeriesEncoding)

  /// Fits the encoding to some of the items.
  ///
  /// - Parameters:
  ///   - items: The items.
  ///   - training: Those that are trained on.
  ///   - options: What the task chooses.
  /// - Throws: `nothingVaries`, or a `DatasetError` for a table of which no column can be trained on.
  package init(_ items: RawItems, training: [Int], _ options: EncodingOptions = EncodingOptions())
    throws
  {
    switch items {
    case .table(let table) where options.binsColumns:
      self = .table(try TableEncoding(binning: table, rows: training))
    case .table(let table):
      self = .table(
        try TableEncoding(
          learningWhatVaries: table,
          training,
          options.scaling,
          datesHaveParts: options.datesHaveParts,
          timesAreCircles: options.timesAreCircles,
          marksUnseen: options.marksUnseen
        )
      )
    case .images(let images):
      self = .images(
        try ImageEncoding(
          images,
          rows: training,
          hasMasks: options.masksPixels,
          isClipped: options.clipsPixels
        )
      )
    case .sounds(let patches): self = .sounds(try SoundEncoding(patches, training))
    case .series(let series):
      self = .series(
        try SeriesEncoding(
          series,
          windows: training,
          scaling: options.channelScaling,
          takesBooleans: options.takesBooleans,
          keepsBeginnings: options.keepsBeginnings
        )
      )
    }
  }

  /// What the items are.
  package var kind: DataKind {
    switch self {
    case .table: .table
    case .images: .images
    case .sounds: .sounds
    case .series: .series
    }
  }

  /// The shape of an item as the network takes it, with the observed masks of its fields.
  package var itemShape: Shape {
    switch self {
    case .table(let table): [table.layout.width + table.layout.count]
    case .images(let images): images.itemShape
    case .sounds(let sounds): sounds.itemShape
    case .series(let series): [2 * series.channels.width, series.window]
    }
  }

  /// The fields of an item, any of which may be missing; none where nothing can be.
  package var layout: FeatureSchema? {
    switch self {
    case .table(let table): table.layout
    case .images(let images):
      images.hasMasks ? .numbers(images.shape.elementCount) : nil
    case .sounds: nil
    case .series(let series): .numbers(series.channels.width * series.window)
    }
  }

  /// The number of values of an item.
  package var valueCount: Int { layout?.width ?? itemShape.elementCount }

  /// The columns of a table, or the channels of a series; none for images and sounds.
  package var fields: TableEncoding? {
    switch self {
    case .table(let table): table
    case .images, .sounds: nil
    case .series(let series): series.channels
    }
  }

  /// The names of the columns or channels that are trained on; empty for images and sounds.
  package var columns: [String] { fields?.columns ?? [] }

  /// The names of columns that nothing is trained on.
  package var ignoredColumns: [String] { fields?.ignoredColumns ?? [] }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    switch self {
    case .table(let table): table.problem
    case .images(let images): images.problem
    case .sounds(let sounds): sounds.problem
    case .series(let series): series.problem
    }
  }
}

extension TableEncoding {
  /// Fits to some rows; a table where nothing varies has an error of its own.
  package init(
    learningWhatVaries table: Table,
    _ rows: [Int],
    _ scaling: NumberScaling,
    datesHaveParts: Bool = true,
    timesAreCircles: Bool = false,
    marksUnseen: Bool = false
  ) throws {
    do {
      try self.init(
        learning: table,
        rows: rows,
        scaling: scaling,
        datesHaveParts: datesHaveParts,
        timesAreCircles: timesAreCircles,
        marksUnseen: marksUnseen
      )
    } catch {
      guard case .table(.nothingToLearn) = error,
        table.columns.allSatisfy({ !$0.kind.holdsTexts })
      else { throw error }
      throw TaskError.nothingVaries(name: table.name, rows: rows.count)
    }
  }

  /// A table whose columns have the names that were trained on: without a header, on one side or
  /// the other, columns are matched by their order.
  package func aligned(_ table: Table) throws(TaskError) -> Table {
    let found = table.columns.map(\.name)
    let known = Set(found)
    let missing = columns.filter { !known.contains($0) }
    if missing.isEmpty { return table }
    let expected = columns + ignoredColumns
    if let places = Self.numbers(of: expected) {
      guard found.count == expected.count, places.allSatisfy({ $0 <= found.count }) else {
        throw .columnCount(name: table.name, expected: expected.count, found: found.count)
      }
      return Table(
        name: table.name,
        columns: table.columns.enumerated().map { $1.renamed("column \($0 + 1)") }
      )
    }
    if Self.numbers(of: found) != nil, ignoredColumns.isEmpty {
      guard found.count == columns.count else {
        throw .columnCount(name: table.name, expected: columns.count, found: found.count)
      }
      return Table(
        name: table.name,
        columns: zip(table.columns, columns).map { $0.renamed($1) }
      )
    }
    throw .missingColumns(name: table.name, missing: missing, found: found)
  }

  /// The numbers of names that are all those that columns without a header get.
  private static func numbers(of names: [String]) -> [Int]? {
    let numbers = names.compactMap { name in
      name.hasPrefix("column ") ? Int(name.dropFirst("column ".count)) : nil
    }
    return numbers.count == names.count ? numbers : nil
  }
}
