internal import HourglassTensors

/// How well one model of a table does each job, beside simpler means and models of one job each: all
/// measured on the same rows, which were held out of learning.
public struct TableModelReport: Hashable, Sendable, Codable {
  /// One job by one measure.
  public struct Line: Hashable, Sendable, Codable {
    /// The job, such as `impute`.
    public var job: String
    /// What is measured.
    public var measure: String
    /// Whether more is better.
    public var moreIsBetter: Bool
    /// The model for all jobs.
    public var shared: Double
    /// The best of the simpler means; `nil` where there is none or it was not asked for.
    public var simple: Double?
    /// Which of them it is.
    public var simpleName: String?
    /// The model that was learnt for this job alone; `nil` where it was not asked for.
    public var alone: Double?
  }

  /// The name of the data.
  public var dataName: String
  /// What the rows are to the model.
  public var rows: JudgedItems
  /// The number of rows that judge.
  public var rowCount: Int
  /// The numbers of a code.
  public var latent: Int
  /// The numbers of a code that tell something about a row: whose mean varies by more than 0.01.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, section 5.1.
  public var activeUnits: Int
  /// The jobs.
  public var lines: [Line]
  /// What else a reader should know.
  public var notes: [String]
}

extension TableModelReport: CustomStringConvertible {
  /// The report as a table, for people.
  public var description: String {
    let judged =
      rows == .learntFrom
      ? "of \(dataName) that it learnt from, for too few to hold some out"
      : "of \(dataName) that were held out"
    var texts = [
      "all jobs by one model, on \(NumberText.counted(rowCount, "row")) \(judged)",
      "  a code has \(NumberText.counted(latent, "number")), of which \(activeUnits) are in use",
      "",
    ]
    let hasSimple = lines.contains { $0.simple != nil }
    let hasAlone = lines.contains { $0.alone != nil }
    var cells = [
      ["job", "measure", "this model"] + (hasAlone ? ["alone"] : [])
        + (hasSimple ? ["simpler", ""] : [])
    ]
    for line in lines {
      var row = [line.job, line.measure + (line.moreIsBetter ? "" : " (less is better)")]
      row.append(Self.text(line.shared))
      if hasAlone { row.append(Self.text(line.alone)) }
      if hasSimple { row += [Self.text(line.simple), line.simpleName ?? ""] }
      cells.append(row)
    }
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    for row in cells {
      let padded = row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        let isText = column < 2 || (hasSimple && column == row.count - 1)
        return isText ? row[column] + blanks : blanks + row[column]
      }
      var line = "  " + padded.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      texts.append(line)
    }
    if let verdict { texts += ["", verdict] }
    if !notes.isEmpty { texts += [""] + notes }
    return texts.joined(separator: "\n")
  }

  private static func text(_ number: Double?) -> String {
    number.map { NumberText.significant($0) } ?? "-"
  }

  /// One sentence: for which jobs a model of its own is worth learning.
  public var verdict: String? {
    guard lines.contains(where: { $0.alone != nil }) else { return nil }
    var jobs: [String] = []
    for line in lines {
      guard let alone = line.alone, !jobs.contains(line.job) else { continue }
      let (better, worse) = line.moreIsBetter ? (alone, line.shared) : (line.shared, alone)
      if better - worse > 0.05 * max(abs(line.shared), 1e-9) { jobs.append(line.job) }
    }
    if jobs.isEmpty {
      return "No model of one job is better by more than 5 %: this one will do for all."
    }
    return "A model of its own is better by more than 5 % for: \(jobs.joined(separator: ", "))."
  }
}
