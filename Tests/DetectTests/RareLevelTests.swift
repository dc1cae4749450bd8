import HourglassSystem
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassAutoencoders
@testable import HourglassData
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassTasksCommon

/// Categories many of whose levels occur once, such as remarks.
@Suite struct RareLevelTests {
  /// Customers with a remark; every fifth one has a remark of its own where `ownRemarks` is.
  private func customers(
    _ count: Int,
    ownRemarks: Bool,
    seed: UInt64,
    _ change: (inout [[Double]], inout [String]) -> Void = { _, _ in }
  ) -> Table {
    var generator = SeededGenerator(seed: seed)
    var numbers = (0..<3).map { _ in [Double]() }
    var remarks: [String] = []
    for row in 0..<count {
      let age = 40 + 10 * Double(generator.nextNormal())
      numbers[0].append(age)
      numbers[1].append(25 + 3 * Double(generator.nextNormal()))
      numbers[2].append(100 * age + 300 * Double(generator.nextNormal()))
      let stock = ["pays late", "pays early", "see file"][min(Int(3 * generator.nextUniform()), 2)]
      remarks.append(
        ownRemarks && generator.nextUniform() < 0.2 ? "moves in \(seed) \(row)" : stock
      )
    }
    change(&numbers, &remarks)
    let levels = Array(Set(remarks)).sorted()
    let places = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
    return Table(
      name: "customers",
      columns: zip(["age", "mass", "fee"], numbers).map { name, values in
        Table.Column(name: name, kind: .number, cells: .numbers(values, missing: []))
      } + [
        Table.Column(
          name: "remark",
          kind: .category,
          cells: .codes(remarks.map { places[$0] ?? -1 }, levels: levels)
        )
      ]
    )
  }

  private var detector: AnomalyDetector {
    AnomalyDetector(
      falseAlarmRate: 0.01,
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 10, seed: 1)
    )
  }

  /// Remarks that occur once were all that was reported; numbers far out of range were not.
  @Test func remarksThatOccurOnceAreNoAnomalies() async throws {
    let engine = smallEngine()
    let planted = [50, 100, 150]
    let table = customers(600, ownRemarks: true, seed: 1) { numbers, remarks in
      for (column, row) in planted.enumerated() {
        numbers[column][row] *= column == 1 ? 3 : 5
        remarks[row] = "pays late"
      }
    }
    let fitted = try await detector.fit(table, session: TrainingSession(engine: engine))
    let findings = try await fitted.findings(in: table, on: engine)
    #expect(planted.allSatisfy { findings.anomalies[$0] })
    let highest = findings.indices.sorted { findings.scores[$0] > findings.scores[$1] }
    #expect(Set(highest.prefix(3)) == Set(planted))
    // New rows with new remarks are as usual as the known ones.
    let new = customers(1_000, ownRemarks: true, seed: 2)
    let alarms = try await fitted.findings(in: new, on: engine)
    #expect(alarms.anomalyCount < 50, "\(alarms.anomalyCount) of 1,000")
    let ofRemarks = alarms.indices.filter { alarms.anomalies[$0] }
      .count { alarms[$0].reasons.first?.name == "remark" }
    #expect(2 * ofRemarks <= alarms.anomalyCount + 2, "\(ofRemarks) of \(alarms.anomalyCount)")
  }

  /// In a column of few levels one that occurs once, or never before, is an anomaly as before.
  @Test func aRareLevelAmongFrequentOnesIsAnAnomaly() async throws {
    let engine = smallEngine()
    let table = customers(600, ownRemarks: false, seed: 1) { _, remarks in
      remarks[70] = "wrong"
    }
    let fitted = try await detector.fit(table, session: TrainingSession(engine: engine))
    let findings = try await fitted.findings(in: table, on: engine)
    #expect(findings.anomalies[70] && findings[70].reasons.first?.name == "remark")
    let new = customers(200, ownRemarks: false, seed: 2) { _, remarks in
      for row in 0..<10 { remarks[row] = "never seen" }
    }
    let alarms = try await fitted.findings(in: new, on: engine)
    #expect((0..<10).allSatisfy { alarms.anomalies[$0] })
  }

  @Test func levelsOfOneRowArePooledWhereManyRowsHaveThem() throws {
    let many = customers(300, ownRemarks: true, seed: 3)
    let encoding = try TableEncoding(learning: many, rows: Array(0..<300), marksUnseen: true)
    let field = try #require(encoding.fields.last)
    guard case .levels(let levels, let rare) = field.content else {
      Issue.record("no levels")
      return
    }
    #expect(levels.sorted() == ["pays early", "pays late", "see file"] && rare.count > 30)
    #expect(field.unseenAreRare && field.unseenValue == nil && field.width == 4)
    // A level that no row has is one of them.
    let new = customers(1, ownRemarks: false, seed: 3) { _, remarks in remarks[0] = "new" }
    #expect(try Array(encoding.encoded(new).values.suffix(4)) == [0, 0, 0, 1])
    // What does not report anomalies keeps the levels apart.
    let plain = try TableEncoding(learning: many, rows: Array(0..<300))
    #expect(plain.fields.last?.unseenAreRare == false)
    #expect((plain.fields.last?.width ?? 0) > 30)
    // Four levels of one row, or fewer than one row in twenty, are unusual.
    #expect(!TableEncoding.singleLevelsAreUsual([10, 1, 1, 1, 1]))
    #expect(TableEncoding.singleLevelsAreUsual([10, 1, 1, 1, 1, 1]))
    #expect(!TableEncoding.singleLevelsAreUsual([96, 1, 1, 1, 1, 1]))
    #expect(TableEncoding.singleLevelsAreUsual([95, 1, 1, 1, 1, 1]))
  }

  /// -ln of the share of rows with a level at most twice as frequent, with one more row for the one that is scored.
  @Test func tailsOfLevelsAreSharesOfRowsWithLevelsAsRare() throws {
    let counts = [50, 30, 15, 4, 1]
    let codes = counts.enumerated().flatMap { Array(repeating: Int32($0), count: $1) }
    let table = Table(
      name: "levels",
      columns: [
        Table.Column(
          name: "level",
          kind: .category,
          cells: .codes(codes, levels: ["a", "b", "c", "d", "e"])
        )
      ]
    )
    let encoding = try TableEncoding(learning: table, rows: Array(0..<100), marksUnseen: true)
    let items = EncodedRows(try encoding.encoded(table))
    let tails = ColumnTails(RawRows(items, encoding), items, encoding)
    func part(_ level: Int, isOwn: Bool = false) -> Double {
      var parts = [0.0]
      var span = parts.mutableSpan
      let raw = (0..<6).map { $0 == level ? 1.0 : 0 }
      tails.measure(raw.span, isObserved: { _ in true }, isOwn: isOwn, into: &span)
      return parts[0]
    }
    // 50 and 30 are at most twice 30, 15 is at most twice 15, and so on; the last one was never seen.
    for (level, rows) in [100.0, 100, 50, 5, 1, 0].enumerated() {
      #expect(abs(part(level) + log((rows + 1) / 101)) < 1e-12, "level \(level)")
    }
    // Without itself a row of the third level has 14 rows of it, of the fourth 3, and of the fifth none.
    for (level, rows) in [99.0, 99, 19, 4, 0].enumerated() {
      #expect(abs(part(level, isOwn: true) + log((rows + 1) / 100)) < 1e-12, "level \(level)")
    }
  }
}
