import Foundation
import HourglassEngines
import HourglassEvaluation
import HourglassModelFiles
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassGenerate
@testable import HourglassTasksCommon

/// Whether the times of generated windows suit what is in them.
@Suite struct SeriesTimesTests {
  private let engine = smallEngine()

  /// An hour of a day: nothing at night, most at noon.
  private static func usual(_ hour: Int) -> Double {
    (6..<20).contains(hour) ? 60 * sin(.pi * (Double(hour) - 5.5) / 14) : 0
  }

  private func hourly(days: Int) throws -> SeriesSet {
    var generator = SeededGenerator(seed: 8)
    var text = "time,people\n"
    for hour in 0..<24 * days {
      let (day, clock) = (hour / 24, hour % 24)
      let usual = Self.usual(clock)
      let people = usual > 0 ? max(usual + 5 * Double(generator.nextNormal()), 0).rounded() : 0
      let date = CalendarDay.date(of: 19_723 + day)
      text += String(
        format: "2024-%02d-%02d %02d:00,%d\n",
        date.month,
        date.day,
        clock,
        Int(people)
      )
    }
    let folder = try TemporaryFolder()
    return try SeriesSet(
      Table(contentsOf: folder.file(text, name: "hourly.csv")),
      options: SeriesOptions(timeColumn: "time", window: 24, stride: 12)
    )
  }

  /// Windows begin at midnight or at noon: half of them were put twelve hours too early or too late.
  @Test func generatedWindowsHaveTimesThatSuitTheirValues() async throws {
    let series = try hourly(days: 220)
    let fitted = try await Synthesizer(
      latent: 4,
      architecture: .dense(hidden: [32], activation: .silu),
      learning: TrainingSettings(epochs: 40, seed: 3)
    ).fit(.series(series), session: TrainingSession(engine: engine))
    guard case .table(let rows) = try await fitted.generated(80, seed: 5, on: engine) else {
      Issue.record("no rows were made")
      return
    }
    let made = rows.sample
    let (times, people) = (try #require(made[column: "time"]), try #require(made[column: "people"]))
    var hours = [[Double]](repeating: [], count: 24)
    for row in 0..<made.rowCount {
      let time = try #require(times.number(row))
      hours[Int(time / 3_600) % 24].append(try #require(people.number(row)))
    }
    // Windows of both beginnings came.
    let starts = Set((0..<80).compactMap { times.number($0 * 24).map { Int($0 / 3_600) % 24 } })
    #expect(starts == [0, 12])
    for (hour, values) in hours.enumerated() {
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(abs(mean - Self.usual(hour)) < 15, "\(hour):00: \(mean), not \(Self.usual(hour))")
    }
    // The evaluation sees it.
    let evaluation = try #require(fitted.evaluation)
    let metric = "difference by hour of the day"
    let own = try #require(evaluation["autoencoder", metric])
    #expect(own < 0.25)
    #expect(try 3 * own < #require(evaluation["the same windows at random times", metric]))
    let night = try #require(evaluation["02:00", "generated"])
    #expect(night < 8 && evaluation["02:00", "real"] == 0)
    // A model file keeps what times come from.
    let loaded = try FittedSynthesizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    guard case .table(let again) = try await loaded.generated(80, seed: 5, on: engine) else {
      Issue.record("no rows were made")
      return
    }
    #expect(again.sample == made)
  }

  @Test func placesOfCyclesAreThoseOfTheCalendar() {
    // 2024-02-29 was a Thursday; 23:30 UTC is the next day in a zone that is an hour ahead.
    let time = 1_709_249_400.0
    #expect(TimeCycle.hour.place(of: time, zone: 0) == 23)
    #expect(TimeCycle.hour.place(of: time, zone: 60) == 0)
    #expect(TimeCycle.weekday.names[TimeCycle.weekday.place(of: time, zone: 0)] == "Thursday")
    #expect(TimeCycle.weekday.names[TimeCycle.weekday.place(of: time, zone: 60)] == "Friday")
    #expect(TimeCycle.month.names[TimeCycle.month.place(of: time, zone: 0)] == "February")
    #expect(TimeCycle.month.names[TimeCycle.month.place(of: time, zone: 60)] == "March")
    // Before 1970.
    #expect(TimeCycle.weekday.names[TimeCycle.weekday.place(of: -1, zone: 0)] == "Wednesday")
    #expect(TimeCycle.hour.place(of: -1, zone: 0) == 23)
  }

  /// One window of each of 512 equal parts of the series, at a place of its own.
  @Test func windowsThatAreKeptHaveNoPeriod() {
    let chosen = SeriesBeginnings.chosen(from: Array(0..<1_024))
    #expect(chosen.count == 512)
    #expect(chosen.indices.allSatisfy { chosen[$0] / 2 == $0 })
    #expect((150...362).contains(chosen.count { $0 % 2 == 0 }))
    #expect(SeriesBeginnings.chosen(from: [3, 5]) == [3, 5])
  }
}
