import ArgumentParser
import HourglassData
import HourglassJobs
import HourglassReports
import HourglassSystem
import HourglassTasksCommon

/// The page that the demonstration fills, a section for each job.
struct DemoPage {
  private var sections: [ReportPage.Section] = []

  /// Adds the section of a job that was run.
  ///
  /// - Parameters:
  ///   - step: The job.
  ///   - results: The result of each of its commands.
  ///   - seconds: How long they took together.
  mutating func add(_ step: DemoStep, results: [JobResult], seconds: Double) throws {
    var elements: [ReportPage.Element] = []
    for (arguments, result) in zip(step.commands, results) {
      elements.append(.command(DemoStep.commandLine(arguments)))
      elements += try result.elements(withFigures: false)
    }
    for image in step.images {
      elements.append(.image(try ImageFile(contentsOf: image.path), caption: image.caption))
    }
    if let chart = step.chart {
      elements.append(.figure(try lines(chart), caption: chart.caption))
    }
    for table in step.tables {
      elements.append(.table(try queryClip(table), caption: table.caption))
    }
    elements.append(.note("Took \(NumberText.seconds(seconds)). \(step.source)"))
    sections.append(ReportPage.Section(step.heading, summary: step.summary, elements))
  }

  /// The page as it is now.
  var page: ReportPage {
    ReportPage(
      title: "Hourglass on real data",
      introduction: [
        "Each section is one job: the command, its output, and the files that it wrote. "
          + "Every model is compared with its baselines, on held-out data.",
        "Nothing was downloaded and nothing was labeled by hand; each model was trained here, on this "
          + "machine's processor, on the example data alone.",
      ],
      sections: sections,
      footer:
        "Made by hourglass \(ProgramVersion.current) demo."
    )
  }

  /// A column of a table as a line, with the ranges of anomalies where it has them.
  private func lines(_ wanted: DemoStep.Chart) throws -> LineChart {
    let table = try Table(contentsOf: wanted.path)
    let values = try numbers(wanted.value, of: table)
    var bands: [LineChart.Band] = []
    if let flags = table[column: "is_anomaly"] {
      var start: Int?
      for row in 0...table.rowCount {
        let isFlagged = row < table.rowCount && ["1", "true"].contains(flags.text(row))
        if isFlagged, start == nil { start = row }
        if !isFlagged, let first = start {
          bands.append(.init(first..<row, label: ""))
          start = nil
        }
      }
    }
    let times = table.columns.first.map { column in
      (0..<table.rowCount).map { String((column.text($0) ?? "").prefix(10)) }
    }
    return LineChart(
      title: wanted.value,
      lines: [.init(wanted.value, values)],
      places: times ?? [],
      bands: bands,
      bandName: "reported",
      axes: (x: table.columns.first?.name ?? "", y: wanted.value)
    )
  }

  private func numbers(_ name: String, of table: Table) throws -> [Double] {
    guard let column = table[column: name], case .numbers(let values, _) = column.cells else {
      throw Failure("\(table.name) should have the column of numbers \(name)", exitCode: .data)
    }
    return values.indices.map { column.isMissing($0) ? .nan : values[$0] }
  }

  /// Some rows and columns of a table in a file.
  private func queryClip(_ wanted: DemoStep.QueryClip) throws -> NumberTable {
    let table = try Table(contentsOf: wanted.path)
    let columns =
      wanted.columns.isEmpty
      ? Array(table.columns.prefix(8)) : wanted.columns.compactMap { table[column: $0] }
    var rows = Array(0..<table.rowCount)
    if let key = wanted.largestOf, let column = table[column: key],
      case .numbers(let values, _) = column.cells
    {
      rows.sort { (values[$0], $1) > (values[$1], $0) }
    }
    return NumberTable(
      columns: columns.map { column in
        if case .numbers = column.cells, !column.kind.isDate {
          return .init(column.name, .numbers(decimals: min(column.decimals ?? 3, 4)))
        }
        return .init(column.name, .words)
      },
      rows: rows.prefix(wanted.count).map { row in
        columns.map { column in
          switch column.cells {
          case .numbers(let values, _) where !column.isMissing(row) && !column.kind.isDate:
            .number(values[row])
          default: .text(column.text(row) ?? "")
          }
        }
      }
    )
  }
}
