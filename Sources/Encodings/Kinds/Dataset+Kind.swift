public import HourglassData

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
