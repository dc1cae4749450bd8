import Foundation
import HourglassData
import HourglassEncodings
import HourglassImpute
import HourglassModelFiles
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// Times of day are places on a circle, and dates lie on the grid of their column.
@Suite struct TimeOfDayTests {
  private let engine = smallEngine()

  private func table(_ text: String) async throws -> Table {
    try await withFolder { folder in
      let path = folder + "/times.csv"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return try Table(contentsOf: path)
    }
  }

  private func clock(_ minutes: Int) -> String {
    let (hour, minute) = (minutes / 60 % 24, minutes % 60)
    return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
  }

  private static let imputer = Imputer(
    members: 1,
    learning: TrainingSettings(epochs: 30, earlyStopping: nil, seed: 1)
  )

  @Test func anEndIsAnHourAfterItsStartAllAroundTheClock() async throws {
    var generator = SeededGenerator.named("starts", seed: 4)
    let starts = (0..<300).map { _ in Int.random(in: 0..<96, using: &generator) * 15 }
    let rows = starts.enumerated().map { row, start in
      "\(clock(start)),\(row % 9 == 4 ? "" : clock(start + 60)),\("ABC".dropFirst(row % 3).prefix(1))"
    }
    let table = try await table("start,end,room\n" + rows.joined(separator: "\n") + "\n")
    let fitted = try await Self.imputer.fit(
      .table(table),
      session: TrainingSession(engine: engine)
    )
    let filled = try await fitted.filled(table, on: engine)
    let end = try #require(filled[column: "end"])
    for row in 0..<300 {
      let time = try #require(end.number(row)) / 60
      let off = (time - Double(starts[row] + 60)).remainder(dividingBy: 1_440)
      #expect(abs(off) <= 30)
    }
    withKnownIssue(
      "the network and the nearest rows still move some by a quarter",
      isIntermittent: true
    ) {
      for row in 0..<300 { #expect(end.text(row) == clock(starts[row] + 60)) }
    }
    let again = try FittedImputer(ModelFile(bytes: try fitted.bytes(), path: "model"))
    #expect(try await again.filled(table, on: engine) == filled)
    let intervals = try await fitted.intervals(of: .table(table), on: engine)
    #expect(intervals.count == table.missingCount)
    #expect(intervals.allSatisfy { $0.lowest != nil && $0.highest != nil && $0.levels.isEmpty })
    let draws = try await fitted.draws(of: table, count: 2, on: engine)
    #expect(draws.allSatisfy { $0.missingCount == 0 })
  }

  @Test func filledDatesLieOnTheirGrid() async throws {
    let rows = (0..<120).map { row in
      let week = row * 7 % 50
      let monday = 19_723 + 7 * week  // 1 January 2024 is a Monday.
      let date = CalendarDay.date(of: monday)
      let day =
        "\(date.year)-\(date.month < 10 ? "0" : "")\(date.month)-\(date.day < 10 ? "0" : "")\(date.day)"
      let quarter = clock(week * 15 + 480)
      return "\(row % 7 == 3 ? "" : day),\(row % 5 == 2 ? "" : quarter),\(week + row % 3)"
    }
    let table = try await table("monday,at,size\n" + rows.joined(separator: "\n") + "\n")
    let fitted = try await Self.imputer.fit(
      .table(table),
      session: TrainingSession(engine: engine)
    )
    let filled = try await fitted.filled(table, on: engine)
    #expect(filled.missingCount == 0)
    for row in 0..<120 {
      let monday = try #require(filled[column: "monday"]?.number(row)) / 86_400
      #expect((monday - 19_723).truncatingRemainder(dividingBy: 7) == 0)
      let time = try #require(filled[column: "at"]?.number(row))
      #expect(time.truncatingRemainder(dividingBy: 900) == 0 && (0..<86_400).contains(time))
    }
  }
}
