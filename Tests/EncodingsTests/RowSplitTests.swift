import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings

@Suite struct RowSplitTests {
  private func series(rows: Int, window: Int, stride: Int) throws -> SeriesSet {
    func column(_ name: String, _ number: (Int) -> Double) -> Table.Column {
      let numbers = (0..<rows).map(number)
      return Table.Column(name: name, kind: .number, cells: .numbers(numbers, missing: []))
    }
    let table = Table(
      name: "wave.csv",
      columns: [column("time") { Double($0) }, column("value") { Double($0 % 17) }]
    )
    return try SeriesSet(
      table,
      options: SeriesOptions(timeColumn: "time", window: window, stride: stride)
    )
  }

  /// No time of a window that evaluates is in one that is trained on, however many windows overlap.
  @Test(arguments: [(4_000, 128, 1), (4_000, 128, 64), (1_200, 256, 2), (600, 16, 4)])
  func windowsThatEvaluatorShareNoTimeWithOthers(rows: Int, window: Int, stride: Int) throws {
    let set = try series(rows: rows, window: window, stride: stride)
    let split = RowSplit(RawItems.series(set), seed: 3)
    #expect(split.report.count >= set.count / 50)
    var evaluated = Set<Int>()
    for item in split.report { evaluated.formUnion(set.range(of: item)) }
    for item in split.seen { #expect(evaluated.isDisjoint(with: set.range(of: item))) }
    #expect(split.seen.count >= set.count / 3)
    #expect(Set(split.seen).isSuperset(of: split.training))
  }

  @Test func everyWindowOfAShortSeriesOverlaps() throws {
    let set = try series(rows: 300, window: 256, stride: 1)
    let split = RowSplit(RawItems.series(set), seed: 3)
    #expect(split.seen.count >= set.count / 3 && split.report.count >= set.count / 50)
  }
}
