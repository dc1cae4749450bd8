internal import HourglassData
internal import HourglassSystem
internal import HourglassTensors

extension ImputationReport: CustomStringConvertible {
  /// The most columns that are told of one by one.
  private static let shownColumns = 24

  /// The report as a small table and a sentence, for people.
  public var description: String {
    guard cellCount > 0 else {
      return (["No cell of \(dataName) could be spared to evaluate by."] + notes)
        .joined(separator: "\n")
    }
    var lines = [
      "\(NumberText.counted(cellCount, "observed cell")) of \(dataName) deleted before learning, and "
        + "filled again"
    ]
    var table = [["", "cells"] + overall.map(\.method)]
    for column in columns.prefix(Self.shownColumns) {
      let scores = column.scores.map {
        column.isNumber ? NumberText.fixed($0, places: 4) : percent($0)
      }
      table.append([column.name, "\(column.cells)"] + scores)
    }
    let numbers = columns.filter(\.isNumber).reduce(0) { $0 + $1.cells }
    if numbers > 0 {
      let scores = overall.map { $0.error.map { NumberText.fixed($0, places: 4) } ?? "" }
      table.append(["all numbers", "\(numbers)"] + scores)
    }
    if numbers < cellCount {
      let scores = overall.map { $0.accuracy.map(percent) ?? "" }
      table.append(["all categories", "\(cellCount - numbers)"] + scores)
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    for row in table {
      let cells = row.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + padding : padding + row[column]
      }
      lines.append("  " + cells.joined(separator: "  "))
    }
    if columns.count > Self.shownColumns {
      lines.append("  (\(columns.count - Self.shownColumns) more columns are not shown)")
    }
    lines.append(
      "Numbers: root of the mean squared error, from 0 to 1 over a column's range. Categories: the "
        + "share that is right."
    )
    if !weights.isEmpty {
      let parts = weights.map { "\($0.part) \(NumberText.fixed($0.weight, places: 2))" }
      lines.append(
        "The result is a weighted mean: \(parts.joined(separator: ", ")); for each half of the deleted "
          + "cells the weights were chosen on the other half."
      )
    }
    if let intervals { lines.append(intervals.description) }
    lines += notes
    if let verdict { lines.append(verdict) }
    return lines.joined(separator: "\n")
  }

  /// One sentence: whether learning beats the baselines; `nil` in a report
  /// without baselines.
  public var verdict: String? {
    if overall.count == 1 { return nil }
    guard let own, let means = columnMeans else { return "Nothing was evaluated." }
    if let error = own.error, let trivial = means.error {
      let simple = overall.dropFirst().filter { $0.method != Self.networkName }
      let best = simple.min { ($0.error ?? .infinity) < ($1.error ?? .infinity) } ?? means
      if error >= trivial {
        return "It fills numbers no better than the column means do: use these."
      }
      let other = best.error ?? trivial
      if error < other {
        return "It beats the baselines: its error is \(percent(1 - error / other)) below that of "
          + "the best simpler means, \(best.method)."
      }
      return "The simpler means \(best.method) does as well or better: use it."
    }
    if let accuracy = own.accuracy, let trivial = means.accuracy {
      return accuracy > trivial
        ? "It fills \(percent(accuracy)) of the categories right, the most frequent level "
          + "\(percent(trivial))."
        : "It fills categories no better than their most frequent level does: use that."
    }
    return "Nothing was evaluated."
  }

  /// The name of the network alone among the methods.
  static let networkName = "network alone"
}

private func percent(_ part: Double) -> String {
  NumberText.fixed(100 * part, places: abs(part) < 0.1 ? 1 : 0) + " %"
}

extension ImputationReport.Intervals: CustomStringConvertible {
  /// One sentence on what the intervals hold.
  public var description: String {
    var parts: [String] = []
    if let numbers, let width {
      parts.append(
        "\(percent(numbers)) of the numbers, and are \(percent(width)) of a column's range wide"
      )
    }
    if let levels, let setSize {
      parts.append(
        "\(percent(levels)) of the categories, with \(NumberText.fixed(setSize, places: 1)) levels"
      )
    }
    return "Intervals of \(percent(level)) hold \(parts.joined(separator: "; "))."
  }
}
