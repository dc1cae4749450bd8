internal import HourglassSystem

/// What is wrong with a table as one of mixed columns.
///
/// Rows count from 1, as a reader of the message counts.
public enum TableError: Error, Hashable, Sendable {
  /// The table has no column of a name that was asked for.
  case missingColumn(path: String, name: String, found: [String])
  /// One of several files that are one table has other columns than the first one.
  case differentColumns(path: String, first: String, expected: [String], found: [String])
  /// Nearly all cells of a column are numbers, and a few are texts.
  case strayText(path: String, column: String, found: String)
  /// A text after many numbers in a file that can be read only once.
  case lateText(path: String, cell: CellPlace, text: String)
  /// A column that was declared to have another kind holds what that kind cannot.
  case wrongKind(path: String, column: String, kind: ColumnKind, found: String)
  /// A cell of a table is no number where one is needed; `text` is what it holds.
  case notANumber(path: String, column: String, row: Int, text: String)
  /// There is no column to train on.
  case nothingToLearn(path: String, ignoredColumns: [String])
}

extension TableError: CustomStringConvertible {
  /// What was being done, what was expected, what was found, and what to do.
  public var description: String {
    switch self {
    case .missingColumn(let path, let name, let found):
      "cannot use \(path): expected a column called \"\(clipped(name))\", found "
        + Self.list(found) + ". Check the spelling, or give the table that has it."
    case .differentColumns(let path, let first, let expected, let found):
      "cannot read \(path): expected the columns of \(first), found "
        + Self.difference(expected, found)
        + ". Give the files the same columns in the same order, or leave this one out."
    case .strayText(let path, let column, let found):
      "cannot read \(path): column \(clipped(column)): expected numbers as in nearly all of its "
        + "cells, found \(found). Correct the cells, name the word as one for missing cells "
        + "(--missing), or declare the column to be a category "
        + "(--column \"\(clipped(column))=category\")."
    case .lateText(let path, let cell, let text):
      "cannot read \(path): \(cell): expected a number as in the rows before, found "
        + "\"\(clipped(text))\", and the data can be read only once. "
        + "Declare the kind of the column, or read from a file."
    case .wrongKind(let path, let column, let kind, let found):
      "cannot read \(path): column \(clipped(column)): expected cells of the kind \(kind.rawValue) "
        + "as declared, found \(found). Declare another kind, correct the cells, or name "
        + "their words as ones for missing cells."
    case .notANumber(let path, let column, let row, let text):
      "cannot use \(path): column \(clipped(column)), row \(row): expected a number, found "
        + "\"\(clipped(text))\". Correct the cell, or leave it empty."
    case .nothingToLearn(let path, let ignoredColumns):
      "cannot train on \(path): expected a column that varies, found only constants and "
        + "identifiers (" + Self.list(ignoredColumns) + "). "
        + "Give a table with other columns, or declare the kinds of these."
    }
  }

  /// How some names differ from others.
  private static func difference(_ expected: [String], _ found: [String]) -> String {
    let missing = expected.filter { !found.contains($0) }
    let added = found.filter { !expected.contains($0) }
    if missing.isEmpty, added.isEmpty { return "them in another order: " + list(found) }
    let parts = [("without ", missing), ("with ", added)].filter { !$0.1.isEmpty }
    return "a header " + parts.map { $0.0 + list($0.1) }.joined(separator: " and ")
  }

  /// The first names of a list in words.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { clipped($0) }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
