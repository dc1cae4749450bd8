package import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// Whether a model is better than the best of its baselines, by how much, and how sure that is.
public struct Verdict: Hashable, Sendable, Codable {
  /// The result of the comparison.
  public enum Outcome: String, Hashable, Sendable, Codable {
    /// The model is better, and the interval excludes 0.
    case better
    /// The best baseline is better, and the interval excludes 0.
    case worse
    /// The interval holds no difference.
    case notDistinguishable
    /// There is nothing to compare by, see `reason`.
    case none
  }

  /// The result of the comparison.
  public var outcome: Outcome
  /// The best baseline.
  public var baseline: String
  /// The metric that both are compared by.
  public var metric: String
  /// How much better the model is, below 0 where it is worse.
  ///
  /// Of a metric whose lower values are better it is the part, from 0 to 1, by which the model is below the
  /// baseline; of others the difference.
  public var advantage: Double?
  /// The interval of 95% confidence of the advantage.
  public var interval: ClosedRange<Double>?
  /// How the advantage is written.
  package var format: Evaluation.Metric.Format
  /// Whether the advantage is a part of the baseline's value.
  public var isRelative: Bool
  /// Why there is no verdict.
  public var reason: String?

  /// The fewest items of which a verdict is given.
  public static let fewestItems = 20

  /// No verdict, for a reason that completes the sentence `No verdict: …`.
  public static func none(because reason: String) -> Verdict {
    Verdict(
      outcome: .none,
      baseline: "",
      metric: "",
      format: .significant(3),
      isRelative: false,
      reason: reason
    )
  }

  /// Compares means of losses, of which lower ones are better.
  ///
  ///     advantage = 1 - ā / b̄,   variance = Σ (aᵢ - (ā / b̄) bᵢ)² / (n (n - 1) b̄²)
  ///
  /// where aᵢ and bᵢ are the losses of one item by the model and the baseline: the variance of a ratio of
  /// paired means.
  ///
  /// Reference: Cochran, 1977, "Sampling Techniques", third edition, equation 6.13.
  ///
  /// - Parameters:
  ///   - metric: What the mean is called.
  ///   - model: The loss of each item by the model.
  ///   - baselines: The loss of each item, in the same order, by each baseline, with its name.
  ///   - split: What the items are to the model.
  ///   - root: Whether the metric is the root of the mean, as an RMSE is.
  ///   - items: What items are called, such as `rows`.
  /// - Returns: `nil` where there is no baseline.
  package static func ofLosses(
    _ metric: String,
    model: [Double],
    baselines: [(name: String, losses: [Double])],
    split: EvaluationSplit,
    root: Bool = false,
    items: String = "rows"
  ) -> Verdict? {
    guard !baselines.isEmpty else { return nil }
    if let reason = Self.refusal(against: split, count: model.count, items: items) {
      return .none(because: reason)
    }
    let count = Double(model.count)
    let own = model.reduce(0, +) / count
    let means = baselines.map { $0.losses.reduce(0, +) / count }
    guard own.isFinite,
      let best = means.indices.filter({ means[$0].isFinite }).min(by: { means[$0] < means[$1] })
    else { return .none(because: "an error is too large to compare") }
    precondition(baselines[best].losses.count == model.count, "a loss of each item by both")
    let (name, losses, mean) = (baselines[best].name, baselines[best].losses, means[best])
    guard mean > 0 else {
      return own == 0
        ? Verdict(metric, name, advantage: 0, interval: 0...0, isRelative: true)
        : .none(because: "the error of \(name) is 0")
    }
    let ratio = own / mean
    var squares = 0.0
    for (a, b) in zip(model, losses) { squares += (a - ratio * b) * (a - ratio * b) }
    let error = (squares / (count * (count - 1))).squareRoot() / mean
    let value = { (ratio: Double) in 1 - (root ? max(ratio, 0).squareRoot() : ratio) }
    return Verdict(
      metric,
      name,
      advantage: value(ratio),
      interval: value(
        ratio + Self.normalQuantile * error
      )...value(ratio - Self.normalQuantile * error),
      isRelative: true
    )
  }

