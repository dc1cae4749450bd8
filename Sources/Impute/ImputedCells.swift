package import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// The predictions of an imputer for the missing cells of some data.
struct ImputedCells: Sendable {
  private let state: FittedImputer.State
  private let data: ImputationData
  private let rows: EncodedTable
  /// The rows with missing cells, and what is said of these, `[rows, D]`.
  private let incomplete: [Int]
  private let values: [Float]
  /// How little the parts agree on them, `[rows, F]`.
  private let spreads: [Float]

  init(_ state: FittedImputer.State, _ dataset: Dataset, on engine: ComputeEngine) async throws {
    self.state = state
    data = try ImputationData(dataset, for: state.fields.encoding)
    rows = try state.fields.rows(of: data)
    let (all, isSeries) = (rows, data.groups != nil)
    incomplete = (0..<all.count).filter { row in
      isSeries || (0..<all.fieldCount).contains { !all.isPresent(row, $0) }
    }
    guard !incomplete.isEmpty else {
      values = []
      spreads = []
      return
    }
    let chosen = isSeries ? all : all.rows(incomplete)
    let predictions = try await state.predictor.predictions(
      chosen,
      wanted: chosen.missing,
      groups: data.groups,
      on: engine
    )
    values = state.blend.combined(
      predictions.blended,
      of: chosen,
      means: state.predictor.means
    )
    spreads = state.blend.spreads(predictions.blended, of: values, chosen)
  }

  /// The rows as they were given, in their own order.
  var given: Table { data.reconstructed(data.table) }

  /// The table with the most likely values.
  func table() -> Table { table(values) }

  /// The table with drawn values.
  ///
  /// - Parameter firstRow: The number of rows that are before those that were given: draws are of
  ///   rows, whichever others they come with.
  func drawn(seed: UInt64, number: Int, firstRow: Int) -> Table {
    var values = values
    let layout = rows.layout
    for (index, row) in incomplete.enumerated() {
      // Times that were left out are in no result.
      guard let original = data.originalRows[row] else { continue }
      let name = "draw \(number) of row \(firstRow + original)"
      var generator = SeededGenerator.named(name, seed: seed)
      for (field, range) in layout.ranges.enumerated() {
        let start = index * layout.width
        if layout.fields[field].holdsNumbers {
          let place = range.lowerBound
          let spread = spreads[index * layout.count + field]
          let scale = CellUncertainty.scale(state.uncertainty.deviations[place], spread)
          let probability = Double(generator.nextUniform())
          Coordinate.move(
            &values,
            at: start + place,
            by: scale * state.uncertainty.quantile(probability, field: field),
            layout.fields[field]
          )
          continue
        }
        guard case .category = layout.fields[field] else { continue }
        let weights = range.map { max(values[start + $0], 0) }
        var left = generator.nextUniform() * weights.reduce(0, +)
        var chosen = range.lowerBound + (weights.firstIndex { $0 > 0 } ?? 0)
        for (offset, weight) in weights.enumerated() where weight > 0 {
          chosen = range.lowerBound + offset
          left -= weight
          if left < 0 { break }
        }
        for place in range { values[start + place] = place == chosen ? 1 : 0 }
      }
    }
    return table(values)
  }

  /// What the truth of each missing cell is among at a level of confidence.
  func intervals(level: Double) -> [CellInterval] {
    let encoding = state.fields.columns
    let bounds = IntervalBounds(
      encoding,
      values: values,
      spreads: spreads,
      level: level,
      scales: scales
    ) { _ in state.uncertainty }
    var places = [Int?](repeating: nil, count: rows.count)
    for (index, row) in incomplete.enumerated() { places[row] = index }
    var intervals: [CellInterval] = []
    let order = data.originalRows.indices.filter { data.originalRows[$0] != nil }
      .sorted { (data.originalRows[$0] ?? 0) < (data.originalRows[$1] ?? 0) }
    for (field, content) in encoding.fields.enumerated()
    where state.fields.fills(content.name) {
      guard let column = data.table[column: content.name] else { continue }
      for row in order where column.isMissing(row) {
        guard let place = places[row], let original = data.originalRows[row] else { continue }
        intervals.append(bounds.interval(place, field: field, row: original))
      }
    }
    return intervals
  }

