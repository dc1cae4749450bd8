import Foundation
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassGenerate
@testable import HourglassTasksCommon

@Suite struct SynthesisConditionTests {
  private let engine = smallEngine()
  private let synthesizer = Synthesizer(
    architecture: .dense(hidden: [32], activation: .silu),
    learning: TrainingSettings(epochs: 5, seed: 3)
  )

  /// A summand may be a sum itself, in any order of the constraints.
  @Test func sumsOfSumsAddUp() throws {
    func column(_ name: String, _ numbers: [Double]) -> Table.Column {
      Table.Column(name: name, kind: .integer, cells: .numbers(numbers, missing: []), decimals: 0)
    }
    let table = Table(
      name: "bills.csv",
      columns: [
        column("price", [10, 20]), column("fee", [1, 2]), column("net", [0, 0]),
        column("tax", [3, 4]), column("total", [0, 0]),
      ]
    )
    func rules(_ texts: String...) throws -> [SynthesisConstraint] {
      try texts.map { try #require(SynthesisConstraint($0)) }
    }
    let kept = try rules("net + tax = total", "price + fee = net")
    let summed = ConstrainedRows(kept, ranges: [:]).summed(table)
    #expect((0..<2).map { summed[column: "net"]?.number($0) } == [11, 22])
    #expect((0..<2).map { summed[column: "total"]?.number($0) } == [14, 26])
    #expect(ConstrainedRows.unorderedSum(kept) == nil)
    // A circle, a sum of itself, and a column that two sums set.
    for (open, first) in try [
      (rules("price + fee = net", "net + tax = price"), 0), (rules("price + net = net"), 0),
      (rules("price + fee = net", "tax + fee = net"), 0),
    ] {
      #expect(ConstrainedRows.unorderedSum(open) == open[first])
    }
  }

  @Test func datesAreAskedForAsTheyAreWritten() async throws {
    var text = "day,amount\n"
    for row in 0..<300 { text += "2024-03-0\(1 + row % 5),\(row % 5 * 10 + row % 3)\n" }
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-days-\(UUID().uuidString).csv")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    let real = try Table(contentsOf: url.path)
    let fitted = try await synthesizer.fit(.table(real), session: TrainingSession(engine: engine))
    let made = try await fitted.table(
      6,
      where: [SynthesisCondition("day", is: "2024-03-04")],
      on: engine
    )
    #expect((0..<6).allSatisfy { made[column: "day"]?.text($0) == "2024-03-04" })
    for value in ["2025-01-01", "soon"] {
      await #expect(throws: HourglassError.self) {
        let condition = SynthesisCondition("day", is: value)
        _ = try await fitted.table(1, where: [condition], on: engine)
      }
    }
  }
}
