public import HourglassData
package import HourglassNetworks
internal import HourglassTensors

/// How the columns of a table become values for a network and come back: trained on the training
/// rows alone, and kept in the model.
///
/// A number takes one value, a boolean or a category one for each of its levels (one-hot), and an
/// ordinal column one for the place of its level. A date takes one for the time, and further fields
/// for its place in the day, the week and the year (`DatePart`). Constants, identifiers, and columns
/// without two different values in the training rows are ignored.
public struct TableEncoding: Codable, Hashable, Sendable {
  /// A column that is trained on.
  public struct Field: Codable, Hashable, Sendable {
    /// The name of the column.
    public let name: String
    /// What its cells are.
    public let kind: ColumnKind
    /// How they are encoded.
    public let content: Content
    /// The most digits behind the point, which decoded numbers are rounded to.
    public let decimals: Int?
    /// Whether each number has that many digits behind the point.
    public let hasFixedDecimals: Bool
    /// The column that the field is a part of, where it has another name.
    public let source: String?
    /// Which part of the dates of its column it is; none for the dates themselves.
    public let part: DatePart?
    /// How the dates of the column are written.
    public let dateFormat: DateFormat?
    /// The levels of an ordinal column in their order, whose places are its numbers.
    public let levels: [String]?

    /// The name of the column that it is of.
    public var column: String { source ?? name }

    package init(
      _ column: Table.Column,
      _ content: Content,
      part: DatePart? = nil,
      levels: [String]? = nil
    ) {
      name = part.map { "\(column.name) (\($0.rawValue))" } ?? column.name
      kind = column.kind
      self.content = content
      decimals = column.decimals
      hasFixedDecimals = column.hasFixedDecimals
      source = part == nil ? nil : column.name
      self.part = part
      dateFormat = column.dateFormat
      self.levels = levels
    }

    /// The number of values of the field.
    public var width: Int {
      switch content {
      case .number: 1
      case .levels(let levels, let rare): levels.count + (rare.isEmpty ? 0 : 1)
      }
    }
  }

  /// How the cells of a field are encoded.
  public enum Content: Codable, Hashable, Sendable {
    /// By a map of numbers.
    case number(NumberMap)
    /// One value for each level, the most frequent first, and a last one for all `rare` levels
    /// together, which is decoded as the most frequent of these.
    case levels([String], rare: [String])
  }

  /// The columns that are trained on, in their order.
  public let fields: [Field]

  /// The names of the columns that nothing is trained on.
  public let ignoredColumns: [String]

  /// Fits to some rows of a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - rows: The training rows; nothing of the others matters.
  ///   - scaling: How numbers are scaled.
  ///   - levelLimit: The most levels of a category that have a value of their own.
  ///   - datesHaveParts: Whether the places of dates in cycles are fields.
  /// - Throws: `nothingToLearn` where no column varies in these rows; `valueNotFinite`.
  public init(
    learning table: Table,
    rows: [Int],
    scaling: NumberScaling = .robust,
    levelLimit: Int = 64,
    datesHaveParts: Bool = true
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
      if let field = Self.field(of: training, scaling, levelLimit) {
        fields.append(field)
        if datesHaveParts { fields += Self.parts(of: training) }
      } else {
        ignoredColumns.append(column.name)
      }
    }
    if fields.isEmpty {
      throw .table(.nothingToLearn(path: table.name, ignoredColumns: ignoredColumns))
    }
    self.fields = fields
    self.ignoredColumns = ignoredColumns
  }

  private static func field(
    of column: Table.Column,
    _ scaling: NumberScaling,
    _ levelLimit: Int
  ) -> Field? {
    guard column.kind != .constant && column.kind != .identifier else { return nil }
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
      let order = levels.indices.filter { counts[$0] > 0 }
        .sorted { (-counts[$0], $0) < (-counts[$1], $1) }
      guard order.count > 1 else { return nil }
      let own = order.count > levelLimit ? levelLimit - 1 : order.count
      let content = Content.levels(
        order.prefix(own).map { levels[$0] },
        rare: order.dropFirst(own).map { levels[$0] }
      )
      return Field(column, content)
    }
  }

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
  public var columns: [String] { fields.filter { $0.part == nil }.map(\.name) }

  /// The number of values of a row.
  public var width: Int { fields.reduce(0) { $0 + $1.width } }

  /// What is wrong with an encoding that was read from a file, if anything.
  public var problem: String? {
    if fields.allSatisfy({ $0.part != nil }) { return "it should have at least one field" }
    if Set(fields.map(\.name)).count != fields.count {
      return "its fields should have different names"
    }
    for field in fields {
      switch field.content {
      case .number(let map):
        guard map.isGood else { return "its number fields should have increasing, finite knots" }
      case .levels(let levels, let rare):
        let all = levels + rare
        guard levels.count >= 1, all.count >= 2, all.areDifferent else {
          return "its categories should have at least two different levels"
        }
      }
      if let problem = field.dateFormat?.problem { return problem }
      if let levels = field.levels, levels.count < 2 || !levels.areDifferent {
        return "its ordinal columns should have at least two different levels"
      }
      guard (0...NumberFormat.mostDecimals).contains(field.decimals ?? 0) else {
        return "its fields should have 0 to \(NumberFormat.mostDecimals) decimals"
      }
    }
    return nil
  }
}

extension TableEncoding {
  /// The fields as a network sees them.
  package var layout: FeatureSchema {
    FeatureSchema(
      fields.map { field in
        switch field.content {
        case .number: .number
        case .levels: .category(levels: field.width)
        }
      }
    )
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

/// The rows of a table as values for a network.
public struct EncodedTable: Hashable, Sendable {
  /// The number of rows.
  public let count: Int
  /// The number of values of a row.
  public let width: Int
  /// The number of fields of a row.
  public let fieldCount: Int
  /// The values, `[count, width]`; those of a missing cell are 0.
  public let values: [Float]
  /// 1 for a cell that is there and 0 for a missing one, `[count, fieldCount]`.
  public let observed: [Float]
  /// For each category the cells whose level was not in the training data, and that count as missing, by
  /// name.
  public let unknownCategories: [String: Int]
}
