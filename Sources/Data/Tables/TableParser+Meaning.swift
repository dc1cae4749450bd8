internal import HourglassSystem

extension TableParser {
  /// What the texts of each column show; nothing for a column of numbers.
  var evidence: [TextEvidence?] {
    columns.indices.map { column in
      plan.modes[column] == .text
        ? evidence(column) : nil
    }
  }

  private func evidence(_ column: Int) -> TextEvidence {
    var evidence = TextEvidence(levels: plan.levels[column])
    evidence.take(columns[column], lines: lines, words: plan.columnMissing[column])
    return evidence
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

  /// How it is decided what each column is.
  func inferences(
    _ columns: [ParsedColumn],
    _ evidence: [TextEvidence?],
    _ options: TableOptions
  ) -> [ColumnInference] {
    let hasDecimalComma = hasDecimalComma(columns, evidence, options)
    let refusesDecimalComma = refusesDecimalComma(columns, options)
    return names.map { name in
      var inference = options.inference(of: name, in: path)
      inference.parts = partLines
      inference.hasDecimalComma = hasDecimalComma
      inference.refusesDecimalComma = refusesDecimalComma
      return inference
    }
  }

  /// The columns that were read as numbers, and are to be read again as texts: those with a text, with codes
  /// such as 007, with days such as 20230623 or stamps such as 20230623140500, with numbers such as 1.234 where a
  /// comma stands before decimals, and with decimals where whole numbers are declared, for the error to name them.
  ///
  /// - Parameters:
  ///   - columns: What was read.
  ///   - evidence: What the columns of texts show.
  ///   - days: Whether nearly all numbers of a column may be days.
  ///   - isOneNumber: Whether all numbers of a column are the same.
  ///   - canBeReadAgain: Whether the source is a file.
  /// - Throws: `lateText`, or `wrongKind` for codes, where the source cannot be read again.
  func columnsToReadAsTexts(
    _ columns: [ParsedColumn],
    _ evidence: [TextEvidence?],
    _ options: TableOptions,
    days: (Int) -> Bool,
    isOneNumber: (Int) -> Bool,
    canBeReadAgain: Bool
  ) throws(DatasetError) -> [Int] {
    let hasDecimalComma = hasDecimalComma(columns, evidence, options)
    var late: [Int] = []
    for (index, column) in columns.enumerated() where modes[index] == .number {
      let (declared, counts) = (options.columnKinds[names[index]], column.decimalCounts)
      // What nothing but its share can tell is a number where it cannot be read again.
      let areCodes =
        declared == nil && (canBeReadAgain ? counts.needTexts : counts.areFixedCodes)
      if column.firstText == nil, !areCodes {
        let mayBeThousands = hasDecimalComma && counts.mayBeThousands
        let hasFractions = declared == .integer && (counts.most != 0 || counts.has(.large))
        // One number and a word beside it are two values.
        let isMark =
          column.holdsStandIns(columnMissing[index]) && declared == nil && isOneNumber(index)
        let isOther = mayBeThousands || hasFractions || isMark || (declared == nil && days(index))
        guard canBeReadAgain, isOther else { continue }
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

  /// The words of a column that were taken as missing, with their counts.
  func missingWords(_ index: Int, _ parsed: ParsedColumn) -> [ColumnReading.MissingWord] {
    let words = columnMissing[index]
    return parsed.missingWords.enumerated().dropFirst().compactMap { place, count in
      count > 0 ? ColumnReading.MissingWord(word: words.text(place), count: count) : nil
    }
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
    reading.odd = reading.odd.placed(in: partLines)
    reading.missing = missingWords(index, parsed)
    let named = reading.missing.reduce(0) { $0 + $1.count }
    if missingCount > named {
      let empty = ColumnReading.MissingWord(word: "", count: missingCount - named)
      reading.missing.insert(empty, at: 0)
    }
    reading.missing += meaning.standIns
    return reading
  }
}
