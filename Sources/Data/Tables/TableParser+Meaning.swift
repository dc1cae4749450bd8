internal import HourglassSystem

extension TableParser {
  /// What the texts of each column show; nothing for a column of numbers.
  var evidence: [TextEvidence?] {
    columns.indices.map { column in
      plan.modes[column] == .text
        ? TextEvidence(columns[column], lines: lines, words: plan.columnMissing[column]) : nil
    }
  }
}

extension TableParser.Plan {
  /// Whether no comma stands before decimals: commas stand between cells, and other columns have decimal
  /// points.
  func refusesDecimalComma(_ columns: [ParsedColumn], _ options: TableOptions) -> Bool {
    !options.hasDecimalComma && separator == UInt8(ascii: ",")
      && columns.indices.contains { modes[$0] == .number && columns[$0].decimals != 0 }
  }

  /// Whether a comma stands before decimals in a table: where it is declared, or a column shows it.
  func hasDecimalComma(
    _ columns: [ParsedColumn],
    _ evidence: [TextEvidence?],
    _ options: TableOptions
  ) -> Bool {
    // The numbers of JSON have a point.
    !format.isJSONLines
      && (options.hasDecimalComma
        || (!refusesDecimalComma(columns, options)
          && evidence.contains { $0?.numbers.showsDecimalComma == true }))
  }

  /// The columns that were read as numbers, and are to be read again as texts: those with a text, with codes
  /// such as 007, with days such as 20230623, and with numbers such as 1.234 where a comma stands before
  /// decimals.
  ///
  /// - Parameters:
  ///   - columns: What was read.
  ///   - evidence: What the columns of texts show.
  ///   - days: Whether nearly all numbers of a column may be days.
  ///   - canBeReadAgain: Whether the source is a file.
  /// - Throws: `lateText`, or `wrongKind` for codes, where the source cannot be read again.
  func columnsToReadAsTexts(
    _ columns: [ParsedColumn],
    _ evidence: [TextEvidence?],
    _ options: TableOptions,
    days: (Int) -> Bool,
    canBeReadAgain: Bool
  ) throws(DatasetError) -> [Int] {
    let hasDecimalComma = hasDecimalComma(columns, evidence, options)
    var late: [Int] = []
    for (index, column) in columns.enumerated() where modes[index] == .number {
      let isDeclared = options.columnKinds[names[index]] != nil
      let areCodes = !isDeclared && column.decimalCounts.needTexts
      if column.firstText == nil, !areCodes {
        let mayBeThousands = hasDecimalComma && column.decimalCounts.mayBeThousands
        guard canBeReadAgain, mayBeThousands || (!isDeclared && days(index)) else { continue }
      }
      if !canBeReadAgain {
        if column.firstText != nil { throw Table.lateText(column, path) }
        throw .table(
          .wrongKind(
            path: path,
            column: names[index],
            kind: .number,
            found:
              "codes such as numbers with leading zeros behind the beginning of data that can be "
              + "read only once"
          )
        )
      }
      late.append(index)
    }
    return late
  }

  /// The report of how a column was read.
  ///
  /// - Parameter missingCount: The number of cells without a value.
  func reading(
    _ index: Int,
    _ meaning: ColumnInference.Meaning,
    _ parsed: ParsedColumn,
    missingCount: Int
  ) -> ColumnReading {
    var reading = meaning.reading(names[index])
    let words = columnMissing[index].texts
    var named = 0
    for (place, count) in parsed.missingWords.enumerated() where place > 0 && count > 0 {
      reading.missing.append(ColumnReading.MissingWord(word: words[place - 1], count: count))
      named += count
    }
    if missingCount > named {
      let empty = ColumnReading.MissingWord(word: "", count: missingCount - named)
      reading.missing.insert(empty, at: 0)
    }
    return reading
  }
}
