package import HourglassNetworks

extension Defaults {
  /// Two wide layers: cells are predicted from cells, and a narrow network forgets what it was shown.
  package static func imputationArchitecture(width: Int) -> Architecture {
    let widest = min(max(8 * width, 256), 512)
    return .dense(hidden: [widest, widest], activation: .silu)
  }

  /// Twice the usual rate: hidden cells differ at each step, which keeps a network from learning rows
  /// by heart.
  package static var imputationOptimizer: Optimizer {
    Optimizer(
      algorithm: .adam(),
      learningRate: 2e-3,
      schedule: .cosine(final: 0.01),
      warmUpSteps: 100
    )
  }

  /// About how many steps each network makes: 2,000 where rows are few, since it has the best of
  /// them long before, to 8,000 from 8,000 rows on.
  package static func imputationSteps(itemCount: Int) -> Int { min(max(itemCount, 2_000), 8_000) }

  /// The most rows that cells are taken from: as many as have some 400,000 values together, at most
  /// 20,000, so that a model stays small and looking through them quick.
  package static func keptRows(width: Int) -> Int { min(max(400_000 / max(width, 1), 500), 20_000) }
}
