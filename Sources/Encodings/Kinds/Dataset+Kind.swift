public import HourglassData
package import HourglassTensors

extension LargeTable {
  /// The codes of all rows `[rows, width]`, block by block.
  package func codes(_ body: (Table) async throws -> Tensor) async throws -> Tensor {
    let reader = try reader()
    var scalars: [Float] = []
    var width = 0
    while let block = try reader.next() {
      let codes = try await body(block)
      width = codes.shape[1]
      scalars += codes.scalars
    }
    return Tensor(scalars, shape: [scalars.count / max(width, 1), width])
  }
}

extension Dataset {
  /// What the items are.
  public var kind: DataKind {
    switch self {
    case .table, .largeTable: .table
    case .images: .images
    case .sounds: .sounds
    case .series, .largeSeries: .series
    }
  }

  /// Makes a table or images of numbers in memory.
  public init(_ data: NumericDataset) {
    self = data.kind == .images ? .images(ImageSet(data)) : .table(Table(data))
  }
}
