package import HourglassData
internal import HourglassTensors

/// Data as items that can be fetched by number, before they are encoded: files are decoded once.
package enum RawItems: Sendable {
  /// Rows.
  case table(Table)
  /// Images of one size.
  case images(NumericDataset)
  /// Pieces of sounds.
  case sounds(SoundPatches)
  /// Windows.
  case series(SeriesSet)

  /// Decodes what is to be decoded.
  ///
  /// - Parameter encoding: That of the model; data of another kind are refused before they are
  ///   decoded. None in training.
  package init(_ data: Dataset, for encoding: ItemEncoding? = nil) throws {
    if let encoding, encoding.kind != data.kind {
      throw TaskError.otherKind(
        name: data.name,
        expected: encoding.kind.phrase,
        found: data.kind.phrase
      )
    }
    switch data {
    case .table(let table): self = .table(try table.whole())
    case .images(let images): self = .images(try images.uniform())
    case .sounds(let sounds):
      guard case .sounds(let known)? = encoding else {
        self = .sounds(try SoundPatches(sounds))
        return
      }
      self = .sounds(
        try SoundPatches(sounds, spectrogram: known.spectrogram, frames: known.frames)
      )
    case .series(let series): self = .series(try series.whole())
    }
  }

  /// The number of items.
  package var count: Int {
    switch self {
    case .table(let table): table.rowCount
    case .images(let images): images.count
    case .sounds(let patches): patches.starts.count
    case .series(let series): series.count
    }
  }

  /// The items that belong together, where those near each other are alike.
  ///
  /// They are the patches of a sound, or stretches of a series; none where each item stands for
  /// itself.
  package var groups: [Range<Int>]? {
    switch self {
    case .table, .images: return nil
    case .sounds(let patches): return patches.sounds
    case .series(let series):
      let length = max(series.count / 40, 4)
      return stride(from: 0, to: series.count, by: length).map { start in
        start..<min(start + length, series.count)
      }
    }
  }

  /// Whether two items share a part, as windows do that overlap.
  package func overlaps(_ first: Int, _ second: Int) -> Bool {
    switch self {
    case .table, .images: return false
    case .sounds(let patches):
      return abs(patches.starts[first] - patches.starts[second]) < patches.frames
    case .series(let series): return series.range(of: first).overlaps(series.range(of: second))
    }
  }
}
