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
    let told = "training rows told from held-out rows"
    #expect((0.3...0.8).contains(try #require(evaluation[told, "membership AUROC"])))
    // Fewer rows are the first of more, and a file gives the same rows.
    #expect(try await fitted.table(7, seed: 4, on: engine) == made.prefix(7))
    let loaded = try FittedSynthesizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(try await loaded.table(50, seed: 4, on: engine) == made.prefix(50))
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
