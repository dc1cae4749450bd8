import Hourglass
import Testing

@testable import HourglassBenchmarks

/// What benchmarks of quality report beside their figures, and their baselines.
@Suite struct MeasurementTests {
  @Test func optionsThatDifferAreNamed() throws {
    let log = OptionLog()
    try log.add(
      request: #"{"task": "generate", "files": {"learnFrom": "a"}, "training": {"seed": 7}}"#
    )
    #expect(log.lines.isEmpty)
    let request = """
      {"task": "generate", "files": {"learnFrom": "a", "output": "b.csv", "first": 9}, "baselines": true,
       "options": {"latent": 50}, "training": {"minutes": 7.5, "seed": 7}, "computing": {"threads": 1}}
      """
    for _ in 0..<2 { try log.add(request: request) }
    log.add("by hand")
    #expect(
      log.lines == ["files.first: 9", "options.latent: 50", "training.minutes: 7.5", "by hand"]
    )
    #expect(throws: (any Error).self) {
      try log.add(request: #"{"task": "generate", "options": {"size": 1}}"#)
    }
  }

  /// What a task says of its data is read from its result: metrics by their names, `nil` where one is
  /// missing.
  @Test func evaluationsAreRead() throws {
    let text = """
      {"title": "3 rows", "split": "given", "itemCount": 3, "notes": [], "warnings": [], "tables": [
        {"title": "", "metrics": [
          {"name": "AUROC", "better": "higher", "format": {"fixed": 3}},
          {"name": "MSE", "better": "lower", "format": {"significant": 3}}
        ], "methods": [
          {"name": "autoencoder", "isBaseline": false, "values": {"AUROC": 0.9, "MSE": 0.25}},
          {"name": "PCA", "isBaseline": true, "values": {"AUROC": 0.75}}
        ]}
      ]}
      """
    let outcome = try TaskOutcome(
      #"{"evaluationOfData": \#(text), "seconds": {"learning": 2, "encoding": 0.5}}"#,
      task: "detect"
    )
    #expect(try outcome.evaluation?["MSE"] == 0.25)
    #expect(try outcome.baselines(["AUROC", "MSE"]).map(\.values) == [[0.75, nil]])
    #expect(outcome.trainingSeconds == 2 && outcome.workingSeconds == 2.5)
    let none = try TaskOutcome(#"{"answers": []}"#, task: "match find")
    #expect(try none.evaluation == nil && none.baselines(["MSE"]).isEmpty)
    #expect(none.trainingSeconds == nil)
  }

  /// Rows of x, 1 - x and x / 2, from which the first column is deleted in the last two.
  @Test func cellsAreFilledBySimplerMethods() {
    let xs = (0..<40).map { Double($0 % 20) / 20 }
    let values = xs.flatMap { [$0, 1 - $0, $0 / 2] }
    let deleted = values.indices.map { $0 % 3 == 0 && $0 / 3 >= 38 }
    let baselines = ImputationBaselines(
      values: values,
      width: 3,
      deleted: deleted,
      trained: 0..<40,
      filled: 30..<40
    )
    func cells(_ filled: [Double]) -> [Double] {
      #expect(filled.count == 30)
      #expect(
        zip(filled, values[90...]).enumerated().allSatisfy { place, pair in
          deleted[90 + place] || abs(pair.0 - pair.1) < 1e-6
        }
      )
      return [filled[24], filled[27]]
    }
    let known = xs[..<38].reduce(0, +) / 38
    for cell in cells(baselines.means()) { #expect(abs(cell - known) < 1e-6) }
    // One row is the same, at distance 0, and weighs all.
    for (cell, truth) in zip(cells(baselines.nearestRows()), [0.9, 0.95]) {
      #expect(abs(cell - truth) < 1e-3, "\(cell)")
    }
    for (cell, truth) in zip(cells(baselines.chainedRegression()), [0.9, 0.95]) {
      #expect(abs(cell - truth) < 5e-3, "\(cell)")
    }
  }

  @Test func columnsOfNumbersAreTaken() throws {
    let folder = try Folder()
    var text = "id,x,one,flag,word,y\n"
    for row in 1...30 {
      text +=
        "\(row),\(Double(row * 7 % 30) / 4),5,\(row % 2),w\(row % 3),\(row == 9 ? "" : "\(row % 20).5")\n"
    }
    try folder.write(text, to: "rows.csv")
    let numbers = try #require(try NumericColumns(folder.path("rows.csv"), limit: nil))
    // A number of the row, a constant and words are no measurements; the row that lacks a cell is left out.
    #expect(numbers.width == 3 && numbers.count == 29)
    #expect(numbers.values.min() == 0 && numbers.values.max() == 1)
    let none = [Bool](repeating: false, count: numbers.values.count)
    try numbers.write(0..<29, without: none, to: folder.path("whole.csv"))
    let table = try Table(contentsOf: folder.path("whole.csv"))
    #expect(table.columns.map(\.name) == ["x", "flag", "y"])
    // As a user's file: two values are no numbers.
    #expect(table.columns.map { "\($0.kind)" } == ["number", "boolean", "number"])
    let deleted = none.indices.map { $0 % 3 < 2 && $0 / 3 == 4 }
    let guessed = numbers.values.indices.map { deleted[$0] ? 0.25 : numbers.values[$0] }
    // The flag has two values and is not measured.
    let error = try #require(numbers.error(of: guessed, rows: 0..<29, deleted: deleted))
    #expect(abs(error - abs(numbers.values[12] - 0.25)) < 1e-12)
    #expect(numbers.error(of: guessed, rows: 0..<29, deleted: none) == nil)
    #expect(try NumericColumns(folder.path("rows.csv"), limit: 19) == nil)
  }
}
