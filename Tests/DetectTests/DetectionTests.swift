import HourglassEngines
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassDetect
@testable import HourglassEncodings
@testable import HourglassEvaluation
@testable import HourglassStatistics
@testable import HourglassTasksCommon

/// A detector that learns quickly.
private func quickDetector(
  rate: Double = 0.05,
  learned: AnomalyDetector.LearnedItems? = nil
) -> AnomalyDetector {
  AnomalyDetector(
    falseAlarmRate: rate,
    learned: learned,
    architecture: .dense(hidden: [24], activation: .silu),
    learning: TrainingSettings(epochs: 12, seed: 3)
  )
}

@Suite struct DetectionTests {
  @Test func partsAddUpToTheScore() async throws {
    let engine = smallEngine()
    let rows = curvedRows(200)
    let missing: Set<Int> = [3, 17, 40, 805, 1_001]
    let table = numberTable(rows, missing: missing)
    let fitted = try await quickDetector().fit(table, session: TrainingSession(engine: engine))
    let findings = try await fitted.findings(in: table, on: engine)
    let width = findings.fieldNames.count
    for row in 0..<200 {
      let parts = findings.parts[row * width..<(row + 1) * width]
      #expect(parts.reduce(0.0) { $0 + Double($1) } == findings.scores[row])
      let reasons = findings.reasons(row, limit: width)
      #expect(zip(reasons, reasons.dropFirst()).allSatisfy { $0.part >= $1.part })
    }
    // The network says nothing of a cell that is missing; that it is missing is a reason of its own.
    var alone = quickDetector()
    alone.references = 0
    let reconstructing = try await alone.fit(table, session: TrainingSession(engine: engine))
    let losses = try await reconstructing.findings(in: table, on: engine)
    for place in missing {
      #expect(losses.parts[place] == 0)
      #expect(findings.parts[place] > 0)
    }
    let mixed = try await quickDetector(learned: .mixed)
      .fit(table, session: TrainingSession(engine: engine))
    let others = try await mixed.findings(in: table, on: engine)
    for row in 0..<200 {
      let parts = others.parts[row * width..<(row + 1) * width]
      #expect(parts.reduce(0.0) { $0 + Double($1) } == others.scores[row])
    }
  }

  /// The parts of a date are one reason.
  @Test func datesAreOneReason() async throws {
    let engine = smallEngine()
    let data = LawData.table()
    let fitted = try await quickDetector().fit(data, session: TrainingSession(engine: engine))
    let findings = try await fitted.findings(in: data, on: engine)
    #expect(findings.fieldNames == ["x", "y", "twice", "half", "size", "since"])
    for row in findings.indices {
      let parts = findings.parts[row * 6..<(row + 1) * 6]
      #expect(parts.reduce(0.0) { $0 + Double($1) } == findings.scores[row])
    }
  }