  /// The scales of the series that the incomplete rows are of.
  private var scales: RowScales? { rows.scales?.rows(incomplete) }

  private func table(_ values: [Float]) -> Table {
    let encoding = state.fields.columns
    let decoded = encoding.decoded(values: values, count: incomplete.count, scales: scales)
    var places = [Int?](repeating: nil, count: rows.count)
    for (index, row) in incomplete.enumerated() { places[row] = index }
    var columns: [Table.Column] = []
    for column in data.table.columns {
      if let answer = decoded[column: column.name], state.fields.fills(column.name) {
        columns.append(column.filled(from: answer, at: places))
      } else if let constant = state.fields.constants.first(where: { $0.name == column.name }) {
        columns.append(column.filled(with: constant.text))
      } else {
        columns.append(column)
      }
    }
    return data.reconstructed(Table(name: data.table.name, columns: columns))
  }
}

extension Table.Column {
  /// The column with its missing cells taken from another, each from a place; what is there stays.
  fileprivate func filled(from other: Table.Column, at places: [Int?]) -> Table.Column {
    guard missingCount > 0 else { return self }
    if case .numbers(var values, var missing) = cells, case .numbers = other.cells {
      for row in 0..<count where missing[row] {
        guard let place = places[row], let number = other.number(place) else { continue }
        values[row] = number
        missing[row] = false
      }
      let isNew = missingCount == count
      return Table.Column(
        name: name,
        kind: isNew ? other.kind : kind == .constant ? other.kind : kind,
        cells: .numbers(values, missing: missing),
        decimals: isNew ? other.decimals : finer(decimals, other.decimals),
        hasFixedDecimals: isNew ? other.hasFixedDecimals : hasFixedDecimals,
        dateFormat: isNew ? other.dateFormat : dateFormat,
        writing: isNew ? other.writing : writing,
        originals: originals.filter { !isMissing($0.key) }
      )
    }
    let texts = (0..<count).map { row in
      isMissing(row) ? places[row].flatMap { other.text($0) } : text(row)
    }
    return Self.coded(name: name, kind: other.kind, texts)
  }

  /// The column with one text in each of its missing cells.
  fileprivate func filled(with text: String) -> Table.Column {
    if case .numbers(let values, let missing) = cells, missing.contains(true),
      let row = missing.firstIndex(of: false)
    {
      return replacing(
        cells: .numbers(values.indices.map { missing[$0] ? values[row] : values[$0] }, missing: [])
      )
    }
    guard missingCount > 0 else { return self }
    return Self.coded(name: name, kind: kind, (0..<count).map { self.text($0) ?? text })
  }

  private func finer(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    return max(first, second)
  }

  private static func coded(name: String, kind: ColumnKind, _ texts: [String?]) -> Table.Column {
    var codes: [String: Int32] = [:]
    var levels: [String] = []
    let cells = texts.map { text -> Int32 in
      guard let text else { return -1 }
      if let code = codes[text] { return code }
      let code = Int32(levels.count)
      codes[text] = code
      levels.append(text)
      return code
    }
    return Table.Column(name: name, kind: kind, cells: .codes(cells, levels: levels))
  }
}

/// The predictions of an imputer for the missing cells of some data, computed once for all results.
package struct Filling: Sendable {
  let cells: ImputedCells

  /// The rows as they were given.
  package var given: Table { cells.given }

  /// The table with the most likely values.
  package var filled: Table { cells.table() }

  /// What the truth of each missing cell is among at a level of confidence, from 0.5 to 0.99.
  package func intervals(level: Double) -> [CellInterval] { cells.intervals(level: level) }

  /// The table with drawn values.
  ///
  /// - Parameters:
  ///   - number: Which of several draws it is.
  ///   - firstRow: The number of rows before those of the data, where these are a part of more.
  package func drawn(seed: UInt64, number: Int, firstRow: Int) -> Table {
    cells.drawn(seed: seed, number: number, firstRow: firstRow)
  }
}
