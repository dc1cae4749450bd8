package import HourglassData
internal import HourglassEngines
internal import HourglassTensors

extension TableEncoding {
  /// The rows of a table as values; its columns are found by name, in any order, among others.
  ///
  /// - Throws: `missingColumn`, `notANumber` for a text in a field of numbers, or `valueNotFinite`.
  package func encoded(_ table: Table) throws(DatasetError) -> EncodedTable {
    let width = width
    var values = [Float](repeating: 0, count: table.rowCount * width)
    var observed = [Float](repeating: 0, count: table.rowCount * fields.count)
    var offset = 0
    for (index, field) in fields.enumerated() {
      let column = try table.required(field.column)
      switch field.content {
      case .number(let map) where field.levels != nil:
        // Numbers of an ordinal column are the places of its levels.
        let known = LevelFinder(levels: field.levels ?? [], rare: []).codes(of: column)
        for row in 0..<table.rowCount where !column.isMissing(row) {
          guard let position = known(row) else { continue }
          values[row * width + offset] = Float(map.encode(Double(position)))
          observed[row * fields.count + index] = 1
        }
      case .circle:
        for row in 0..<table.rowCount {
          guard let time = try Self.number(column, row, table.name) else { continue }
          let place = row * width + offset
          values[place] = Float(DatePart.timeOfDaySine.value(at: time, zone: 0))
          values[place + 1] = Float(DatePart.timeOfDayCosine.value(at: time, zone: 0))
          observed[row * fields.count + index] = 1
        }
      case .number(let map):
        let part = field.part
        let zone = field.dateFormat?.zone?.minutes ?? 0
        for row in 0..<table.rowCount {
          guard var number = try Self.number(column, row, table.name) else { continue }
          if let part { number = part.value(at: number, zone: zone) }
          values[row * width + offset] = Float(map.encode(number))
          observed[row * fields.count + index] = 1
        }
      case .levels(let levels, let rare):
        let known = LevelFinder(levels: levels, rare: rare).codes(of: column)
        for row in 0..<table.rowCount where !column.isMissing(row) {
          if let position = known(row) ?? (field.unseenAreRare ? levels.count : nil) {
            values[row * width + offset + position] = 1
          } else {
            guard field.marksUnseen else { continue }
            values[row * width + offset + field.knownWidth] = 1
          }
          observed[row * fields.count + index] = 1
        }
      case .constant(let number):
        for row in 0..<table.rowCount where !column.isMissing(row) {
          let other = column.number(row)
          values[row * width + offset] =
            other == number ? 0 : Float(NumberMap.change(from: number, to: other))
          observed[row * fields.count + index] = 1
        }
      case .text(let grams):
        for row in 0..<table.rowCount {
          guard let text = column.text(row) else { continue }
          grams.encode(text, into: &values, at: row * width + offset)
          observed[row * fields.count + index] = 1
        }
      case .bins: preconditionFailure("binned columns are encoded by `bins(of:)`")
      }
      offset += field.width
    }
    return EncodedTable(layout: layout, count: table.rowCount, values: values, observed: observed)
  }

  /// The cells of the categories of a table whose levels were not in the training data, and that count as
  /// missing.
  package func unknownLevels(of table: Table) throws -> UnknownLevels {
    var unknown = UnknownLevels()
    let table = try aligned(table)
    for field in fields {
      let finder: LevelFinder
      switch field.content {
      case .number:
        guard let levels = field.levels else { continue }
        finder = LevelFinder(levels: levels, rare: [])
      case .levels(let levels, let rare): finder = LevelFinder(levels: levels, rare: rare)
      case .bins(let bins):
        guard case .levels(let levels, let rare, _) = bins.content else { continue }
        finder = LevelFinder(levels: levels, rare: rare)
      case .text, .circle, .constant: continue
      }
      guard let column = table[column: field.column] else { continue }
      let known = finder.codes(of: column)
      for row in 0..<column.count where !column.isMissing(row) && known(row) == nil {
        unknown.add(column.text(row) ?? "", of: field.name)
      }
    }
    return unknown
  }

  /// A table with a column that was constant in training as it was there; `nil` where it was not constant.
  package func restoring(_ name: String, in table: Table) -> Table? {
    guard let field = fields.first(where: { $0.column == name && $0.isConstant }) else {
      return nil
    }
    let cells: Table.Cells =
      switch field.content {
      case .constant(let number):
        .numbers(Array(repeating: number, count: table.rowCount), missing: [])
      case .levels(let levels, _):
        .codes(Array(repeating: 0, count: table.rowCount), levels: levels)
      case .number, .circle, .bins, .text: .texts(Array(repeating: nil, count: table.rowCount))
      }
    return table.replacing(field.column(cells))
  }

