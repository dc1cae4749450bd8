import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassGenerate
@testable import HourglassTasksCommon

/// Rows of a table by chains of trees.
@Suite struct TreeSynthesisTests {
  private let engine = smallEngine()
  private let session: TrainingSession

  init() { session = TrainingSession(engine: engine) }

  @Test func mixedTableKeepsTypesRangesAndMissingCells() async throws {
    let real = SynthesizerTests.mixedTable(1_500)
    let fitted = try await Synthesizer().fit(.table(real), session: session)
    #expect(fitted.modelType == .trees && fitted.latent == 0)
    let made = try await fitted.table(2_000, seed: 4, on: engine)
    #expect(TableValidity.problems(of: made, against: real).isEmpty)
    let age = try #require(made[column: "age"])
    let realRate = Double(real.missingCount) / 1_500
    #expect(abs(Double(age.missingCount) / 2_000 - realRate) < 0.05)
    let (income, paid) = (
      try #require(made[column: "income"]), try #require(made[column: "paid"])
    )
    #expect((0..<2_000).count { (income.number($0) == 0) == (paid.text($0) == "no") } > 1_950)
    let evaluation = try #require(fitted.evaluation)
    #expect(evaluation.verdict?.outcome == .better, "\(evaluation)")
    #expect(try #require(evaluation["worst pair"]) < #require(evaluation["pair trends"]))
    let detection = try #require(evaluation["detection AUROC"])
    #expect(detection < (try #require(evaluation["independent columns", "detection AUROC"])))
    // Rows that were trained on are no nearer to generated ones than others are.
    let membership = evaluation.tables.first {
      $0.metrics.contains { $0.name == "membership AUROC" }
    }
    let attack = try #require(membership?.methods.first)
    let interval = try #require(attack.intervals.first ?? nil)
    #expect(interval.contains(0.5), "\(evaluation)")
    // Fewer rows are the first of more, and a file gives the same rows.
    #expect(try await fitted.table(7, seed: 4, on: engine) == made.prefix(7))
    let loaded = try FittedSynthesizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.table(50, seed: 4, on: engine) == made.prefix(50))
  }

  /// A model that gives its training rows back, beside one that draws new ones.
  @Test func copiesAreFoundByMembershipInference() throws {
    var generator = SeededGenerator(seed: 7)
    let real = Table(
      name: "numbers",
      columns: (0..<4).map { place in
        let numbers = (0..<800).map { _ in Double(generator.nextNormal()) }
        return Table.Column(name: "x\(place)", kind: .number, cells: .numbers(numbers, missing: []))
      }
    )
    let (learned, held) = (real.rows(Array(0..<400)), real.rows(Array(400..<600)))
    let copies = try DistanceToClosestRecord(generated: learned, heldOut: held, learned: learned)
    let told = try #require(copies.membership)
    #expect(told.area > 0.9 && told.interval.lowerBound > 0.85, "\(told)")
    #expect(copies.generated.copies > 0.99)
    let others = try DistanceToClosestRecord(
      generated: real.rows(Array(600..<800)),
      heldOut: held,
      learned: learned
    )
    let untold = try #require(others.membership)
    #expect(untold.interval.contains(0.5) && untold.interval.upperBound < 0.7, "\(untold)")
  }

  /// A combination that no training row has is made, and named; rows that meet it differ.
  @Test func improbableCombinationsAreNamed() async throws {
    var generator = SeededGenerator(seed: 5)
    let draws = (0..<600).map { _ in Double(generator.nextUniform()) }
    func column(_ name: String, _ levels: [String], _ code: (Double) -> Int32) -> Table.Column {
      Table.Column(name: name, kind: .category, cells: .codes(draws.map(code), levels: levels))
    }
    let real = Table(
      name: "birds",
      columns: [
        // Of the first kind none is on the second island.
        column("kind", ["tall", "small", "gray"]) { $0 < 0.4 ? 0 : $0 < 0.7 ? 1 : 2 },
        column("island", ["west", "east"]) { $0 < 0.55 ? 0 : 1 },
        Table.Column(
          name: "mass",
          kind: .number,
          cells: .numbers((0..<600).map { _ in Double(generator.nextNormal()) }, missing: [])
        ),
      ]
    )
    let fitted = try await Synthesizer().fit(.table(real), session: session)
    let never = [SynthesisCondition("kind", is: "tall"), SynthesisCondition("island", is: "east")]
    let made = try await fitted.demanded(60, where: never, on: engine)
    #expect(made.improbable.count == 1, "\(made.improbable)")
    #expect(
      made.improbable.first?.hasPrefix("rows with kind = tall, island = east may not") == true
    )
    #expect((0..<60).allSatisfy { row in never.allSatisfy { $0.holds(in: made.table, row) } })
    let masses = Set((0..<60).compactMap { made.table[column: "mass"]?.number($0) })
    #expect(masses.count > 50 && made.warnings.isEmpty)
    let usual = [SynthesisCondition("kind", is: "tall"), SynthesisCondition("island", is: "west")]
    let other = try await fitted.demanded(60, where: usual, on: engine)
    #expect(other.improbable.isEmpty && other.warnings.isEmpty)
  }

  /// Rows that are given block by block are those that are made at once.
  @Test func blocksHaveTheSameRows() async throws {
    let real = SynthesizerTests.mixedTable(400)
    for model in [Synthesizer.ModelType.trees, .vae] {
      let fitted = try await Synthesizer(
        modelType: model,
        architecture: model == .vae ? .dense(hidden: [16], activation: .silu) : nil,
        learning: TrainingSettings(epochs: model == .vae ? 2 : nil, seed: 3)
      ).fit(.table(real), session: session)
      let whole = try await fitted.table(5_000, seed: 4, on: engine)
      var (start, counts) = (0, [Int]())
      try await fitted.forEachBlock(5_000, seed: 4, on: engine) { rows, made in
        for column in rows.columns {
          let other = try #require(whole[column: column.name])
          #expect(
            (0..<rows.rowCount).allSatisfy { column.text($0) == other.text(start + $0) },
            "\(column.name) from \(start) on"
          )
        }
        start += rows.rowCount
        counts.append(made)
      }
      #expect(start == 5_000 && counts.count > 1 && counts.last == 5_000)
    }
    let fitted = try await Synthesizer().fit(.table(real), session: session)
    await #expect {
      _ = try await fitted.generated(.max, on: engine)
    } throws: { error in
      if case HourglassError.application(.invalidSetting) = error { true } else { false }
    }
  }

  @Test func cellsAreAskedForWithoutRejection() async throws {
    let real = SynthesizerTests.mixedTable(1_000)
    let fitted = try await Synthesizer().fit(.table(real), session: session)
    // One row of a thousand.
    let rare = try #require(real[column: "income"]?.text(1))
    let made = try await fitted.table(
      30,
      where: [SynthesisCondition("income", is: rare), SynthesisCondition("job", is: "clerk")],
      on: engine
    )
    let (income, job) = (try #require(made[column: "income"]), try #require(made[column: "job"]))
    #expect((0..<30).allSatisfy { income.text($0) == rare && job.text($0) == "clerk" })
    let rules = try ["age > 21.5", "age <= 30", "income >= age"].map {
      try #require(SynthesisConstraint($0))
    }
    let kept = try await fitted.table(40, keeping: rules, balancing: "job", on: engine)
    let (age, pay) = (try #require(kept[column: "age"]), try #require(kept[column: "income"]))
    for row in 0..<40 where !age.isMissing(row) {
      let number = try #require(age.number(row))
      #expect(number >= 22 && number <= 30 && number == number.rounded())
      #expect(try #require(pay.number(row)) >= number)
    }
    let jobs = try #require(kept[column: "job"])
    for name in ["baker", "clerk", "evaluator"] {
      #expect((13...14).contains((0..<40).count { jobs.text($0) == name }))
    }
    let missing = try await fitted.table(
      9,
      where: [SynthesisCondition("age", is: "")],
      on: engine
    )
    #expect(missing[column: "age"]?.missingCount == 9)
    await #expect {
      // Between the numbers of the column, on no grid of it.
      let never = [SynthesisCondition("income", is: "0.0051")]
      _ = try await fitted.table(5, where: never, on: engine)
    } throws: { error in
      if case HourglassError.application(.valueTooRare) = error { true } else { false }
    }
  }

  @Test func settingsOfANetworkTakeANetwork() async throws {
    let real = Dataset.table(SynthesizerTests.mixedTable(300))
    let vae = try await Synthesizer(
      modelType: .vae,
      architecture: .dense(hidden: [16], activation: .silu),
      learning: TrainingSettings(epochs: 2)
    ).fit(real, session: session)
    #expect(vae.modelType == .vae && vae.latent > 0)
    #expect(vae.evaluation?["trees", "pair trends"] != nil)
    await #expect(throws: HourglassError.self) {
      _ = try await Synthesizer(modelType: .trees, latent: 2).fit(real, session: session)
    }
    let trees = try await Synthesizer().fit(real, session: session)
    await #expect(throws: HourglassError.self) {
      _ = try await trees.reconstruction(of: real, on: engine)
    }
    await #expect(throws: HourglassError.self) {
      _ = try await trees.lattice(3, on: engine)
    }
    let images = try LawData.images()
    await #expect(throws: HourglassError.self) {
      _ = try await Synthesizer(modelType: .trees).fit(images, session: session)
    }
  }
}
