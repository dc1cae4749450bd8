internal import HourglassAutoencoders
internal import HourglassDatasets
internal import HourglassTensors

/// Rows of a dataset as a network takes them: encoded while they are fetched, so that no second copy
/// of the data is held.
struct EncodedRows: BatchSource {
  let itemShape: Shape

  private let data: NumericDataset
  /// The rows in their order; `nil` is all rows as they are.
  private let rows: [Int]?
  /// The place in the data of each value of an encoded row; `nil` where they are the same.
  private let places: [Int]?
  private let isIdentity: Bool
  private let offsets: [Double]
  private let factors: [Double]

  /// Prepares data for a model, whose columns are found in it by their names.
  init(
    _ data: NumericDataset,
    rows: [Int]? = nil,
    encoding: FieldEncoding
  ) throws(ApplicationError) {
    self.data = data
    self.rows = rows
    places = try encoding.places(in: data)
    itemShape = encoding.itemShape
    isIdentity = encoding.isIdentity
    (offsets, factors) = encoding.offsetsAndFactors
  }

  var count: Int { rows?.count ?? data.count }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    let width = offsets.count
    if isIdentity {
      for place in indices.indices {
        data.copyItem(row(indices[place]), into: &destination, at: place * width)
      }
      return
    }
    let limit = FieldEncoding.bound
    for place in indices.indices {
      let item = data.item(row(indices[place]))
      for column in 0..<width {
        let value = Double(item[places?[column] ?? column])
        let encoded = (value - offsets[column]) * factors[column]
        destination[place * width + column] = Float(min(max(encoded, -limit), limit))
      }
    }
  }

  private func row(_ index: Int) -> Int { rows?[index] ?? index }
}

extension FieldEncoding {
  /// Where each value of an encoded row is found in the rows of some data; `nil` where they are in
  /// the model's order.
  func places(in data: NumericDataset) throws(ApplicationError) -> [Int]? {
    switch (self, data.kind) {
    case (.images, .images):
      guard data.itemShape == itemShape else {
        throw .imageSize(name: data.name, expected: itemShape, found: data.itemShape)
      }
      return nil
    case (.table(let columns), .table(let names)):
      return try places(of: columns.map(\.name), among: names, name: data.name)
    case (.images, .table):
      throw .otherKind(name: data.name, expected: "images", found: "rows of a table")
    case (.table, .images):
      throw .otherKind(name: data.name, expected: "rows of a table", found: "images")
    }
  }

  private func places(
    of expected: [String],
    among found: [String],
    name: String
  ) throws(ApplicationError) -> [Int]? {
    if expected == found { return nil }
    // Without a header on one side there are only numbers to tell the columns by.
    if isNumbered(expected) || isNumbered(found) {
      guard expected.count == found.count else {
        throw .columnCount(name: name, expected: expected.count, found: found.count)
      }
      return nil
    }
    var positions: [String: Int] = [:]
    var repeated: Set<String> = []
    for (position, column) in found.enumerated() {
      if positions.updateValue(position, forKey: column) != nil { repeated.insert(column) }
    }
    var used: Set<String> = []
    for column in expected where !used.insert(column).inserted { repeated.insert(column) }
    let missing = expected.filter { positions[$0] == nil }
    guard missing.isEmpty else {
      throw .missingColumns(name: name, missing: missing, found: found)
    }
    if let column = expected.first(where: repeated.contains) {
      throw .ambiguousColumn(name: name, column: column)
    }
    return expected.compactMap { positions[$0] }
  }

  /// Whether names are those that columns without a header get.
  private func isNumbered(_ names: [String]) -> Bool {
    names.enumerated().allSatisfy { $1 == "column \($0 + 1)" }
  }
}
