import Foundation
import HourglassEvaluation
import HourglassStatistics
import Testing

@Suite struct EvaluationTests {
  static let example = Evaluation(
    title: "Validation: 250 held-out images, 784 -> 2 dimensions",
    split: .heldOut,
    itemCount: 250,
    tables: [
      Evaluation.Table(
        metrics: [
          Evaluation.Metric("MSE", better: .lower),
          Evaluation.Metric("15-NN kept", better: .higher, format: .percent(1)),
        ],
        methods: [
          Evaluation.Method("autoencoder", [0.02847, 0.52]),
          Evaluation.Method("PCA", isBaseline: true, [0.04716, 0.477]),
          Evaluation.Method("mean", isBaseline: true, [0.09019, nil]),
        ]
      )
    ],
    verdict: Verdict("MSE", "PCA", advantage: 0.396, interval: 0.37...0.421, isRelative: true),
    warnings: ["the error still fell"]
  )

  @Test func textIsOneTableOneVerdictAndWarnings() {
    #expect(
      Self.example.description == """
        Validation: 250 held-out images, 784 -> 2 dimensions
                          MSE  15-NN kept
          autoencoder  0.0285      52.0 %
          PCA          0.0472      47.7 %
          mean         0.0902           -
        Better than PCA: MSE 39.6 % lower (95 % interval 37.0 to 42.1).
        warning: the error still fell
        """
    )
  }

  @Test func withoutBaselinesTheModelAndNoVerdictAreLeft() {
    let alone = Self.example.withoutBaselines
    #expect(alone.tables[0].methods.map(\.name) == ["autoencoder"])
    #expect(alone.verdict == nil)
    #expect(alone["MSE"] == 0.02847)
  }

  @Test func withoutBaselinesTheirColumnsAreLeftOut() {
    var evaluation = Self.example
    evaluation.tables.append(
      Evaluation.Table(
        "By column",
        metrics: ["cells", "autoencoder", "PCA"].map { Evaluation.Metric($0, better: .neither) },
        methods: [Evaluation.Method("age", [7, 0.1, 0.2], intervals: [nil, 0...1, 0...2])]
      )
    )
    let table = evaluation.withoutBaselines.tables[1]
    #expect(table.metrics.map(\.name) == ["cells", "autoencoder"])
    #expect(table.methods == [Evaluation.Method("age", [7, 0.1], intervals: [nil, 0...1])])
  }

  @Test func numbersHaveTheirUnits() throws {
    let formats: [(Evaluation.Metric.Format, String)] = [
      (.decibels(2), "28.31 dB"), (.nats(1), "28.3 nats"), (.fixed(0), "28"),
    ]
    for (format, text) in formats {
      #expect(Evaluation.Metric("x", better: .higher, format: format).text(28.31) == text)
      let bytes = try JSONEncoder().encode(format)
      #expect(try JSONDecoder().decode(Evaluation.Metric.Format.self, from: bytes) == format)
    }
  }

  @Test func jsonHoldsTheSameAndIsReadBack() throws {
    let bytes = try JSONEncoder().encode(Self.example)
    #expect(try JSONDecoder().decode(Evaluation.self, from: bytes) == Self.example)
    let object = try #require(JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    let table = try #require((object["tables"] as? [[String: Any]])?.first)
    let method = try #require((table["methods"] as? [[String: Any]])?[1])
    #expect((method["values"] as? [String: Double])?["MSE"] == 0.04716)
  }

  @Test func numbersAreFoundByMethodAndMetric() {
    #expect(Self.example["PCA", "MSE"] == 0.04716)
    #expect(Self.example["mean", "15-NN kept"] == nil)
    #expect(Self.example.metrics["PCA, 15-NN kept"] == 0.477)
  }
}

@Suite struct VerdictTests {
  /// Losses of the model are `share` of those of the baseline, with a deviation that alternates.
  static func losses(share: Double, deviation: Double) -> (model: [Double], baseline: [Double]) {
    let baseline = (0..<100).map { 1 + Double($0 % 7) }
    let model = baseline.enumerated().map { index, loss in
      share * loss + (index % 2 == 0 ? deviation : -deviation)
    }
    return (model, baseline)
  }

  static func verdict(share: Double, deviation: Double, split: EvaluationSplit = .heldOut)
    -> Verdict?
  {
    let (model, baseline) = losses(share: share, deviation: deviation)
    return Verdict.ofLosses(
      "MSE",
      model: model,
      baselines: [("mean", baseline.map { 2 * $0 }), ("PCA", baseline)],
      split: split
    )
  }

  @Test func aRatioOfPairedMeansHasTheIntervalOfItsFormula() throws {
    let (model, baseline) = Self.losses(share: 0.6, deviation: 0.5)
    let verdict = try #require(Self.verdict(share: 0.6, deviation: 0.5))
    let ratio = model.reduce(0, +) / baseline.reduce(0, +)
    let mean = baseline.reduce(0, +) / 100
    let squares = zip(model, baseline).reduce(0) { sum, pair in
      sum + (pair.0 - ratio * pair.1) * (pair.0 - ratio * pair.1)
    }
    let half = 1.959964 * (squares / 9_900).squareRoot() / mean
    #expect(verdict.outcome == .better)
    #expect(verdict.baseline == "PCA")
    #expect(abs(try #require(verdict.advantage) - (1 - ratio)) < 1e-12)
    let interval = try #require(verdict.interval)
    #expect(abs(interval.lowerBound - (1 - ratio - half)) < 1e-12)
    #expect(abs(interval.upperBound - (1 - ratio + half)) < 1e-12)
  }

