extension TableEncoding {
  /// The rows of a table as values; its columns are found by name, in any order, among others.
  ///
  /// - Throws: `missingColumn`, `notANumber` for a text in a field of numbers, or `valueNotFinite`.
  public func encoded(_ table: Table) throws(DatasetError) -> EncodedTable {
    let width = width
    var values = [Float](repeating: 0, count: table.rowCount * width)
    var presence = [Float](repeating: 0, count: table.rowCount * fields.count)
    var unknown: [String: Int] = [:]
    var offset = 0
    for (index, field) in fields.enumerated() {
      let column = try table.required(field.name)
      switch field.content {
      case .number(let map):
        for row in 0..<table.rowCount {
          guard let number = try Self.number(column, row, table.name) else { continue }
          values[row * width + offset] = Float(map.encode(number))
          presence[row * fields.count + index] = 1
        }
      case .levels(let levels, let rare):
        let find = LevelFinder(levels: levels, rare: rare)
        let known = find.codes(of: column)
        for row in 0..<table.rowCount where !column.isMissing(row) {
          guard let position = known(row) else {
            unknown[field.name, default: 0] += 1
            continue
          }
          values[row * width + offset + position] = 1
          presence[row * fields.count + index] = 1
        }
      }
      offset += field.width
    }
    return EncodedTable(
      count: table.rowCount,
      width: width,
      fieldCount: fields.count,
      values: values,
      presence: presence,
      unknownCategories: unknown
    )
  }

  private static func number(
    _ column: Table.Column,
    _ row: Int,
    _ name: String
  ) throws(DatasetError) -> Double? {
    if let number = column.number(row) {
      if number.isFinite { return number }
      throw .valueNotFinite(name: "\(name), column \(column.name)", item: row + 1)
    }
    guard let text = column.text(row) else { return nil }
    throw .table(.notANumber(path: name, column: column.name, row: row + 1, text: text))
  }

  /// The table that values stand for.
  ///
  /// A number is brought back within the range of the training rows, to a whole number where the
  /// column has only these and else to the decimals of the column. Of the values of a category the
  /// largest wins, the first among equals.
  ///
  /// - Parameters:
  ///   - values: The values, `[count, width]`.
  ///   - count: The number of rows.
  ///   - template: A table of as many rows, whose columns are kept in their order; those that are
  ///     learnt are replaced. Without one there are only the learnt columns.
  public func decoded(values: [Float], count: Int, like template: Table? = nil) -> Table {
    let width = width
    precondition(
      values.count == count * width,
      "\(count) rows of \(width) values were expected, found \(values.count) values"
    )
    var decoded: [String: Table.Column] = [:]
    var columns: [Table.Column] = []
    var offset = 0
    for field in fields {
      let start = offset
      let cells = field.cells(count: count) { row, index in values[row * width + start + index] }
      let column = Table.Column(
        name: field.name,
        kind: field.kind,
        cells: cells,
        decimals: field.decimals,
        hasFixedDecimals: field.hasFixedDecimals
      )
      decoded[field.name] = column
      columns.append(column)
      offset += field.width
    }
    guard let template else { return Table(name: "decoded", columns: columns) }
    precondition(
      template.rowCount == count,
      "the template has \(template.rowCount) rows, not \(count)"
    )
    return Table(name: template.name, columns: template.columns.map { decoded[$0.name] ?? $0 })
  }
}

extension TableEncoding.Field {
  /// The cells that values stand for.
  fileprivate func cells(count: Int, _ value: (Int, Int) -> Float) -> Table.Cells {
    switch content {
    case .number(let map):
      let numbers = (0..<count).map { row in rounded(map.decode(Double(value(row, 0)))) }
      return .numbers(numbers, missing: [])
    case .levels(let levels, let rare):
      let width = width
      let codes = (0..<count).map { row in
        var best = 0
        for index in 1..<max(width, 1) where value(row, index) > value(row, best) { best = index }
        return Int32(best)
      }
      return .codes(codes, levels: levels + rare)
    }
  }

  private func rounded(_ number: Double) -> Double {
    if kind == .integer { return number.rounded() }
    return decimals.map { NumberFormat.rounded(number, decimals: $0) } ?? number
  }
}

/// Finds the levels of a field in the cells of a column, by text or, else, by number.
private struct LevelFinder {
  private var byText: [String: Int] = [:]
  private var byNumber: [Double: Int] = [:]

  init(levels: [String], rare: [String]) {
    for (index, level) in (levels + rare).enumerated() {
      let position = min(index, levels.count)
      byText[level] = position
      if let number = TableNumber.value(of: level), byNumber[number] == nil {
        byNumber[number] = position
      }
    }
  }

  /// The position of a level; nil for one that was not learnt.
  private func position(_ text: String) -> Int? {
    byText[text] ?? TableNumber.value(of: text).flatMap { byNumber[$0] }
  }

  /// For each row the position of its level.
  func codes(of column: Table.Column) -> (Int) -> Int? {
    guard case .codes(let codes, let levels) = column.cells else {
      return { row in column.text(row).flatMap(position) }
    }
    let positions = levels.map(position)
    return { row in positions[Int(codes[row])] }
  }
}
