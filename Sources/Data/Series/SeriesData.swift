/// One or more time series cut into windows, in memory or in a file.
public struct SeriesData: Sendable {
  private let storage: Storage

  private enum Storage: Sendable {
    case memory(SeriesSet)
    case file(StoredSeries)
  }

  /// Takes series in memory.
  public init(_ series: SeriesSet) { storage = .memory(series) }

  package init(_ series: StoredSeries) { storage = .file(series) }

  /// The series in their file; none for those in memory.
  package var stored: StoredSeries? { if case .file(let series) = storage { series } else { nil } }

  /// Whether all rows are in memory.
  public var isInMemory: Bool { stored == nil }

  /// The name of the file without its folders.
  public var name: String { stored?.name ?? sample.name }

  /// The number of windows.
  public var count: Int { stored?.count ?? sample.count }

  /// The number of rows that were given.
  public var rowCount: Int { stored?.rowCount ?? sample.rowsOfOriginals.count }

  /// A hash of the values, sixteen hexadecimal digits; of series in a file that of its sample, its
  /// number of rows and its size.
  public var fingerprint: String { stored?.fingerprint ?? sample.fingerprint }

  /// All rows where they are in memory, else chunks drawn at random without repetition, each as a
  /// series of its own, in their order.
  public var sample: SeriesSet {
    switch storage {
    case .memory(let series): series
    case .file(let series): series.sample
    }
  }

  /// All rows in memory.
  ///
  /// - Throws: What is wrong with the file, such as that its values do not fit.
  public func whole() throws(DatasetError) -> SeriesSet {
    switch storage {
    case .memory(let series): series
    case .file(let series): try series.whole()
    }
  }
}