  /// Compares statistics of which higher values are better, such as an area under a curve, by the percentile
  /// bootstrap over items: 500 times as many items are drawn with repetition, and the difference is taken
  /// of each draw.
  ///
  /// Reference: Efron, Tibshirani, 1993, "An Introduction to the Bootstrap", chapter 13.
  ///
  /// - Parameters:
  ///   - metric: The statistic, with how it is written.
  ///   - count: The number of items.
  ///   - baselines: The names of the baselines.
  ///   - split: What the items are to the model.
  ///   - seed: Of the draws.
  ///   - items: What items are called, such as `rows`.
  ///   - statistic: The statistic of the model (`nil`) or of a baseline on the items of some places; `nil`
  ///     where it cannot be measured.
  package static func byBootstrap(
    _ metric: Evaluation.Metric,
    count: Int,
    baselines: [String],
    split: EvaluationSplit,
    seed: UInt64,
    items: String = "rows",
    statistic: (_ baseline: Int?, _ places: [Int]) -> Double?
  ) -> Verdict? {
    guard !baselines.isEmpty else { return nil }
    if let reason = Self.refusal(against: split, count: count, items: items) {
      return .none(because: reason)
    }
    let sign = metric.better == .lower ? -1.0 : 1.0
    let all = Array(0..<count)
    let scores = baselines.indices.map { statistic($0, all).map { $0 * sign } ?? -.infinity }
    guard let own = statistic(nil, all), own.isFinite,
      let best = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[best].isFinite
    else { return .none(because: "\(metric.name) cannot be measured on these \(items)") }
    var generator = SeededGenerator.named("intervals of a comparison", seed: seed)
    var differences: [Double] = []
    for _ in 0..<500 {
      let places = (0..<count).map { _ in Int.random(in: 0..<count, using: &generator) }
      guard let a = statistic(nil, places), let b = statistic(best, places) else { continue }
      let difference = sign * (a - b)
      if difference.isFinite { differences.append(difference) }
    }
    guard differences.count >= 100 else {
      return .none(because: "\(metric.name) cannot be measured on parts of these \(items)")
    }
    differences.sort()
    let last = Double(differences.count - 1)
    return Verdict(
      metric.name,
      baselines[best],
      advantage: own * sign - scores[best],
      interval: differences[Int(0.025 * last)]...differences[Int((0.975 * last).rounded(.up))],
      format: metric.format,
      isRelative: false
    )
  }