  /// A sixth of the rows trained on is odd, four of them alike each time: who takes all rows for normal
  /// finds a normal row near each of these.
  @Test func anomaliesAmongTheRowsTrainedOnAreFound() async throws {
    let engine = smallEngine()
    var rows = curvedRows(480)
    var generator = SeededGenerator(seed: 8)
    for clump in 0..<20 {
      let place = (0..<8).map { _ in 8 * generator.nextUniform() - 4 }
      for row in 24 * clump..<24 * clump + 4 {
        for column in 0..<8 {
          rows[flat: row * 8 + column] = place[column] + 0.01 * generator.nextNormal()
        }
      }
    }
    let odd = (0..<480).map { $0 % 24 < 4 }
    let table = numberTable(rows)
    var areas: [Double] = []
    for learned in [AnomalyDetector.LearnedItems.mixed, .normal] {
      let fitted = try await quickDetector(learned: learned)
        .fit(table, session: TrainingSession(engine: engine))
      let scores = try await fitted.findings(in: table, on: engine).scores
      areas.append(try #require(RankMetrics.areaUnderROC(scores: scores, positives: odd)))
      let again = try FittedAnomalyDetector(
        ModelFile(bytes: try fitted.bytes(), path: "model")
      )
      #expect(try await again.findings(in: table, on: engine).scores == scores)
    }
    #expect(areas[0] > 0.95 && areas[0] > areas[1], "\(areas)")
  }

  /// A row that was trained on is no more usual than a new one like it.
  @Test func rowsThatWereTrainedOnAreNotTheirOwnNeighbors() async throws {
    let engine = smallEngine()
    var rows = curvedRows(600)
    rows[flat: 17 * 8 + 2] = 40
    let learned = numberTable(rows)
    let fitted = try await quickDetector().fit(learned, session: TrainingSession(engine: engine))
    let own = try await fitted.findings(in: learned, on: engine)
    let new = try await fitted.findings(in: numberTable(curvedRows(600, seed: 5)), on: engine)
    let area = RankMetrics.areaUnderROC(
      scores: own.scores + new.scores,
      positives: own.scores.map { _ in false } + new.scores.map { _ in true }
    )
    #expect(abs(try #require(area) - 0.5) < 0.1, "\(area ?? 0)")
    // Anomalies among the training rows are found there.
    #expect(own.scores.indices.max { own.scores[$0] < own.scores[$1] } == 17)
    #expect(own.anomalies[17])
  }

  @Test func aPlantedCellIsTheReason() async throws {
    let engine = smallEngine()
    let fitted = try await quickDetector()
      .fit(numberTable(curvedRows(400)), session: TrainingSession(engine: engine))
    var row = curvedRows(1, seed: 9)
    row[flat: 5] = 9
    let finding = try await fitted.findings(in: numberTable(row), on: engine)[0]
    #expect(finding.isAnomaly)
    #expect(finding.reasons.first?.name == "x5")
    #expect(finding.pValue == fitted.calibration.smallestPValue)
  }

  @Test func theNearestNormalRowShowsWhatACellShouldBe() async throws {
    let engine = smallEngine()
    let normal = curvedRows(400)
    let fitted = try await quickDetector()
      .fit(numberTable(normal), session: TrainingSession(engine: engine))
    var row = curvedRows(1, seed: 9)
    row[flat: 5] = 9
    let nearest = try #require(
      try await fitted.nearestNormalRows(to: numberTable(row), on: engine)
    )
    #expect(nearest.rowCount == 1 && nearest.columns.count == 8)
    let highest = (0..<400).map { Double(normal[flat: $0 * 8 + 5]) }.max() ?? 0
    #expect(try #require(nearest[column: "x5"]?.number(0)) <= highest + 1e-3)
    // It is one of the normal rows, up to the rounding of its encoding.
    let cells = nearest.columns.compactMap { $0.number(0) }
    let distances = (0..<400).map { row in
      cells.indices.map { abs(cells[$0] - Double(normal[flat: row * 8 + $0])) }.max() ?? 9
    }
    #expect(try #require(distances.min()) < 1e-3)
    let again = try await fitted.nearestNormalRows(to: numberTable(normal), on: engine)
    #expect(again?.rowCount == 400)
  }

  private func findings(_ pValues: [Double]) -> Findings {
    Findings(
      scores: pValues.map { 1 / $0 },
      pValues: pValues,
      anomalies: pValues.map { _ in false },
      fieldNames: [],
      parts: [],
      items: nil
    )
  }

  /// The fifteen p-values and the four discoveries of the paper of Benjamini and Hochberg, section 4.1.
  @Test func discoveriesAreThoseOfThePaper() {
    let pValues = [
      0.4262, 0.0001, 0.0019, 0.0201, 0.0278, 0.0298, 0.0095, 0.0459, 0.0344, 0.3240, 0.5719,
      0.6528, 0.0004, 0.7590, 1.0,
    ]
    let chosen = findings(pValues).limiting(falseDiscoveryRate: 0.05)
    #expect(chosen.indices.filter { chosen.anomalies[$0] } == [1, 2, 6, 12])
    #expect(chosen.scores == pValues.map { 1 / $0 })
    #expect(findings([0.5, 0.9]).limiting(falseDiscoveryRate: 0.05).anomalyCount == 0)
    #expect(findings([0.02, 0.05]).limiting(falseDiscoveryRate: 0.05).anomalyCount == 2)
    #expect(findings([]).limiting(falseDiscoveryRate: 0.05).anomalyCount == 0)
  }

  @Test func driftIsDistinguishedFromSingleAnomalies() {
    var generator = SeededGenerator(seed: 2)
    func drift(_ p: (Double) -> Double) -> ScoreDrift {
      var drift = ScoreDrift(calibrationCount: 2_000)
      for _ in 0..<40 { drift.take((0..<50).map { _ in p(Double(generator.nextUniform())) }) }
      return drift
    }
    #expect(ScoreDrift(calibrationCount: 9).lowerShare == nil)
    let usual = drift { $0 }
    #expect(!usual.isFound && abs((usual.lowerShare ?? 0) - 0.5) < 0.08)
    // A third of the items are anomalies, and the others as ever.
    #expect(!drift { $0 < 1.0 / 3 ? 0.001 : ($0 - 1.0 / 3) * 1.5 }.isFound)
    let moved = drift { $0 * $0 * $0 }
    #expect(moved.isFound && (moved.lowerShare ?? 0) > 0.6)
    #expect(!drift { $0.squareRoot() }.isFound)
    // Where nearly all are alarms there are no others to look at.
    let gone = drift { _ in 0.001 }
    #expect(gone.isFound && gone.alarmShare == 1 && gone.lowerShare == nil)
  }

