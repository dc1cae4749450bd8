import HourglassEngines
import HourglassEvaluation
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassGenerate
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct SynthesizerTests {
  private let engine = smallEngine()

  private func quick(_ epochs: Int, latent: Int? = nil) -> Synthesizer {
    Synthesizer(
      latent: latent,
      architecture: .dense(hidden: [32], activation: .silu),
      learning: TrainingSettings(epochs: epochs, seed: 3)
    )
  }

  /// A table of every kind of column, with spikes and missing cells that depend on a category.
  static func mixedTable(_ count: Int) -> Table {
    var generator = SeededGenerator(seed: 9)
    var (ages, incomes, jobs, isPaid) = ([Double](), [Double](), [Int32](), [Int32]())
    var missing: [Bool] = []
    for _ in 0..<count {
      let job = Int32(generator.nextUniform() * 3)
      ages.append((20 + 15 * Double(job) + 4 * Double(generator.nextNormal())).rounded())
      let isZero = generator.nextUniform() < 0.5
      let income = 100 * Double(job + 1) + 20 * Double(generator.nextNormal())
      incomes.append(isZero ? 0 : (income * 100).rounded() / 100)
      missing.append(job == 2 && generator.nextUniform() < 0.6)
      jobs.append(job)
      isPaid.append(isZero ? 0 : 1)
    }
    for row in missing.indices where missing[row] { ages[row] = 0 }
    return Table(
      name: "people.csv",
      columns: [
        Table.Column(name: "age", kind: .integer, cells: .numbers(ages, missing: missing)),
        Table.Column(
          name: "income",
          kind: .number,
          cells: .numbers(incomes, missing: []),
          decimals: 2,
          hasFixedDecimals: true
        ),
        Table.Column(
          name: "job",
          kind: .category,
          cells: .codes(jobs, levels: ["baker", "clerk", "evaluator"])
        ),
        Table.Column(name: "paid", kind: .boolean, cells: .codes(isPaid, levels: ["no", "yes"])),
        Table.Column(
          name: "land",
          kind: .constant,
          cells: .codes(jobs.map { _ in 0 }, levels: ["CH"])
        ),
        Table.Column(
          name: "serial",
          kind: .identifier,
          cells: .texts((0..<count).map { "x\($0)" })
        ),
      ]
    )
  }

  // MARK: The laws

  private static func table(_ rows: Tensor) -> Table {
    let (count, width) = (rows.shape[0], rows.shape[1])
    return Table(
      name: "rows",
      columns: (0..<width).map { column in
        Table.Column(
          name: "c\(column)",
          kind: .number,
          cells: .numbers(
            (0..<count).map { Double(rows.scalars[$0 * width + column]) },
            missing: []
          )
        )
      }
    )
  }

  // MARK: Tables

  @Test func mixedTableKeepsTypesRangesAndMissingCells() async throws {
    let real = Self.mixedTable(1_500)
    let fitted = try await quick(30).fit(.table(real), session: TrainingSession(engine: engine))
    let made = try await fitted.table(2_000, seed: 4, on: engine)
    #expect(TableValidity.problems(of: made, against: real).isEmpty)
    #expect(made.rowCount == 2_000)
    // Missing cells at their rate, and with the category that they come with.
    let age = try #require(made[column: "age"])
    let job = try #require(made[column: "job"])
    let realRate = Double(real.missingCount) / 1_500
    #expect(abs(Double(age.missingCount) / 2_000 - realRate) < 0.06)
    let isMissing = (0..<2_000).filter { age.isMissing($0) }
    #expect(isMissing.count { job.text($0) == "evaluator" } * 10 > isMissing.count * 8)
    // The spike at zero depends on the column that determines it.
    let income = try #require(made[column: "income"])
    let paid = try #require(made[column: "paid"])
    let agreeing = (0..<2_000).count { (income.number($0) == 0) == (paid.text($0) == "no") }
    #expect(agreeing > 1_800)
    let evaluation = try #require(fitted.evaluation)
    #expect(!evaluation.warnings.contains { $0.contains("invalid generated cells") })
    let trends = try #require(evaluation["pair trends"])
    #expect(trends > (try #require(evaluation["independent columns", "pair trends"])))
    #expect(try #require(evaluation["column shapes"]) > 0.85)
    #expect(evaluation.verdict?.outcome == .better, "\(evaluation)")
    #expect(evaluation["generated rows", "closer to training"] != nil)
  }

  @Test func fewerRowsAreTheFirstOfMore() async throws {
    let real = Self.mixedTable(200)
    let fitted = try await quick(3).fit(.table(real), session: TrainingSession(engine: engine))
    let many = try await fitted.table(40, seed: 4, on: engine)
    #expect(try await fitted.table(7, seed: 4, on: engine) == many.prefix(7))
    #expect(try await fitted.table(7, seed: 5, on: engine) != many.prefix(7))
  }

  @Test func conditionsAreMetOrSaidToBeImpossible() async throws {
    let real = Self.mixedTable(600)
    let fitted = try await quick(10).fit(.table(real), session: TrainingSession(engine: engine))
    let conditions = [
      SynthesisCondition("job", is: "clerk"), SynthesisCondition("income", is: "0"),
    ]
    let made = try await fitted.table(50, where: conditions, on: engine)
    let (job, income) = (try #require(made[column: "job"]), try #require(made[column: "income"]))
    #expect((0..<50).allSatisfy { job.text($0) == "clerk" && income.number($0) == 0 })
    await #expect {
      _ = try await fitted.table(5, where: [SynthesisCondition("job", is: "cook")], on: engine)
    } throws: { error in
      if case HourglassError.application(.unknownValue(column: "job", value: "cook", _)) = error {
        return "\(error)".contains("\"baker\"")
      }
      return false
    }
    await #expect {
      // A number within the range that no income has.
      let never = [SynthesisCondition("income", is: "0.005")]
      _ = try await fitted.table(5, where: never, on: engine)
    } throws: { error in
      if case HourglassError.application(.valueTooRare) = error { true } else { false }
    }
  }

  @Test func constraintsAreRead() {
    let rules: [(String, SynthesisConstraint.Rule?)] = [
      ("start <= end", .comparison(.column("start"), .lessOrEqual, .column("end"))),
      (" age>=18 ", .comparison(.column("age"), .greaterOrEqual, .number(18))),
      ("0 < net pay", .comparison(.number(0), .less, .column("net pay"))),
      ("a > b", .comparison(.column("a"), .greater, .column("b"))),
      ("net + tax = total", .sum(["net", "tax"], "total")),
      ("unique(seat, day)", .unique(["seat", "day"])),
      ("1 < 2", nil), ("a = b", nil), ("a +", nil), ("unique()", nil), ("a <=", nil), ("", nil),
      ("a + = c", nil), ("a + b =", nil),
    ]
    for (text, rule) in rules { #expect(SynthesisConstraint(text)?.rule == rule, "\(text)") }
  }

  @Test func constraintsAreKept() async throws {
    let real = Self.mixedTable(600)
    let fitted = try await quick(10).fit(.table(real), session: TrainingSession(engine: engine))
    let texts = ["age >= 30", "income > age", "unique(age)"]
    let rules = try texts.map { try #require(SynthesisConstraint($0)) }
    let made = try await fitted.table(25, keeping: rules, on: engine)
    let (age, income) = (try #require(made[column: "age"]), try #require(made[column: "income"]))
    #expect(made.rowCount == 25)
    for row in 0..<25 where !age.isMissing(row) {
      let (left, right) = (try #require(age.number(row)), try #require(income.number(row)))
      #expect(left >= 30 && right > left)
    }
    #expect(Set((0..<25).map { age.text($0) }).count == 25)
    // The last of a sum is what the others add up to.
    let sum = try #require(SynthesisConstraint("age + age = income"))
    let summed = try await fitted.table(20, keeping: [sum], on: engine)
    for row in 0..<20 {
      let number = summed[column: "age"]?.number(row)
      #expect(summed[column: "income"]?.number(row) == number.map { 2 * $0 })
    }
    let balanced = try await fitted.table(31, balancing: "job", on: engine)
    let jobs = try #require(balanced[column: "job"])
    let counts = ["baker", "clerk", "evaluator"].map { job in
      (0..<31).count { jobs.text($0) == job }
    }
    #expect(counts.sorted() == [10, 10, 11])
    let refused: [([SynthesisConstraint], String?)] = [
      ([try #require(SynthesisConstraint("wage > 3"))], nil),
      ([try #require(SynthesisConstraint("job > 3"))], nil),
      ([try #require(SynthesisConstraint("income > 30000"))], nil),
      ([], "age"), ([], "wage"),
    ]
    for (rules, balance) in refused {
      await #expect(throws: HourglassError.self) {
        _ = try await fitted.table(5, keeping: rules, balancing: balance, on: engine)
      }
    }
  }

  @Test func copiesAreFound() throws {
    let real = Self.mixedTable(400)
    let learned = real.rows(Array(0..<300))
    let heldOut = real.rows(Array(300..<400))
    let copied = try DistanceToClosestRecord(generated: learned, heldOut: heldOut, learned: learned)
    #expect(copied.generated.copies == 1 && copied.generated.median == 0)
    #expect(copied.closerToLearned > 0.6)
    let other = try DistanceToClosestRecord(generated: heldOut, heldOut: heldOut, learned: learned)
    #expect(other.generated == other.heldOut && other.closerToLearned < 0.4)
    // A value that one person has is not to be made again.
    let jobs = try #require(learned[column: "job"])
    let rare = jobs.replacing(
      cells: .codes(
        (0..<300).map { $0 == 7 ? 3 : 0 },
        levels: ["baker", "clerk", "evaluator", "astronaut"]
      )
    )
    let named = learned.replacing(rare)
    let leaking = try DistanceToClosestRecord(generated: named, heldOut: heldOut, learned: named)
    #expect(leaking.rareLevels == 1 && leaking.leakedLevels == 1)
    let safe = try DistanceToClosestRecord(generated: learned, heldOut: heldOut, learned: named)
    #expect(safe.rareLevels == 1 && safe.leakedLevels == 0)
  }

  @Test func impossibleCellsAreFound() {
    let real = Self.mixedTable(100)
    let wrong = Table.Column(
      name: "income",
      kind: .number,
      cells: .numbers(Array(repeating: -1, count: 100), missing: []),
      decimals: 2
    )
    #expect(TableValidity.problems(of: real, against: real).isEmpty)
    #expect(TableValidity.problems(of: real.replacing(wrong), against: real).count == 1)
  }

  @Test func mixtureFindsTwoClouds() throws {
    var generator = SeededGenerator(seed: 1)
    let points = (0..<600).flatMap { row -> [Float] in
      let center: Float = row % 3 == 0 ? -5 : 5
      return [center + 0.5 * generator.nextNormal(), center + 0.5 * generator.nextNormal()]
    }
    let mixture = CodeMixture(fitting: Tensor(points, shape: [600, 2]), count: 2, seed: 0)
    #expect(abs((mixture.weights.min() ?? 0) - 1 / 3) < 0.02)
    let drawn = mixture.draw(2_000, &generator)
    let low = (0..<2_000).filter { drawn.scalars[2 * $0] < 0 }
    let share = Double(low.count) / 2_000
    #expect(abs(share - 1.0 / 3) < 0.04)
    #expect(low.allSatisfy { abs(drawn.scalars[2 * $0 + 1] + 5) < 3 })
  }

  // MARK: Images and series

  @Test func imagesAreBoundedAndNew() async throws {
    let images = try ImageSet(NumericDataset(name: "spots", images: spots(1_200)))
    let synthesizer = Synthesizer(
      latent: 2,
      architecture: .dense(hidden: [64], activation: .silu),
      learning: TrainingSettings(epochs: 30, seed: 3)
    )
    let fitted = try await synthesizer.fit(
      .images(images),
      session: TrainingSession(engine: engine)
    )
    let evaluation = try #require(fitted.evaluation)
    let (elbo, weighted) = (
      try #require(evaluation["ELBO"]), try #require(evaluation["importance-weighted bound"])
    )
    #expect(elbo > (try #require(evaluation["independent pixels", "ELBO"])) && weighted > elbo)
    #expect(try evaluation["K"] == 200 && (50...60).contains(#require(evaluation["images"])))
    #expect(evaluation.tables[0].methods.map(\.name) == ["autoencoder", "independent pixels"])
    #expect(evaluation["active units"] == 2 && evaluation["dimensions"] == 2)
    #expect(
      evaluation.verdict?.outcome == .better
        && evaluation.verdict?.metric == "importance-weighted bound"
    )
    guard case .images(let made) = try await fitted.generated(9, seed: 2, on: engine) else {
      Issue.record("no images were made")
      return
    }
    #expect(made.count == 9 && made.commonShape == [1, 8, 8])
    let nearest = try await fitted.nearest(to: made, in: images, on: engine)
    // The search agrees with a loop.
    let (data, all) = (try made.uniform(), try images.uniform())
    for (row, found) in nearest.enumerated() {
      let item = data.item(row)
      let distances = (0..<all.count).map { place in
        zip(item, all.item(place)).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      }
      #expect(abs((distances.min() ?? 0) - found.distance) < 1e-3)
    }
    let lattice = try await fitted.lattice(3, on: engine)
    #expect(lattice.count == 9)
    let between = try await fitted.interpolation(
      from: 0,
      to: 5,
      in: .images(images),
      steps: 4,
      on: engine
    )
    #expect(between.count == 4)
    let loaded = try FittedSynthesizer(ModelFile(bytes: fitted.bytes(), path: "model"))
    #expect(
      try await loaded.evaluate(.images(images), on: engine)
        == fitted.evaluate(.images(images), on: engine)
    )
  }

  @Test func windowsOfASeriesMoveAsRealOnesDo() async throws {
    var generator = SeededGenerator(seed: 2)
    var value = 0.0
    let values = (0..<3_000).map { step in
      value = 0.9 * value + 0.3 * Double(generator.nextNormal())
      return ((value + Double(step % 2)) * 1_000).rounded() / 1_000
    }
    let table = Table(
      name: "waves.csv",
      columns: [
        Table.Column(
          name: "time",
          kind: .integer,
          cells: .numbers((0..<3_000).map(Double.init), missing: [])
        ),
        Table.Column(
          name: "wave",
          kind: .number,
          cells: .numbers(values, missing: []),
          decimals: 3
        ),
      ]
    )
    let options = SeriesOptions(timeColumn: "time", window: 8, stride: 2)
    let series = try SeriesSet(table, options: options)
    let fitted = try await quick(30, latent: 4)
      .fit(.series(series), session: TrainingSession(engine: engine))
    let evaluation = try #require(fitted.evaluation)
    let trends = try #require(evaluation["pair trends"])
    #expect(trends > (try #require(evaluation["independent steps", "pair trends"])))
    guard case .table(let rows) = try await fitted.generated(3, on: engine) else {
      Issue.record("no rows were made")
      return
    }
    let made = rows.sample
    #expect(made.columns.map(\.name) == ["window", "step", "time", "wave"])
    #expect(made.rowCount == 24)
    let times = (0..<24).compactMap { made.columns[2].number($0) }
    #expect((0..<24).allSatisfy { $0 % 8 == 0 || times[$0] == times[$0 - 1] + 1 })
    #expect(times.allSatisfy { (0..<3_000).contains($0) })
    let wave = try #require(made[column: "wave"])
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    #expect((0..<24).allSatisfy { (low...high).contains(wave.number($0) ?? .infinity) })
  }

  @Test func soundsAreRefused() async throws {
    let tone = Sound(name: "tone", sampleRate: 8_000, channels: [[0, 0.5, 0]])
    let sounds = SoundSet(name: "tones", sounds: [tone])
    await #expect {
      _ = try await Synthesizer().fit(.sounds(sounds), session: TrainingSession(engine: engine))
    } throws: { error in
      if case HourglassError.application(.unsuitedKind) = error { true } else { false }
    }
  }
}
