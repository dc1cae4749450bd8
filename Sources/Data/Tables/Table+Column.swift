internal import HourglassTensors

extension Table {
  /// A column of a table.
  public struct Column: Hashable, Sendable {
    /// The name in the header, or "column 1" and so on.
    public let name: String

    /// What the cells are.
    public let kind: ColumnKind

    /// The cells: numbers for `number`, `integer`, `date` and `time`, codes for `boolean`, `category`
    /// and `ordinal`, whose levels are in their order, texts for `identifier`, and any of them for
    /// `constant`.
    public let cells: Cells

    /// The most digits behind the point in the file, for writing back; none for numbers that were
    /// written with an exponent or very many digits, or that come from no text.
    public let decimals: Int?

    /// Whether each number of the file had that many digits, so that 1.50 is not written as 1.5.
    public let hasFixedDecimals: Bool

    /// How the dates or times of day of the column are written, whose cells are seconds.
    public let dateFormat: DateFormat?

    /// How the numbers of the column are written, where they are not plain.
    package let writing: NumberWriting?

    /// What is written in cells that the format of the column would write otherwise, or that are no values
    /// of the column, which count as missing; by row.
    package let originals: [Int: String]

    /// Makes a column.
    public init(
      name: String,
      kind: ColumnKind,
      cells: Cells,
      decimals: Int? = nil,
      hasFixedDecimals: Bool = false,
      dateFormat: DateFormat? = nil
    ) {
      self.init(
        name: name,
        kind: kind,
        cells: cells,
        decimals: decimals,
        hasFixedDecimals: hasFixedDecimals,
        dateFormat: dateFormat,
        writing: nil
      )
    }

    /// Makes a column whose cells are written in a way of their own.
    package init(
      name: String,
      kind: ColumnKind,
      cells: Cells,
      decimals: Int? = nil,
      hasFixedDecimals: Bool = false,
      dateFormat: DateFormat? = nil,
      writing: NumberWriting?,
      originals: [Int: String] = [:]
    ) {
      self.writing = writing
      self.originals = originals
      self.name = name
      self.kind = kind
      if case .numbers(let values, let missing) = cells, !missing.isEmpty, !missing.contains(true) {
        self.cells = .numbers(values, missing: [])
      } else {
        self.cells = cells
      }
      self.decimals = decimals
      self.hasFixedDecimals = hasFixedDecimals
      self.dateFormat = dateFormat
      switch cells {
      case .numbers(let values, let missing):
        precondition(
          missing.isEmpty || missing.count == values.count,
          "column \(name) has \(values.count) cells and \(missing.count) marks of missing ones"
        )
      case .codes(let codes, let levels):
        precondition(
          codes.allSatisfy { $0 >= -1 && $0 < levels.count },
          "column \(name) has codes beyond its \(levels.count) levels"
        )
      case .texts: break
      }
    }

    /// The number of cells.
    public var count: Int { cells.count }

    /// The number of missing cells.
    public var missingCount: Int {
      switch cells {
      case .numbers(_, let missing): missing.count { $0 }
      case .codes(let codes, _): codes.count { $0 < 0 }
      case .texts(let texts): texts.count { $0 == nil }
      }
    }

    /// Whether the cell of a row is missing.
    public func isMissing(_ row: Int) -> Bool {
      switch cells {
      case .numbers(_, let missing): missing.isEmpty ? false : missing[row]
      case .codes(let codes, _): codes[row] < 0
      case .texts(let texts): texts[row] == nil
      }
    }

    /// How the digits of numbers are written.
    package var numberFormat: NumberFormat {
      NumberFormat(decimals: decimals, isFixed: hasFixedDecimals)
    }

    /// What stands in the cell of a row in a file: also what is no value of the column; nil for an empty one.
    package func written(_ row: Int) -> String? { originals[row] ?? text(row) }

    /// The cell of a row as a text, as it is written to a file; nil where it is missing.
    public func text(_ row: Int) -> String? {
      switch cells {
      case .numbers(let values, _):
        guard !isMissing(row) else { return nil }
        if !originals.isEmpty, let original = originals[row] { return original }
        if let dateFormat { return dateFormat.text(values[row]) }
        return writing?.text(values[row], numberFormat) ?? numberFormat.text(values[row])
      case .codes(let codes, let levels): return codes[row] < 0 ? nil : levels[Int(codes[row])]
      case .texts(let texts): return texts[row]
      }
    }

    /// The cell of a row as a number, seconds for a date; nil where it is missing or no number.
    public func number(_ row: Int) -> Double? {
      if case .numbers(let values, _) = cells { return isMissing(row) ? nil : values[row] }
      return text(row).flatMap { TableNumber.value(of: $0) }
    }

    /// Some cells in the order of their rows.
    public func rows(_ indices: [Int]) -> Column {
      let chosen: Cells =
        switch cells {
        case .numbers(let values, let missing):
          .numbers(
            indices.map { values[$0] },
            missing: missing.isEmpty ? [] : indices.map { missing[$0] }
          )
        case .codes(let codes, let levels): .codes(indices.map { codes[$0] }, levels: levels)
        case .texts(let texts): .texts(indices.map { texts[$0] })
        }
      var kept: [Int: String] = [:]
      if !originals.isEmpty {
        for (place, row) in indices.enumerated() { kept[place] = originals[row] }
      }
      return replacing(cells: chosen).written(writing, originals: kept)
    }

    /// The column with other cells.
    public func replacing(cells: Cells) -> Column {
      Column(
        name: name,
        kind: kind,
        cells: cells,
        decimals: decimals,
        hasFixedDecimals: hasFixedDecimals,
        dateFormat: dateFormat,
        writing: writing
      )
    }

    /// The column with its numbers written in a way, and some cells as they were.
    package func written(_ writing: NumberWriting?, originals: [Int: String] = [:]) -> Column {
      Column(
        name: name,
        kind: kind,
        cells: cells,
        decimals: decimals,
        hasFixedDecimals: hasFixedDecimals,
        dateFormat: dateFormat,
        writing: writing,
        originals: originals
      )
    }

    /// The column under another name.
    public func renamed(_ name: String) -> Column {
      Column(
        name: name,
        kind: kind,
        cells: cells,
        decimals: decimals,
        hasFixedDecimals: hasFixedDecimals,
        dateFormat: dateFormat,
        writing: writing,
        originals: originals
      )
    }

    var hash: UInt64 {
      var hashes = [Self.hash(name)]
      switch cells {
      case .numbers(let values, let missing):
        hashes.append(Fingerprint.hash(values.span.bytes))
        if missing.contains(true) {
          let marks = missing.map { UInt8($0 ? 1 : 0) }
          hashes.append(Fingerprint.hash(marks.span.bytes))
        }
      case .codes(let codes, let levels):
        hashes.append(Fingerprint.hash(codes.span.bytes))
        hashes += levels.map(Self.hash)
      case .texts(let texts):
        hashes += texts.map { text in text.map(Self.hash) ?? 1 }
      }
      return Fingerprint.hash(hashes.span.bytes)
    }

    private static func hash(_ text: String) -> UInt64 {
      let bytes = Array(text.utf8)
      return Fingerprint.hash(bytes.span.bytes)
    }
  }
}
