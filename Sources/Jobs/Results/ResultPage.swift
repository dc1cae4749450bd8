internal import HourglassEvaluation
internal import HourglassMedia
package import HourglassReports
internal import HourglassSystem
internal import HourglassTasksCommon

extension JobResult {
  /// The result on a page, for somebody who did not see the run.
  ///
  /// - Throws: An error where a figure that the run wrote cannot be read.
  package func page(of request: JobRequest) throws -> ReportPage {
    let task = request.taskName
    let name = request.data.first.map { lastPart(of: $0) } ?? ""
    var elements = try self.elements()
    elements.append(.command(try request.commandLine()))
    return ReportPage(
      title: "\(task.prefix(1).uppercased())\(task.dropFirst())\(name.isEmpty ? "" : ": \(name)")",
      sections: [ReportPage.Section("", elements)],
      footer: "Made by hourglass \(ProgramVersion.current)."
    )
  }

  /// The parts of a page that tell the result: what it came to, how good that is, its tables and figures, how the
  /// model was trained, and the files.
  ///
  /// - Parameter withFigures: Whether the figures of the run are among them.
  /// - Throws: An error where a figure that the run wrote cannot be read.
  package func elements(withFigures: Bool = true) throws -> [ReportPage.Element] {
    var elements = told
    elements += evaluations.map { .evaluation($0) }
    if let preview {
      elements.append(
        .table(Self.table([preview.titles] + preview.rows), caption: "The first rows of the result")
      )
    }
    for details in tables {
      let caption = [details.title, details.remark].filter { !$0.isEmpty }.joined(separator: " ")
      elements.append(.table(Self.table(details.table.rows), caption: caption))
    }
    if withFigures {
      elements += figures.map { .figure($0.figure, caption: $0.caption) }
      // What is drawn above was written to these files too.
      let drawn: Set = figures.isEmpty ? [] : ["figure", "plot", "curve"]
      for file in outputs where Self.isFigure(file.path) && !drawn.contains(file.name) {
        elements.append(.image(try ImageFile(contentsOf: file.path), caption: file.label))
      }
    }
    if let learned = facts["learning"] as? LearnedModel {
      elements.append(.facts(learned.pageFacts(seconds: seconds["learning"]), title: "The model"))
    }
    let files = outputs.filter { $0.path != JobPaths.standardOutput && $0.name != "report" }
    if !files.isEmpty {
      let rows = files.map { [$0.label, $0.path, $0.note ?? ""] }
      elements.append(.table(Self.table([["Written", "File", ""]] + rows), caption: ""))
    }
    return elements
  }

  /// Sentences as paragraphs; those that belong together in columns as a table.
  private var told: [ReportPage.Element] {
    var elements: [ReportPage.Element] = []
    var rows: [[String]] = []
    func endTable() {
      guard !rows.isEmpty else { return }
      let width = rows.map(\.count).max() ?? 0
      elements.append(
        .table(Self.table([[String](repeating: "", count: width)] + rows), caption: "")
      )
      rows = []
    }
    // How the model was trained is told as facts.
    let learned = (facts["learning"] as? LearnedModel).map { "of \($0.data)" }
    let others = paragraphs.filter { text in
      !(text.hasPrefix("trained ") && learned.map { text.contains($0) } == true)
    }
    for line in (sentences + others).flatMap({ $0.split(separator: "\n") }) {
      let cells = line.split(separator: "  ").map { $0.trimming }.filter { !$0.isEmpty }
      if cells.count > 1 {
        rows.append(cells)
      } else if let sentence = cells.first {
        endTable()
        elements.append(.paragraph(sentence.prefix(1).uppercased() + sentence.dropFirst()))
      }
    }
    endTable()
    return elements
  }

  /// Rows of texts, the first of which has the titles; columns of numbers are set to the right.
  private static func table(_ rows: [[String]]) -> NumberTable {
    let (titles, cells) = (rows.first ?? [], rows.dropFirst())
    let columns = titles.indices.map { column in
      let texts = cells.map { column < $0.count ? $0[column] : "" }.filter { !$0.isEmpty }
      let areNumbers = !texts.isEmpty && texts.allSatisfy { $0.first?.isNumberSign == true }
      return NumberTable.Column(titles[column], areNumbers ? .numbers(decimals: 0) : .words)
    }
    return NumberTable(columns: columns, rows: cells.map { $0.map { .text($0) } })
  }

  private static func isFigure(_ path: String) -> Bool {
    ["svg", "png", "jpg", "jpeg"].contains(pathExtension(path))
  }
}

extension LearnedModel {
  /// It as names and what they stand for, as the page in the browser has them.
  fileprivate func pageFacts(seconds: Double?) -> [ReportPage.Fact] {
    var facts = [ReportPage.Fact("Trained on", "\(NumberText.counted(items, "item")) of \(data)")]
    if let seconds { facts.append(.init("Training took", NumberText.seconds(seconds))) }
    if steps > 0 {
      let best = bestEpoch.flatMap { $0 == epochs ? nil : ", number \($0) was best" } ?? ""
      facts.append(.init("Epochs", NumberText.grouped(epochs) + best))
    }
    facts.append(.init("Parameters", NumberText.grouped(parameters)))
    facts.append(.init("Seed", "\(seed)"))
    if let keptItems {
      facts.append(
        .init("Kept in the model", NumberText.counted(keptItems, "item") + " of the data")
      )
    }
    facts.append(.init("Computed with", NumberText.counted(threads, "thread") + precisionText))
    facts.append(.init("Made by version", programVersion))
    return facts
  }

  private var precisionText: String { precision == "automatic" ? "" : ", \(precision)" }
}

extension Substring {
  /// Without blanks at both ends.
  fileprivate var trimming: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension Character {
  /// Whether a number may begin so.
  fileprivate var isNumberSign: Bool { isNumber || self == "-" || self == "+" }
}
