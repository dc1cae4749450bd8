internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassNetworks
package import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// A patch of a sound: the number of its spectrogram, and its first frame without the margin.
package struct SoundPatch: Hashable, Sendable {
  package let sound: Int
  package let start: Int

  package init(sound: Int, start: Int) {
    self.sound = sound
    self.start = start
  }
}

extension EncodedRows {
  /// Where the values of items are, and how they become items.
  enum Storage: Sendable {
    /// Rows of values and observed masks.
    case cells(EncodedTable)
    /// The bin of each cell, `[columns][rows]`, which becomes one value that is 1 among as many as its
    /// column has bins; -1 for a missing one.
    case bins([[Int32]], widths: [Int], count: Int)
    /// Images, encoded while they are fetched; nothing of them is missing.
    case images(NumericDataset, ImageEncoding)
    /// Parts of spectrograms `[frames, bands]` of a length with their margin.
    case patches([Tensor], [SoundPatch], length: Int, margin: Int)
    /// Ranges of the rows of a table of numbers, each column of which is a channel.
    case windows(EncodedTable, [Range<Int>], length: Int)
    /// Rows on the disk.
    case stored(StoredRows)
    /// Numbers as they are, `[items, values]`.
    case codes(Tensor)

    /// The number of items.
    var count: Int {
      switch self {
      case .cells(let table): table.count
      case .bins(_, _, let count): count
      case .images(let data, _): data.count
      case .patches(_, let places, _, _): places.count
      case .windows(_, let ranges, _): ranges.count
      case .stored(let rows): rows.count
      case .codes(let codes): codes.shape[0]
      }
    }

    /// Why items could not be fetched, if that has happened.
    var failure: FileError? {
      switch self {
      case .images(let data, _): data.failure
      case .stored(let rows): rows.failure
      case .cells, .bins, .patches, .windows, .codes: nil
      }
    }

    /// Copies the values of an item to a place, and behind them the observed masks of its fields.
    ///
    /// - Parameter fieldCount: The number of masks; 0 copies none.
    func copy(
      _ row: Int,
      fieldCount: Int,
      into destination: inout MutableSpan<Float>,
      at start: Int
    ) {
      switch self {
      case .cells(let table):
        let width = table.width
        Self.copy(table.values, row * width, width, to: &destination, start)
        Self.copy(table.observed, row * fieldCount, fieldCount, to: &destination, start + width)
      case .codes(let codes):
        let width = codes.shape[1]
        Self.copy(codes.scalars, row * width, width, to: &destination, start)
      case .bins(let bins, let widths, _):
        Self.copyBins(row, bins, widths, fieldCount, into: &destination, at: start)
      case .images(let data, let encoding):
        encoding.copy(row, of: data, into: &destination, at: start)
        let masks = start + data.featureCount
        for place in masks..<masks + fieldCount { destination[place] = 1 }
      case .patches(let spectrograms, let places, let length, let margin):
        let place = places[row]
        let (frames, bands) = (spectrograms[place.sound], spectrograms[place.sound].shape[1])
        for step in 0..<length {
          let frame = min(max(place.start - margin + step, 0), frames.shape[0] - 1)
          Self.copy(frames.scalars, frame * bands, bands, to: &destination, start + step * bands)
        }
      case .windows(let table, let ranges, let length):
        let size = table.width * length
        Self.copyWindow(table.values, table.width, ranges[row], length, &destination, start)
        if fieldCount > 0 {
          let masks = start + size
          Self.copyWindow(table.observed, table.width, ranges[row], length, &destination, masks)
        }
      case .stored(let rows):
        precondition(fieldCount == rows.layout.count, "stored rows come with their masks")
        rows.copy(row, into: &destination, at: start)
      }
    }

    private static func copy(
      _ values: [Float],
      _ first: Int,
      _ count: Int,
      to destination: inout MutableSpan<Float>,
      _ place: Int
    ) {
      let span = values.span.extracting(first..<first + count)
      for index in span.indices { destination[place + index] = span[index] }
    }

    private static func copyBins(
      _ row: Int,
      _ bins: [[Int32]],
      _ widths: [Int],
      _ fieldCount: Int,
      into destination: inout MutableSpan<Float>,
      at start: Int
    ) {
      let width = widths.reduce(0, +)
      for place in start..<start + width + fieldCount { destination[place] = 0 }
      var place = start
      for column in bins.indices {
        let bin = Int(bins[column][row])
        if bin >= 0 {
          destination[place + bin] = 1
          if fieldCount > 0 { destination[start + width + column] = 1 }
        }
        place += widths[column]
      }
    }

    /// Copies some rows of `width` columns column by column, with zeros up to a length.
    private static func copyWindow(
      _ values: [Float],
      _ width: Int,
      _ rows: Range<Int>,
      _ length: Int,
      _ destination: inout MutableSpan<Float>,
      _ start: Int
    ) {
      let span = values.span
      for column in 0..<width {
        for step in 0..<length {
          destination[start + column * length + step] =
            step < rows.count ? span[(rows.lowerBound + step) * width + column] : 0
        }
      }
    }
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
