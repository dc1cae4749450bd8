public import HourglassData

/// What the items are that a network is trained on.
public enum DataKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Rows of a table.
  case table
  /// Images.
  case images
  /// Sounds.
  case sounds
  /// Windows of a time series.
  case series

  /// One item and several, in words.
  public var nouns: (one: String, many: String) {
    switch self {
    case .table: ("row", "rows")
    case .images: ("image", "images")
    case .sounds: ("sound", "sounds")
    case .series: ("window", "windows")
    }
  }

  /// What the items are, in words of their own.
  package var phrase: String {
    switch self {
    case .table: "rows of a table"
    case .images: "images"
    case .sounds: "sounds"
    case .series: "windows of a time series"
    }
  }
}

extension Dataset {
  /// What the items are.
  public var kind: DataKind {
    switch self {
    case .table: .table
    case .images: .images
    case .sounds: .sounds
    case .series: .series
    }
  }

  /// Makes a table or images of numbers in memory.
  public init(_ data: NumericDataset) {
    self = data.kind == .images ? .images(ImageSet(data)) : .table(Table(data))
  }
}