  @Test func whatTheIntervalHoldsIsNotDistinguishable() throws {
    let verdict = try #require(Self.verdict(share: 0.99, deviation: 1))
    #expect(verdict.outcome == .notDistinguishable)
    #expect(verdict.description.hasPrefix("Not distinguishable from PCA: MSE 1.0 % lower"))
  }

  @Test func aBetterBaselineIsNamed() throws {
    let verdict = try #require(Self.verdict(share: 1.5, deviation: 0.1))
    #expect(verdict.outcome == .worse)
    #expect(
      verdict.description.hasPrefix("A baseline is better: PCA. The model's MSE 50.0 % higher")
    )
  }

  @Test func aMuchBetterBaselineIsNotGivenInPercent() throws {
    let verdict = Verdict("MSE", "PCA", advantage: -24, interval: -26 ... -22, isRelative: true)
    #expect(
      verdict.description
        == "A baseline is better: PCA. The model's MSE is 25.0 times as high. "
        + "Use the baseline, or train longer."
    )
  }

  @Test func nothingIsClaimedOnTrainedRowsOrFewOnes() throws {
    let trained = try #require(Self.verdict(share: 0.5, deviation: 0, split: .trainedOn))
    #expect(trained.outcome == .none)
    #expect(trained.description == "No verdict: the model was trained on these rows.")
    let few = Verdict.ofLosses(
      "MSE",
      model: [Double](repeating: 1, count: 19),
      baselines: [("PCA", [Double](repeating: 2, count: 19))],
      split: .heldOut
    )
    #expect(few?.outcome == Verdict.Outcome.none)
    #expect(
      Verdict.ofLosses("MSE", model: [1], baselines: [], split: .heldOut) == nil,
      "no baselines, no verdict"
    )
  }

  @Test func proportionsAreComparedItemByItem() throws {
    let model = (0..<100).map { $0 < 80 }
    let baseline = (0..<100).map { $0 < 60 }
    let verdict = try #require(
      Verdict.ofProportions(
        "accuracy",
        model: model,
        baselines: [("most frequent", baseline)],
        split: .heldOut
      )
    )
    #expect(verdict.outcome == .better)
    #expect(abs(try #require(verdict.advantage) - 0.2) < 1e-12)
    // The variance of 20 ones among 100 over 99, by 100.
    let half = 1.959964 * (0.16 * 100 / 99 / 100).squareRoot()
    #expect(abs(try #require(verdict.interval).lowerBound - (0.2 - half)) < 1e-12)
  }

  @Test func meansAreComparedByTheirDifferences() throws {
    let model = (0..<20).map { Double($0) + ($0 % 2 == 0 ? 2 : 0) }
    let verdict = try #require(
      Verdict.ofMeans(
        Evaluation.Metric("PSNR", better: .higher, format: .decibels(2)),
        model: model,
        baselines: [("median", (0..<20).map { Double($0) })],
        split: .heldOut
      )
    )
    // Differences of 0 and 2, ten of each: a variance of 20 / 19 over 20.
    let half = 1.959964 * (20.0 / 19 / 20).squareRoot()
    #expect(verdict.advantage == 1)
    #expect(abs(try #require(verdict.interval).upperBound - (1 + half)) < 1e-12)
    #expect(
      verdict.description
        == "Better than median: PSNR 1.00 dB higher (95 % interval 0.55 to 1.45)."
    )
  }

  @Test func theJackknifeOfAMeanHasTheErrorOfGroups() throws {
    // Groups of two items whose means are 0...9: the error of their mean is that of ten values.
    let values = (0..<20).map { Double($0 / 2) }
    let verdict = Verdict.byJackknife(
      Evaluation.Metric("pair trends", better: .higher, format: .fixed(3)),
      baseline: "independent columns",
      advantage: 4.5,
      count: 20,
      split: .given
    ) { places in places.reduce(0) { $0 + values[$1] } / Double(places.count) }
    let error = (82.5 / 9 / 10).squareRoot()
    #expect(abs(try #require(verdict.interval).lowerBound - (4.5 - 2.262157 * error)) < 1e-12)
    #expect(verdict.outcome == .better)
  }

  @Test func theBootstrapIsTheSameForTheSameSeed() throws {
    let scores = (0..<200).map { Double($0) }
    func verdict(seed: UInt64) -> Verdict? {
      Verdict.byBootstrap(
        Evaluation.Metric("mean", better: .higher, format: .fixed(2)),
        count: 200,
        baselines: ["half"],
        split: .given,
        seed: seed
      ) { baseline, places in
        let factor = baseline == nil ? 1 : 0.5
        return factor * places.reduce(0) { $0 + scores[$1] } / 200
      }
    }
    let first = try #require(verdict(seed: 1))
    #expect(first == verdict(seed: 1))
    #expect(first.outcome == .better)
    #expect(try #require(first.interval).contains(49.75))
  }
}
