internal import HourglassSystem

/// A table for a page: names and numbers.
package struct NumberTable: Hashable, Sendable {
  /// A column of the table.
  package struct Column: Hashable, Sendable {
    /// What stands in it.
    package var name: String
    /// How the cells are set.
    package var kind: Kind

    /// What the cells of a column are.
    package enum Kind: Hashable, Sendable {
      /// Words, to the left.
      case words
      /// Numbers with some decimal places, to the right.
      case numbers(decimals: Int)
    }

    /// Takes a column.
    package init(_ name: String, _ kind: Kind = .words) {
      self.name = name
      self.kind = kind
    }
  }

  /// A cell of the table.
  package enum Cell: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
  {
    /// Words.
    case text(String)
    /// A number; what is not a number is shown as a dash.
    case number(Double)

    /// Makes words from a literal.
    package init(stringLiteral value: String) { self = .text(value) }
    /// Makes a number from a literal.
    package init(floatLiteral value: Double) { self = .number(value) }
    /// Makes a number from a literal.
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
  }

  /// The columns from the left.
  package var columns: [Column]
  /// The rows from the top, a cell for each column; missing ones stay empty.
  package var rows: [[Cell]]

  /// Takes the rows.
  package init(columns: [Column], rows: [[Cell]]) {
    self.columns = columns
    self.rows = rows
  }

  /// The table as HTML.
  var html: String {
    var text = "<div class=\"scroll\"><table>\n<thead><tr>"
    for column in columns {
      text += "<th scope=\"col\"\(className(column))>\(Markup.escaped(column.name))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for cells in rows {
      text += "<tr>"
      for (index, column) in columns.enumerated() {
        let cell = index < cells.count ? cells[index] : .text("")
        let words = Markup.escaped(words(cell, column))
        let tag = index == 0 && column.kind == .words ? "th scope=\"row\"" : "td"
        text += "<\(tag)\(className(column))>\(words)</\(tag.prefix(2))>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table></div>\n"
  }

  private func className(_ column: Column) -> String {
    column.kind == .words ? "" : " class=\"number\""
  }

  private func words(_ cell: Cell, _ column: Column) -> String {
    switch (cell, column.kind) {
    case (.text(let text), _): return text
    case (.number(let value), _) where !value.isFinite: return "–"
    case (.number(let value), .numbers(let decimals)):
      if decimals == 0, abs(value) < 1e15 { return NumberText.grouped(Int(value.rounded())) }
      return NumberText.fixed(value, places: decimals)
    case (.number(let value), .words): return NumberText.plain(value)
    }
  }
}