  /// Rows of which one value is far from all others, by their labels.
  @Test func labelsGiveAVerdict() async throws {
    let engine = smallEngine()
    let fitted = try await quickDetector()
      .fit(numberTable(curvedRows(400)), session: TrainingSession(engine: engine))
    let own = try #require(fitted.evaluation)
    #expect(
      own.title == "Validation: 400 rows, each scored without itself, 5 % false alarms requested"
    )
    #expect(try #require(own["false-alarm rate"]) < 0.2)
    #expect(own.verdict?.description.hasPrefix("No verdict: without labels") == true)
    var rows = curvedRows(200, seed: 9)
    for row in 0..<20 { rows[flat: row * 8 + row % 8] += 3 }
    let data = Dataset.table(numberTable(rows))
    let labels = (0..<200).map { $0 < 20 }
    let findings = try await fitted.findings(in: data, on: engine)
    let evaluation = try #require(
      try await fitted.evaluate(findings, of: data, labels: labels, on: engine)
    )
    #expect(evaluation.title == "Evaluation: 200 rows of rows, 20 labeled as anomalies")
    let area = try #require(RankMetrics.areaUnderROC(scores: findings.scores, positives: labels))
    #expect(evaluation["AUROC"] == area)
    let found = Double((0..<20).count { findings.anomalies[$0] }) / 20
    #expect(evaluation["recall"] == found)
    let verdict = try #require(evaluation.verdict)
    let best = try #require(evaluation[verdict.baseline, "AUROC"])
    #expect(abs(try #require(verdict.advantage) - (area - best)) < 1e-12)
    let alike = [Bool](repeating: false, count: 200)
    #expect(try await fitted.evaluate(findings, of: data, labels: alike, on: engine) == nil)
  }

  @Test func theRateCanBeChangedAfterLearning() async throws {
    let engine = smallEngine()
    let table = numberTable(curvedRows(300))
    let fitted = try await quickDetector(rate: 0.02)
      .fit(table, session: TrainingSession(engine: engine))
    let looser = try fitted.with(falseAlarmRate: 0.3)
    #expect(looser.threshold < fitted.threshold)
    let before = try await fitted.findings(in: table, on: engine)
    let after = try await looser.findings(in: table, on: engine)
    #expect(before.scores == after.scores)
    #expect(before.anomalyCount < after.anomalyCount)
    for finding in after { #expect(finding.isAnomaly == (finding.pValue <= 0.3)) }
    #expect(throws: HourglassError.self) { try fitted.with(falseAlarmRate: 1) }
    let loaded = try FittedAnomalyDetector(ModelFile(bytes: looser.bytes(), path: "model"))
    #expect(loaded.threshold == looser.threshold)
    #expect(loaded.evaluation == fitted.evaluation)
  }

  @Test func aPulseInASeriesIsFoundInItsPlace() async throws {
    let engine = smallEngine()
    func series(pulse: Range<Int>?) throws -> SeriesSet {
      var generator = SeededGenerator(seed: 4)
      let values = (0..<1_200).map { step -> Double in
        let wave = Double((step % 24) - 12) * Double((step % 24) - 12) / 72
        return wave + 0.05 * Double(generator.nextNormal())
          + (pulse?.contains(step) == true ? 2.5 : 0)
      }
      let table = Table(
        name: "waves",
        columns: [
          Table.Column(
            name: "time",
            kind: .identifier,
            cells: .numbers((0..<1_200).map(Double.init), missing: [])
          ),
          Table.Column(name: "level", kind: .number, cells: .numbers(values, missing: [])),
        ]
      )
      return try SeriesSet(table, options: SeriesOptions(timeColumn: "time", window: 32, stride: 8))
    }
    let fitted = try await quickDetector(rate: 0.02)
      .fit(.series(series(pulse: nil)), session: TrainingSession(engine: engine))
    let data = try series(pulse: 700..<712)
    let findings = try await fitted.findings(in: .series(data), on: engine)
    #expect(findings.count == 1_200)
    let top = try #require(fitted.ranges(of: findings, in: data).first)
    #expect(top.rows.overlaps(700...711))
    #expect(top.rows.count < 60)
    #expect(top.channel == "level")
  }

  @Test func dataOfAnotherKindAreRefused() async throws {
    let engine = smallEngine()
    let fitted = try await quickDetector()
      .fit(numberTable(curvedRows(60)), session: TrainingSession(engine: engine))
    let images = ImageSet(try NumericDataset(name: "spots", images: spots(3)))
    await #expect(throws: HourglassError.self) {
      try await fitted.findings(in: .images(images), on: engine)
    }
  }
}

