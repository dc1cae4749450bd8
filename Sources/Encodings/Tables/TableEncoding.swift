package import HourglassData
package import HourglassNetworks
internal import HourglassTensors

/// How the columns of a table become values for a network and come back: trained on the training
/// rows alone, and kept in the model.
///
/// A number takes one value, a boolean or a category one for each of its levels (one-hot), and an
/// ordinal column one for the place of its level. A date takes one for the time, and further fields
/// for its place in the day, the week and the year (`DatePart`). A text takes a vector of its n-grams,
/// and is never decoded: results keep its cells. Identifiers are ignored, and so are columns without
/// two different values in the training rows, unless what was never seen is marked: a constant is
/// then a field of its own, and a category has a last value for all levels that the training rows do
/// not have.
package struct TableEncoding: Codable, Hashable, Sendable {
  /// A column that is trained on.
  package struct Field: Codable, Hashable, Sendable {
    /// The name of the column.
    package let name: String
    /// What its cells are.
    package let kind: ColumnKind
    /// How they are encoded.
    package let content: Content
    /// The most digits behind the point, which decoded numbers are rounded to.
    package let decimals: Int?
    /// Whether each number has that many digits behind the point.
    package let hasFixedDecimals: Bool
    /// The column that the field is a part of, where it has another name.
    package let source: String?
    /// Which part of the dates of its column it is; none for the dates themselves.
    package let part: DatePart?
    /// How the dates of the column are written.
    package let dateFormat: DateFormat?
    /// How the numbers of the column are written, where they are not plain.
    package let writing: NumberWriting?
    /// The levels of an ordinal column in their order, whose places are its numbers.
    package let levels: [String]?
    /// Whether its last value is for all levels that the training rows do not have.
    package let marksUnseen: Bool
    /// Whether levels that the training rows do not have are taken as its rare ones, and have no value of their own.
    package let unseenAreRare: Bool
    /// The grid of dates and times that is coarser than their format; none where there is none.
    package let grid: TimeGrid?

    /// The name of the column that it is of.
    package var column: String { source ?? name }

    package init(
      _ column: Table.Column,
      _ content: Content,
      part: DatePart? = nil,
      levels: [String]? = nil,
      marksUnseen: Bool = false,
      unseenAreRare: Bool = false
    ) {
      name = part.map { "\(column.name) (\($0.rawValue))" } ?? column.name
      kind = column.kind
      self.content = content
      decimals = column.decimals
      hasFixedDecimals = column.hasFixedDecimals
      source = part == nil ? nil : column.name
      self.part = part
      dateFormat = column.dateFormat
      writing = column.writing
      self.levels = levels
      self.marksUnseen = marksUnseen
      self.unseenAreRare = unseenAreRare
      grid = part == nil ? TimeGrid(column) : nil
    }

    /// The number of values of the field.
    package var width: Int {
      switch content {
      case .number, .constant: 1
      case .circle: 2
      case .levels: knownWidth + (marksUnseen ? 1 : 0)
      case .bins(let bins): bins.count
      case .text(let grams): grams.count
      }
    }

    /// Whether the training rows have one value in it.
    package var isConstant: Bool {
      switch content {
      case .constant: true
      case .levels(let levels, let rare): levels.count + rare.count == 1
      default: false
      }
    }

    /// The number of values for levels of the training rows.
    var knownWidth: Int {
      guard case .levels(let levels, let rare) = content else { return 0 }
      return levels.count + (rare.isEmpty ? 0 : 1)
    }

    /// The value that is 0 on all training rows, so that another number there was never seen.
    package var unseenValue: Int? {
      switch content {
      case .constant: 0
      case .levels where marksUnseen: knownWidth
      default: nil
      }
    }
    /// Whether its cells are texts, which values do not stand for.
    package var isText: Bool { if case .text = content { true } else { false } }
  }

  /// How the cells of a field are encoded.
  package enum Content: Codable, Hashable, Sendable {
    /// By a map of numbers.
    case number(NumberMap)
    /// By the sine and the cosine of its place in a day: the mean of 23:45 and 0:15 is midnight.
    case circle
    /// One value for each level, the most frequent first, and a last one for all `rare` levels
    /// together, which is decoded as the most frequent of these.
    case levels([String], rare: [String])
    /// One value for each bin; cells are drawn from their bins.
    case bins(ColumnBins)
    /// A column of one number: 0 for that number, and for another one at least 1, the more the
    /// further it is from it.
    case constant(Double)
    /// A vector of the n-grams of a text.
    case text(TextGrams)
  }

  /// The columns that are trained on, in their order.
  package let fields: [Field]

  /// The names of the columns that nothing is trained on.
  package let ignoredColumns: [String]

  /// The columns of the table that it was fitted to, also those that nothing is trained on: for reading
  /// others the same way.
  package let schema: TableSchema

  /// Takes fields that were fitted.
  package init(fields: [Field], ignoredColumns: [String], schema: TableSchema) {
    self.fields = fields
    self.ignoredColumns = ignoredColumns
    self.schema = schema
  }

  /// Fits to some rows of a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - rows: The training rows; nothing of the others matters.
  ///   - scaling: How numbers are scaled.
  ///   - levelLimit: The most levels of a category that have a value of their own.
  ///   - datesHaveParts: Whether the places of dates in cycles are fields.
  ///   - timesAreCircles: Whether times of day are places on a circle, in place of numbers.
  ///   - marksUnseen: Whether constants are fields, and levels that these rows lack have a value.
  /// - Throws: `nothingToLearn` where no column varies in these rows; `valueNotFinite`.
  package init(
    learning table: Table,
    rows: [Int],
    scaling: NumberScaling = .robust,
    levelLimit: Int = 64,
    datesHaveParts: Bool = true,
    timesAreCircles: Bool = false,
    marksUnseen: Bool = false
  ) throws(DatasetError) {
    precondition(
      levelLimit >= 2,
      "a category has at least 2 levels, found a limit of \(levelLimit)"
    )
    var fields: [Field] = []
    var ignoredColumns: [String] = []
    for column in table.columns {
      if let row = rows.first(where: { column.number($0)?.isFinite == false }) {
        throw .valueNotFinite(name: "\(table.name), column \(column.name)", item: row + 1)
      }
      let training = column.rows(rows)
      if let field = Self.field(of: training, scaling, levelLimit, marksUnseen) {
        if timesAreCircles, column.kind == .time {
          fields.append(Field(training, .circle))
          continue
        }
        fields.append(field)
        if datesHaveParts { fields += Self.parts(of: training) }
      } else if marksUnseen, let field = Self.constant(training) {
        fields.append(field)
      } else {
        ignoredColumns.append(column.name)
      }
    }
    if fields.allSatisfy({ $0.isConstant }) {
      throw .table(.nothingToLearn(path: table.name, ignoredColumns: ignoredColumns))
    }
    self.init(fields: fields, ignoredColumns: ignoredColumns, schema: table.schema)
  }

  /// Fits bins to some rows of a table, whose columns all become fields: identifiers have none.
  ///
  /// - Parameters:
  ///   - table: The table; all of its numbers must be finite.
  ///   - rows: The training rows.
  /// - Throws: `nothingToLearn` where all columns are identifiers; `valueNotFinite`; `nothingVaries`.
  package init(binning table: Table, rows: [Int]) throws {
    for column in table.columns {
      guard let row = (0..<column.count).first(where: { column.number($0)?.isFinite == false })
      else { continue }
      throw DatasetError.valueNotFinite(
        name: "\(table.name), column \(column.name)",
        item: row + 1
      )
    }
    let limit = max(Self.mostBins / max(table.columns.count, 1), Self.leastBins)
    var bins = table.columns.map { ColumnBins(learning: $0.rows(rows), limit: limit) }
    let most = bins.reduce(0) { max($0, $1.count) }
    if table.columns.count > Self.wideColumns { bins = bins.map { $0.padded(to: most) } }
    let fields = zip(table.columns, bins).map { Field($0, .bins($1)) }
    guard fields.contains(where: { $0.width > 0 }), !rows.isEmpty else {
      throw DatasetError.table(
        .nothingToLearn(path: table.name, ignoredColumns: table.columns.map(\.name))
      )
    }
    guard fields.contains(where: { $0.width > 1 }) else {
      throw TaskError.nothingVaries(name: table.name, rows: rows.count)
    }
    self.init(
      fields: fields,
      ignoredColumns: fields.filter { $0.width == 0 }.map(\.name),
      schema: table.schema
    )
  }

  /// The bins of all columns together, the fewest of a column, and the columns above which each has as many, so
  /// that they are computed without a matrix of columns and bins.
  private static let (mostBins, leastBins, wideColumns) = (1 << 15, 6, 256)

  private static func field(
    of column: Table.Column,
    _ scaling: NumberScaling,
    _ levelLimit: Int,
    _ marksUnseen: Bool
  ) -> Field? {
    guard column.kind != .constant && column.kind != .identifier else { return nil }
    if column.kind == .text {
      let texts = (0..<column.count).compactMap { column.text($0) }
      return TextGrams(learning: texts).map { Field(column, .text($0)) }
    }
    switch column.cells {
    case .texts: return nil
    case .numbers(let values, _):
      let present = values.indices.filter { !column.isMissing($0) }.map { values[$0] }
      return map(present, scaling).map { Field(column, .number($0)) }
    case .codes(let codes, let levels) where column.kind == .ordinal:
      let places = codes.filter { $0 >= 0 }.map(Double.init)
      return map(places, scaling).map { Field(column, .number($0), levels: levels) }
    case .codes(let codes, let levels):
      var counts = [Int](repeating: 0, count: levels.count)
      for code in codes where code >= 0 { counts[Int(code)] += 1 }
      let poolsSingle = marksUnseen && singleLevelsAreUsual(counts)
      let (own, rare) = orderedLevels(counts, limit: levelLimit, poolsSingle: poolsSingle)
      guard own.count + rare.count > 1 else { return nil }
      return Field(
        column,
        .levels(own.map { levels[$0] }, rare: rare.map { levels[$0] }),
        marksUnseen: marksUnseen && !poolsSingle,
        unseenAreRare: poolsSingle
      )
    }
  }

  /// The field of a column that has one number or one text.
  private static func constant(_ column: Table.Column) -> Field? {
    guard let row = (0..<column.count).first(where: { !column.isMissing($0) }) else { return nil }
    let others = (0..<column.count).lazy.filter { !column.isMissing($0) }
    if let number = column.number(row) {
      return others.allSatisfy { column.number($0) == number }
        ? Field(column, .constant(number)) : nil
    }
    guard let text = column.text(row), others.allSatisfy({ column.text($0) == text }) else {
      return nil
    }
    return Field(column, .levels([text], rare: []), marksUnseen: true)
  }

  /// The places of the levels that occur, the most frequent first: those with a value of their own, and
  /// the rare ones where there are more than a limit.
  ///
  /// - Parameter poolsSingle: Whether all levels of one row are rare ones. One level at least is not.
  static func orderedLevels(
    _ counts: [Int],
    limit: Int,
    poolsSingle: Bool = false
  ) -> (own: [Int], rare: [Int]) {
    let order = counts.indices.filter { counts[$0] > 0 }
      .sorted { (-counts[$0], $0) < (-counts[$1], $1) }
    var own = order.count
    if poolsSingle { own = max(order.count { counts[$0] > 1 }, 1) }
    if order.count > limit { own = min(own, limit - 1) }
    return (Array(order.prefix(own)), Array(order.dropFirst(own)))
  }

  /// Whether so many rows have a level that no other row has, as in a column of remarks, that such a level is not
  /// unusual.
  ///
  /// The share of these rows is also the probability that a new row has a level that none of the rows has.
  ///
  /// Reference: Good, 1953, "The population frequencies of species and the estimation of population parameters",
  /// doi:10.1093/biomet/40.3-4.237, equation 9.
  package static func singleLevelsAreUsual(_ counts: [Int]) -> Bool {
    let single = counts.count { $0 == 1 }
    return single >= leastSingle
      && Double(single) >= leastSingleShare * Double(counts.reduce(0, +))
  }

  /// The fewest levels of one row that are usual, and the least share of the rows that have them.
  private static let (leastSingle, leastSingleShare) = (5, 0.05)

  private static func map(_ numbers: [Double], _ scaling: NumberScaling) -> NumberMap? {
    guard let first = numbers.first, numbers.contains(where: { $0 != first }) else { return nil }
    return NumberMap(learning: numbers, scaling: scaling)
  }

  /// The fields of the places of dates in cycles: coordinates from -1 to 1, as they are.
  private static func parts(of column: Table.Column) -> [Field] {
    guard let format = column.dateFormat, case .numbers(let values, _) = column.cells else {
      return []
    }
    let present = values.indices.filter { !column.isMissing($0) }.map { values[$0] }
    return DatePart.parts(of: present, format: format).map {
      Field(column, .number(.identity), part: $0)
    }
  }

  /// The names of the columns that are trained on, in their order.
  package var columns: [String] { fields.filter { $0.part == nil && $0.width > 0 }.map(\.name) }

  /// The number of values of a row.
  package var width: Int { fields.reduce(0) { $0 + $1.width } }

  /// What is wrong with an encoding that was read from a file, if anything.
  package var problem: String? {
    if columns.isEmpty { return "it should have at least one field" }
    if Set(fields.map(\.name)).count != fields.count {
      return "its fields should have different names"
    }
    for field in fields {
      switch field.content {
      case .circle:
        guard field.dateFormat != nil else { return "its times should be written in a known way" }
      case .number(let map):
        guard map.isGood else { return "its number fields should have increasing, finite knots" }
      case .levels(let levels, let rare):
        let all = levels + rare
        guard levels.count >= 1, all.count >= (field.marksUnseen ? 1 : 2), all.areDifferent,
          !field.unseenAreRare || !rare.isEmpty
        else {
          return "its categories should have at least two different levels"
        }
      case .bins(let bins):
        if let problem = bins.problem { return "the column \(field.name): \(problem)" }
      case .constant(let number):
        guard number.isFinite else { return "its constants should be finite" }
      case .text(let grams):
        guard grams.isGood else { return "its texts should have finite means and deviations" }
      }
      if let problem = field.dateFormat?.problem { return problem }
      if field.grid?.isGood == false { return "its dates should lie on a grid" }
      if let levels = field.levels, levels.count < 2 || !levels.areDifferent {
        return "its ordinal columns should have at least two different levels"
      }
      guard (0...NumberFormat.mostDecimals).contains(field.decimals ?? 0) else {
        return "its fields should have 0 to \(NumberFormat.mostDecimals) decimals"
      }
    }
    let names = Set(schema.columns.map(\.name))
    return fields.allSatisfy { names.contains($0.column) }
      ? nil : "its fields should be columns of its table"
  }
}

extension TableEncoding {
  /// The fields as a network sees them.
  package var layout: FeatureSchema {
    FeatureSchema(
      fields.filter { $0.width > 0 }.map { field in
        switch field.content {
        case .number, .constant: .number
        case .circle: .vector(width: 2)
        case .levels, .bins: .category(levels: field.width)
        case .text: .vector(width: field.width)
        }
      }
    )
  }

  /// Whether some columns have levels.
  package var hasLevels: Bool {
    fields.contains { field in
      switch field.content {
      case .levels: true
      case .number: field.levels != nil
      case .bins(let bins): if case .levels = bins.content { true } else { false }
      case .text, .circle, .constant: false
      }
    }
  }

  /// Whether the cells of columns are taken by their bins.
  package var isBinned: Bool {
    fields.contains { if case .bins = $0.content { true } else { false } }
  }
}

extension [String] {
  /// Whether no two of them have the same bytes, by which the reader distinguishes texts: two that differ
  /// in how an accent is composed are equal as strings.
  package var areDifferent: Bool {
    var seen: Set<[UInt8]> = []
    return allSatisfy { seen.insert([UInt8]($0.utf8)).inserted }
  }
}
