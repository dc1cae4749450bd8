internal import HourglassEvaluation
internal import HourglassReduce
internal import HourglassReports
internal import HourglassSystem

extension DimensionCurve {
  /// The name of the metric that was looked for.
  var metric: String { search.measure == .variance ? "R²" : "neighbors kept" }

  /// The methods at each size by metrics.
  private var table: Evaluation.Table {
    Evaluation.Table(
      metrics: [
        .init("MSE", better: .lower),
        search.measure == .variance
          ? .init(metric, better: .higher, format: .fixed(3))
          : .init(metric, better: .higher, format: .percent(1)),
      ],
      methods: sizes.flatMap { size -> [Evaluation.Method] in
        let dimensions = NumberText.counted(size.dimensions, "dimension")
        return [
          Evaluation.Method("autoencoder, \(dimensions)", [size.autoencoderMSE, size.autoencoder]),
          Evaluation.Method(
            "PCA, \(dimensions)",
            isBaseline: true,
            [size.principalComponentsMSE, size.principalComponents]
          ),
        ]
      }
    )
  }

  /// The sizes that were tried as a table, and what was found.
  var lines: [String] {
    let goal = table.metrics[1].text(search.share)
    let tried = NumberText.counted(sizes.last?.dimensions ?? 0, "dimension")
    var sentence =
      enough.map { "\(metric) of at least \(goal) from \(NumberText.counted($0, "dimension")) on" }
      ?? "\(metric) below \(goal) even with \(tried)"
    if let other = enoughOfPrincipalComponents {
      sentence += "; PCA needs \(other)"
    } else if enough != nil {
      sentence += "; PCA needs more than were tried"
    }
    return ["Validation: \(metric) by the number of latent dimensions"] + table.lines()
      + [sentence + "."]
  }

  /// What is kept against the number of dimensions, from 1 to the largest one that was tried.
  func figure(of name: String) -> LineChart {
    let largest = sizes.last?.dimensions ?? 1
    return LineChart(
      title: "\(metric.prefix(1).uppercased())\(metric.dropFirst()), \(name)",
      subtitle: lines.last ?? "",
      lines: [
        .init("autoencoder", values(largest) { $0.autoencoder }),
        .init("principal components", values(largest) { $0.principalComponents }, isFaint: true),
      ],
      places: (1...largest).map { "\($0)" },
      level: (search.share, "wanted"),
      axes: (x: "dimensions", y: metric)
    )
  }

  /// The values for each number of dimensions; between those that were tried a straight line.
  private func values(_ largest: Int, _ value: (Size) -> Double) -> [Double] {
    (1...largest).map { dimensions in
      guard let next = sizes.firstIndex(where: { $0.dimensions >= dimensions }) else { return .nan }
      let after = sizes[next]
      guard after.dimensions > dimensions, next > 0 else { return value(after) }
      let before = sizes[next - 1]
      let part =
        Double(dimensions - before.dimensions) / Double(after.dimensions - before.dimensions)
      return value(before) + part * (value(after) - value(before))
    }
  }
}
