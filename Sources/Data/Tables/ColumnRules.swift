internal import HourglassSystem

/// How the meaning of a column is decided: the rules, all of them here, the first one that holds.
///
/// `Documentation/Data.md` has the same table. `ColumnInference` applies them, to all cells of a column.
package enum ColumnRule: String, Codable, Hashable, Sendable, CaseIterable {
  /// The user declared the kind (`--column NAME=KIND`).
  case declared
  /// All cells are missing.
  case empty
  /// There is one value.
  case oneValue = "one value"
  /// Dates of one way to write them; at most a tenth of the cells is something else.
  case dates
  /// Times of day, likewise.
  case timesOfDay = "times of day"
  /// Durations such as 39:48:37, of which one is no time of day, likewise.
  case durations
  /// Two values: whole numbers or texts.
  case twoValues = "two values"
  /// Whole numbers that run on without gaps, at least 20 of them, and no years.
  case runningNumbers = "running numbers"
  /// Whole numbers, nearly all different, in a column that is called an identifier.
  case namedIdentifier = "called an identifier"
  /// Other whole numbers, however few values there are: a grade, a number of rooms and a year have an order
  /// that a category would lose.
  case wholeNumbers = "whole numbers"
  /// Other numbers.
  case numbers
  /// Numbers that are not plain: with marks between thousands, a decimal comma, a currency, a percent sign, a
  /// unit, another sign, or limits of measurement.
  case writtenNumbers = "numbers as written"
  /// Codes, at least 20 of them and nearly all different, or more than 1,000: texts that would change if they
  /// were read as numbers.
  case uniqueCodes = "codes that name rows"
  /// Other codes.
  case codes
  /// Dates whose day and month cannot be told apart.
  case ambiguousDates = "dates, day or month first"
  /// Texts of letters: more than 1,000 different ones that come again, or at least 200 that are nearly all
  /// different, of which a quarter have several words.
  case words = "texts of words"
  /// At least 20 other texts, nearly all different (90 %).
  case nearlyUnique = "nearly all different"
  /// More than 1,000 other texts.
  case manyTexts = "more than 1,000 texts"
  /// Other texts.
  case texts

  /// What decided, in a few words.
  package var explanation: String {
    switch self {
    case .declared: "declared"
    case .empty: "all cells are missing"
    case .oneValue: "one value"
    case .dates: "dates"
    case .timesOfDay: "times of day"
    case .durations: "durations"
    case .twoValues: "two values"
    case .runningNumbers: "whole numbers without gaps"
    case .namedIdentifier: "whole numbers, nearly all different, and its name says so"
    case .wholeNumbers: "whole numbers"
    case .numbers: "numbers"
    case .writtenNumbers: "numbers as people write them"
    case .uniqueCodes: "codes (as numbers they would change), nearly all different"
    case .codes: "codes: as numbers they would change"
    case .ambiguousDates: "dates whose day and month cannot be distinguished"
    case .words: "texts of words: learned by character n-grams, kept for output"
    case .nearlyUnique: "texts, nearly all different"
    case .manyTexts: "more than \(NumberText.grouped(ColumnInference.mostLevels)) different texts"
    case .texts: "texts that come again"
    }
  }

  /// What to take the column for in its place, as `--column NAME=` has it; none where nothing else would do.
  fileprivate var alternative: String? {
    switch self {
    case .empty, .oneValue, .numbers: nil
    case .declared: nil
    case .dates, .timesOfDay, .durations, .writtenNumbers: "category"
    case .twoValues: "category"
    case .wholeNumbers: "category"
    case .runningNumbers, .namedIdentifier: "integer"
    case .uniqueCodes, .nearlyUnique, .manyTexts: "category"
    case .codes: "integer"
    case .ambiguousDates: "date:day-first"
    case .texts, .words: "identifier"
    }
  }
}

/// How a column was read: what decided of its kind, and what was made of cells that are no values.
package struct ColumnReading: Codable, Hashable, Sendable {
  /// Cells with a word that stands for a missing one.
  package struct MissingWord: Codable, Hashable, Sendable {
    /// The word; empty for cells without one.
    package var word: String
    /// The number of cells.
    package var count: Int
  }

  /// The name of the column.
  package var name: String
  /// The rule that decided.
  package var rule: ColumnRule
  /// How the cells are written, or why no other rule held.
  package var detail: String?
  /// What was taken as missing.
  package var missing: [MissingWord] = []
  /// The cells that are no dates, times or numbers among those that are, or are written in another way.
  package var odd = OddCells()
  /// Why nothing is trained on the column; none for one that is trained on.
  package var ignored: String?

  /// The option that takes the column for something else.
  package var option: String? {
    rule.alternative.map { "--column \"\(name)=\($0)\"" }
  }

  /// What decided, with how the cells are written.
  package var explanation: String {
    rule.explanation + (detail.map { " (\($0))" } ?? "")
  }

  /// What was made of cells that are no values, a line each: the words that were taken as missing, and the
  /// odd cells.
  package var remarks: [String] {
    var lines: [String] = []
    let words = missing.filter { !$0.word.isEmpty }
    if !words.isEmpty {
      let counts = words.map { "\"\(clipped($0.word))\" \(NumberText.grouped($0.count))" }
      // Among texts such a word may be a level as the others.
      let option = isOfTexts ? "; else --missing-only \"\(name)=\"" : ""
      lines.append("taken as missing: " + counts.joined(separator: ", ") + option)
    }
    if odd.count > 0 {
      lines.append("other than the rest, and kept as written: \(odd.description)")
    }
    return lines
  }

  private var isOfTexts: Bool {
    [.twoValues, .codes, .uniqueCodes, .texts, .nearlyUnique, .manyTexts].contains(rule)
  }

  init(name: String, rule: ColumnRule) {
    self.name = name
    self.rule = rule
  }
}

/// How the columns of a table were read, which does not matter to whether two tables are equal.
package struct ColumnReadings: Hashable, Sendable {
  /// One for each column of the file.
  package var columns: [ColumnReading] = []

  /// What was made of cells that are no values, a line each: the words that were taken as missing, in all
  /// columns together, and the odd cells of each column.
  package var remarks: [String] {
    let odd = columns.filter { $0.odd.count > 0 }.map {
      "column \($0.name): other than the rest, and kept as written: \($0.odd.description)"
    }
    return [Self.summary(of: columns.flatMap(\.missing))].compactMap(\.self) + odd
  }

  /// The words of all columns that were taken as missing, with their counts, in a line; none where there are none.
  package static func summary(of missing: [ColumnReading.MissingWord]) -> String? {
    var words: [String] = []
    var counts: [String: (cells: Int, columns: Int)] = [:]
    for missing in missing where !missing.word.isEmpty {
      if counts[missing.word] == nil { words.append(missing.word) }
      let known = counts[missing.word] ?? (0, 0)
      counts[missing.word] = (known.cells + missing.count, known.columns + 1)
    }
    let texts = words.compactMap { word in
      counts[word].map { count in
        "\"\(clipped(word))\" \(NumberText.grouped(count.cells))"
          + (count.columns > 1 ? " in \(count.columns) columns" : "")
      }
    }
    return texts.isEmpty ? nil : "taken as missing: " + texts.joined(separator: ", ")
  }

  package static func == (first: ColumnReadings, second: ColumnReadings) -> Bool { true }

  package func hash(into hasher: inout Hasher) {}
}