  /// The bins of the cells of each column that is trained on, `[columns][rows]`; -1 for a cell of none.
  package func bins(of table: Table) throws(DatasetError) -> [[Int32]] {
    var all: [[Int32]] = []
    for field in fields {
      guard case .bins(let bins) = field.content, bins.count > 0 else { continue }
      all.append(bins.bins(of: try table.required(field.name)))
    }
    return all
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
  /// column has only these and else to the decimals of the column. A date is the one of the decoded
  /// time of day that is nearest to the decoded time. Of the values of a category the largest wins,
  /// the first among equals. Texts are not decoded: they stay as the template has them.
  ///
  /// - Parameters:
  ///   - values: The values, `[count, width]`.
  ///   - count: The number of rows.
  ///   - template: A table of as many rows, whose columns are kept in their order; those that are
  ///     trained on are replaced. Without one there are only these columns.
  package func decoded(values: [Float], count: Int, like template: Table? = nil) -> Table {
    decoded(values: values, count: count, like: template, scales: nil)
  }

  /// The table that values stand for, whose numbers are brought to the grid of their column by a rule.
  ///
  /// - Parameter scales: The scales of the series that the rows are of, whose channels the fields are.
  package func decoded(
    values: [Float],
    count: Int,
    like template: Table? = nil,
    rounding rule: FloatingPointRoundingRule = .toNearestOrAwayFromZero,
    scales: RowScales?
  ) -> Table {
    let width = width
    precondition(
      values.count == count * width,
      "\(count) rows of \(width) values were expected, found \(values.count) values"
    )
    var decoded: [String: Table.Column] = [:]
    var columns: [Table.Column] = []
    var offset = 0
    for (index, field) in fields.enumerated() {
      defer { offset += field.width }
      guard field.part == nil, !field.isText else { continue }
      let start = offset
      var cells = field.cells(
        count: count,
        rule,
        scale: scales.map { scales in { scales.scale($0, index) } }
      ) { row, index in
        values[row * width + start + index]
      }
      if let format = field.dateFormat, case .numbers(let times, _) = cells {
        let clock = timeOfDay(after: index, at: offset + field.width)
        let zone = format.zone?.minutes ?? 0
        cells = .numbers(
          times.enumerated().map { row, time in
            guard let clock else { return field.rounded(time, format, rule) }
            let sine = Double(values[row * width + clock])
            let cosine = Double(values[row * width + clock + 1])
            let near = DatePart.time(near: time, sine: sine, cosine: cosine, zone: zone)
            return field.rounded(near, format, rule)
          },
          missing: []
        )
      }
      let column = field.column(cells)
      decoded[field.name] = column
      columns.append(column)
    }
    guard let template else { return Table(name: "decoded", columns: columns) }
    precondition(
      template.rowCount == count,
      "the template has \(template.rowCount) rows, not \(count)"
    )
    return Table(name: template.name, columns: template.columns.map { decoded[$0.name] ?? $0 })
  }
}

extension TableEncoding {
  /// Where the sine of the time of day of a field of dates is, if its parts are encoded; the cosine is
  /// behind it.
  private func timeOfDay(after field: Int, at offset: Int) -> Int? {
    guard field + 2 < fields.count, fields[field + 1].part == .timeOfDaySine,
      fields[field + 2].part == .timeOfDayCosine
    else { return nil }
    return offset
  }
}

extension TableEncoding.Field {
  /// A column like the one that was trained on, of other cells.
  package func column(_ cells: Table.Cells) -> Table.Column {
    Table.Column(
      name: name,
      kind: kind,
      cells: cells,
      decimals: decimals,
      hasFixedDecimals: hasFixedDecimals,
      dateFormat: dateFormat,
      writing: writing
    )
  }

  /// The cells that values stand for.
  fileprivate func cells(
    count: Int,
    _ rule: FloatingPointRoundingRule,
    scale: ((Int) -> SeriesScales.Scale)?,
    _ value: (Int, Int) -> Float
  ) -> Table.Cells {
    switch content {
    case .number(let map) where levels != nil:
      let levels = levels ?? []
      let codes = (0..<count).map { row in
        let place = map.decode(Double(value(row, 0))).rounded(rule)
        return Int32(min(max(place, 0), Double(levels.count - 1)))
      }
      return .codes(codes, levels: levels)
    case .number(let map):
      let numbers = (0..<count).map { row in
        let number = map.decode(Double(value(row, 0)))
        return rounded(scale.map { $0(row).spread * number + $0(row).level } ?? number, rule)
      }
      return .numbers(numbers, missing: [])
    case .circle:
      let times = (0..<count).map { row in
        DatePart.time(sine: Double(value(row, 0)), cosine: Double(value(row, 1)))
      }
      return .numbers(times, missing: [])
    case .levels(let levels, let rare):
      let width = knownWidth
      let codes = (0..<count).map { row in
        var best = 0
        for index in 1..<max(width, 1) where value(row, index) > value(row, best) { best = index }
        return Int32(best)
      }
      return .codes(codes, levels: levels + rare)
    case .constant(let number): return .numbers(Array(repeating: number, count: count), missing: [])
    case .bins, .text:
      preconditionFailure("the cells of binned columns are drawn, and texts are kept")
    }
  }

  /// A date or time on the grid of the column, in the direction of a rule; a time of day within the day.
  fileprivate func rounded(
    _ time: Double,
    _ format: DateFormat,
    _ rule: FloatingPointRoundingRule
  ) -> Double {
    let rounded = format.rounded(grid?.rounded(time, rule) ?? time)
    guard case .circle = content else { return rounded }
    return rounded - (rounded / DatePart.timeOfDaySine.period).rounded(.down)
      * DatePart.timeOfDaySine.period
  }

  private func rounded(_ number: Double, _ rule: FloatingPointRoundingRule) -> Double {
    // Adding 0 makes a negative zero a plain one.
    if kind == .integer { return number.rounded(rule) + 0 }
    return decimals.map { NumberFormat.rounded(number, decimals: $0, rule) + 0 } ?? number
  }
}

/// Finds the levels of a field in the cells of a column, by text or, else, by number.
private struct LevelFinder {
  /// By their bytes, which differ for some texts that are equal as strings.
  private var byText: [[UInt8]: Int] = [:]
  private var byNumber: [Double: Int] = [:]

  init(levels: [String], rare: [String]) {
    for (index, level) in (levels + rare).enumerated() {
      let position = min(index, levels.count)
      byText[Array(level.utf8)] = position
      if let number = TableNumber.level(of: level), byNumber[number] == nil {
        byNumber[number] = position
      }
    }
  }

  /// The position of a level; nil for one that is not known.
  private func position(_ text: String) -> Int? {
    byText[Array(text.utf8)] ?? TableNumber.level(of: text).flatMap { byNumber[$0] }
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
