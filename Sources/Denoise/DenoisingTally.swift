internal import HourglassTasksCommon

/// How near items are to the clean ones by several methods, while they are evaluated.
struct DenoisingTally: Sendable {
  /// How near one item is to the clean one.
  struct Quality: Sendable {
    /// The peak signal-to-noise ratio of an image, or the scale-invariant one of a sound, in decibels.
    var ratio: Double
    /// The structural similarity of an image, or the log-spectral distance of a sound in decibels.
    var likeness: Double
    /// The mean squared error, of values of images from 0 to 1, of sounds with a root mean square of 1.
    var squaredError: Double
  }

  /// A method, with the quality of each item.
  private struct Method: Sendable {
    var name: String
    var qualities: [Quality]

    var ratios: [Double] { qualities.map(\.ratio) }
    func mean(_ part: KeyPath<Quality, Double>) -> Double {
      qualities.reduce(0) { $0 + $1[keyPath: part] } / Double(qualities.count)
    }
  }

  private let kind: DataKind
  /// The methods: the network, the noisy items, and filters of several strengths each.
  private var families: [[Method]] = []

  /// Begins with no items.
  init(_ kind: DataKind) { self.kind = kind }

  /// Adds an item: how near the network comes, the noisy item, and each filter by its strengths.
  mutating func add(
    network: Quality,
    noisy: Quality,
    filters: [[(name: String, quality: Quality)]]
  ) {
    let own: [[(name: String, quality: Quality)]] = [[("network", network)], [("noisy", noisy)]]
    for (family, methods) in (own + filters).enumerated() {
      if family == families.count {
        families.append(methods.map { Method(name: $0.name, qualities: []) })
      }
      for (place, method) in methods.enumerated() {
        families[family][place].qualities.append(method.quality)
      }
    }
  }

  /// The evaluation; of each filter the best strength counts, as if it had been known.
  ///
  /// - Parameter noise: What was added, as it is written in a command line; none where the items came
  ///   with noise of their own.
  func evaluation(of name: String, split: EvaluationSplit, noise: String?) -> Evaluation? {
    let methods = families.compactMap { family in
      family.max { $0.mean(\.ratio) < $1.mean(\.ratio) }
    }
    guard let network = methods.first else { return nil }
    let isSounds = kind == .sounds
    let ratio = Evaluation.Metric(
      isSounds ? "SI-SNR" : "PSNR",
      better: .higher,
      format: .decibels(2)
    )
    let likeness =
      isSounds
      ? Evaluation.Metric("LSD", better: .lower, format: .decibels(2))
      : Evaluation.Metric("SSIM", better: .higher, format: .fixed(3))
    return Evaluation(
      kind,
      network.qualities.count,
      of: name,
      split: split,
      noise: noise,
      table: Evaluation.Table(
        metrics: [ratio, likeness, .error],
        methods: methods.enumerated().map { place, method in
          Evaluation.Method(
            method.name,
            isBaseline: place > 0,
            [
              method.mean(\.ratio), method.mean(\.likeness),
              method.mean(\.squaredError).squareRoot(),
            ]
          )
        }
      ),
      verdict: Verdict.ofMeans(
        ratio,
        model: network.ratios,
        baselines: methods.dropFirst().map { ($0.name, $0.ratios) },
        split: split,
        items: kind.nouns.many
      )
    )
  }
}

extension Evaluation {
  /// The evaluation of items that are compared with clean ones.
  fileprivate init(
    _ kind: DataKind,
    _ count: Int,
    of name: String,
    split: EvaluationSplit,
    noise: String?,
    table: Table,
    verdict: Verdict?,
    notes: [String] = []
  ) {
    self.init(
      title: split.title(count, kind.nouns, of: name)
        + (noise.map { ", noise \($0)" } ?? ", compared with the clean ones"),
      split: split,
      itemCount: count,
      tables: [table],
      verdict: verdict,
      notes: notes
    )
  }

  /// The evaluation of rows or windows of which some values are numbers.
  ///
  /// - Parameters:
  ///   - methods: The network and its baselines, each with the sum of the squared errors of each item.
  ///   - valueCount: The number of values that were evaluated.
  init(
    _ kind: DataKind,
    of name: String,
    split: EvaluationSplit,
    noise: String,
    methods: [(name: String, losses: [Double])],
    valueCount: Int
  ) {
    self.init(
      kind,
      methods[0].losses.count,
      of: name,
      split: split,
      noise: noise,
      table: Table(
        metrics: [.error],
        methods: methods.enumerated().map { place, method in
          let sum = method.losses.reduce(0, +)
          return Method(
            method.name,
            isBaseline: place > 0,
            [(sum / Double(max(valueCount, 1))).squareRoot()]
          )
        }
      ),
      verdict: Verdict.ofLosses(
        Metric.error.name,
        model: methods[0].losses,
        baselines: methods.dropFirst().map { ($0.name, $0.losses) },
        split: split,
        root: true,
        items: kind.nouns.many
      ),
      notes: ["RMSE is of values with a standard deviation of 1."]
    )
  }
}

extension Evaluation.Metric {
  fileprivate static let error = Evaluation.Metric("RMSE", better: .lower)
}
