/// What the items are that a network learns from.
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

/// What the items of a report are to the model.
public enum EvaluationSplit: String, Hashable, Sendable, Codable {
  /// Learning never saw them.
  case heldOut
  /// No weight was trained on them, but they chose the epoch whose weights were kept.
  case heldOutAndUsedForStopping
  /// The model was trained on these very items, which were too few to hold some out.
  case trainedOn
  /// They were given after learning.
  case given
}