  /// Compares means of the same items, such as signal-to-noise ratios, by the mean of their differences.
  ///
  /// - Parameters:
  ///   - metric: What the mean is called, and how it is written.
  ///   - model: The value of each item by the model.
  ///   - baselines: The value of each item, in the same order, by each baseline, with its name.
  ///   - split: What the items are to the model.
  ///   - items: What items are called, such as `rows`.
  package static func ofMeans(
    _ metric: Evaluation.Metric,
    model: [Double],
    baselines: [(name: String, values: [Double])],
    split: EvaluationSplit,
    items: String = "rows"
  ) -> Verdict? {
    let sign = metric.better == .lower ? -1.0 : 1.0
    let sums = baselines.map { sign * $0.values.reduce(0, +) }
    guard let best = sums.indices.max(by: { sums[$0] < sums[$1] }) else { return nil }
    if let reason = Self.refusal(against: split, count: model.count, items: items) {
      return .none(because: reason)
    }
    let count = Double(model.count)
    let differences = zip(model, baselines[best].values).map { sign * ($0 - $1) }
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count * (count - 1))
    guard variance.isFinite else {
      return .none(because: "\(metric.name) cannot be measured on these \(items)")
    }
    let half = normalQuantile * variance.squareRoot()
    return Verdict(
      metric.name,
      baselines[best].name,
      advantage: mean,
      interval: (mean - half)...(mean + half),
      format: metric.format,
      isRelative: false
    )
  }

  /// Compares two proportions of the same items, such as accuracies, of which higher ones are better.
  ///
  /// - Parameters:
  ///   - metric: What the proportion is called.
  ///   - model: Whether the model is right, item by item.
  ///   - baselines: The same for each baseline, with its name.
  ///   - split: What the items are to the model.
  ///   - items: What items are called, such as `rows`.
  package static func ofProportions(
    _ metric: String,
    model: [Bool],
    baselines: [(name: String, hits: [Bool])],
    split: EvaluationSplit,
    items: String = "rows"
  ) -> Verdict? {
    func values(_ hits: [Bool]) -> [Double] { hits.map { $0 ? 1 : 0 } }
    return ofMeans(
      Evaluation.Metric(metric, better: .higher, format: .percent(1)),
      model: values(model),
      baselines: baselines.map { ($0.name, values($0.hits)) },
      split: split,
      items: items
    )
  }

  /// Compares a statistic of many items at once, such as a similarity of tables, by the delete-a-group
  /// jackknife: it is taken without each of ten groups of adjacent items.
  ///
  ///     variance = 9/10 Σ (θ₍g₎ - θ̄)²
  ///
  /// Reference: Wolter, 2007, "Introduction to Variance Estimation", second edition, section 4.2.
  ///
  /// - Parameters:
  ///   - metric: The statistic, with how it is written.
  ///   - baseline: What the model is compared with.
  ///   - advantage: By how much the model is better on all items.
  ///   - count: The number of items to leave groups out of.
  ///   - split: What the items are to the model.
  ///   - items: What items are called, such as `rows`.
  ///   - difference: By how much it is better on the items of some places.
  package static func byJackknife(
    _ metric: Evaluation.Metric,
    baseline: String,
    advantage: Double,
    count: Int,
    split: EvaluationSplit,
    items: String = "rows",
    difference: (_ places: [Int]) throws -> Double
  ) rethrows -> Verdict {
    if let reason = Self.refusal(against: split, count: count, items: items) {
      return .none(because: reason)
    }
    let groups = 10
    let differences = try (0..<groups).map { group in
      try difference((0..<count).filter { $0 * groups / count != group })
    }
    let mean = differences.reduce(0, +) / Double(groups)
    let variance = 0.9 * differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard variance.isFinite, advantage.isFinite else {
      return .none(because: "\(metric.name) cannot be measured on parts of these \(items)")
    }
    // The quantile of Student's distribution with 9 degrees of freedom at 0.975.
    let half = 2.262157 * variance.squareRoot()
    return Verdict(
      metric.name,
      baseline,
      advantage: advantage,
      interval: (advantage - half)...(advantage + half),
      format: metric.format,
      isRelative: false
    )
  }

  /// The quantile of the normal distribution at 0.975.
  private static let normalQuantile = 1.959964

  /// Why nothing can be claimed on some items.
  private static func refusal(against split: EvaluationSplit, count: Int, items: String) -> String?
  {
    if split == .trainedOn { return "the model was trained on these \(items)" }
    if count < fewestItems { return "fewer than \(fewestItems) \(items)" }
    return nil
  }

  /// Decides by an advantage and its interval.
  package init(
    _ metric: String,
    _ baseline: String,
    advantage: Double,
    interval: ClosedRange<Double>,
    format: Evaluation.Metric.Format = .percent(1),
    isRelative: Bool
  ) {
    let outcome: Outcome =
      interval.lowerBound > 0 ? .better : interval.upperBound < 0 ? .worse : .notDistinguishable
    self.init(
      outcome: outcome,
      baseline: baseline,
      metric: metric,
      advantage: advantage,
      interval: interval,
      format: format,
      isRelative: isRelative,
      reason: nil
    )
  }

  private init(
    outcome: Outcome,
    baseline: String,
    metric: String,
    advantage: Double? = nil,
    interval: ClosedRange<Double>? = nil,
    format: Evaluation.Metric.Format,
    isRelative: Bool,
    reason: String?
  ) {
    self.outcome = outcome
    self.baseline = baseline
    self.metric = metric
    self.advantage = advantage
    self.interval = interval
    self.format = format
    self.isRelative = isRelative
    self.reason = reason
  }
}

extension Verdict: CustomStringConvertible {
  /// The verdict in one line.
  ///
  ///     Better than PCA: MSE 39.6 % lower (95 % interval 37.0 to 42.1).
  public var description: String {
    guard let advantage, let interval else {
      return "No verdict: \(reason ?? "nothing to compare by")."
    }
    let isHigher = isRelative ? advantage < 0 : advantage >= 0
    let sign = advantage < 0 ? -1.0 : 1.0
    let ends = [sign * interval.lowerBound, sign * interval.upperBound].sorted()
    var unit = format.unit
    if case .percent = format, !isRelative { unit = " points" }
    let times = 1 - advantage
    let size =
      isRelative && times >= 10
      ? "\(metric) is \(NumberText.significant(times, digits: 3)) times as high"
      : "\(metric) \(format.number(abs(advantage)))\(unit) \(isHigher ? "higher" : "lower") "
        + "(95 % interval \(format.number(ends[0])) to \(format.number(ends[1])))"
    return switch outcome {
    case .better: "Better than \(baseline): \(size)."
    case .worse:
      "A baseline is better: \(baseline). The model's \(size). Use the baseline, or train longer."
    default: "Not distinguishable from \(baseline): \(size)."
    }
  }
}