@Suite struct ConformalCalibrationTests {
  @Test func pValuesAreRanksAmongTheHeldOut() {
    let calibration = ConformalCalibration([4, 1, 3, 2])
    #expect(calibration.pValue(5) == 1.0 / 5)
    #expect(calibration.pValue(4) == 2.0 / 5)
    #expect(calibration.pValue(2.5) == 3.0 / 5)
    #expect(calibration.pValue(0) == 1)
  }

  @Test(arguments: [0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 0.9])
  func theThresholdAgreesWithThePValues(rate: Double) {
    var generator = SeededGenerator(seed: 5)
    let calibration = ConformalCalibration((0..<199).map { _ in Double(generator.nextUniform()) })
    let threshold = calibration.threshold(falseAlarmRate: rate)
    for score in calibration.scores + [-1, 0.5, 2] {
      #expect((score > threshold) == (calibration.pValue(score) <= rate))
    }
  }

  /// Twelve scores of which four are independent, as times in blocks of three are.
  @Test(arguments: [0.1, 0.2, 0.3, 0.4, 0.6, 0.9])
  func itemsOfABlockCountAsOne(rate: Double) {
    let calibration = ConformalCalibration((1...12).map(Double.init), independentCount: 4)
    #expect(calibration.smallestPValue == 0.2 && calibration.pValue(13) == 0.2)
    #expect(abs(calibration.pValue(10) - 0.4) < 1e-12)
    #expect(calibration.isTooFew(forRate: rate) == (rate < 0.2))
    let threshold = calibration.threshold(falseAlarmRate: rate)
    for score in stride(from: 0, through: 13, by: 0.5) {
      #expect((score > threshold) == (calibration.pValue(score) <= rate + 1e-9))
    }
    let nothing = ConformalCalibration([1, 2, 3], independentCount: 0)
    #expect(nothing.isTooFew(forRate: 0.99) && nothing.threshold(falseAlarmRate: 0.99) == .infinity)
  }

  @Test func aRateThatIsTooSmallFindsNothing() {
    let calibration = ConformalCalibration([1, 2, 3])
    #expect(calibration.threshold(falseAlarmRate: 0.2) == .infinity)
    #expect(calibration.threshold(falseAlarmRate: 0.25) == 3)
  }

  /// Over many draws the share of false alarms is the rate that was asked for, and not above it.
  @Test func falseAlarmsKeepTheRate() {
    var generator = SeededGenerator(seed: 6)
    var alarms = 0
    for _ in 0..<400 {
      let calibration = ConformalCalibration((0..<99).map { _ in Double(generator.nextNormal()) })
      let threshold = calibration.threshold(falseAlarmRate: 0.1)
      alarms += (0..<50).count { _ in Double(generator.nextNormal()) > threshold }
    }
    #expect(abs(Double(alarms) / 20_000 - 0.1) < 0.01)
  }
}

@Suite struct RankMetricsTests {
  @Test func areaAndPrecisionOfAKnownOrder() throws {
    // By scikit-learn 1.7: roc_auc_score 0.75, average_precision_score 0.8333333333333333.
    let scores = [0.1, 0.4, 0.35, 0.8]
    let positives = [false, false, true, true]
    #expect(RankMetrics.areaUnderROC(scores: scores, positives: positives) == 0.75)
    let precision = try #require(
      RankMetrics.averagePrecision(scores: scores, positives: positives)
    )
    #expect(abs(precision - 5.0 / 6) < 1e-12)
  }

  /// The area under the curve of draws is that of the drawn items.
  @Test func areasOfDrawsAreThoseOfTheirItems() {
    var generator = SeededGenerator(seed: 7)
    let scores = (0..<60).map { _ in Double(Int.random(in: 0..<12, using: &generator)) }
    let positives = (0..<60).map { $0 % 3 == 0 }
    let ranked = RankedScores(scores: scores, positives: positives)
    for _ in 0..<5 {
      let places = (0..<60).map { _ in Int.random(in: 0..<60, using: &generator) }
      var (right, pairs) = (0.0, 0.0)
      for a in places where positives[a] {
        for b in places where !positives[b] {
          pairs += 1
          right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
        }
      }
      #expect(abs((ranked.areaUnderROC(of: places) ?? 0) - right / pairs) < 1e-12)
    }
  }

  @Test func equalScoresCountForAHalf() {
    let positives = [true, false, true, false]
    #expect(RankMetrics.areaUnderROC(scores: [1, 1, 1, 1], positives: positives) == 0.5)
    #expect(RankMetrics.averagePrecision(scores: [1, 1, 1, 1], positives: positives) == 0.5)
    #expect(RankMetrics.areaUnderROC(scores: [1], positives: [true]) == nil)
    #expect(RankMetrics.averagePrecision(scores: [1], positives: [false]) == nil)
  }
}
