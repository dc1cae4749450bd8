internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassStatistics

/// How many trees an imputer grows, of what size: as many as are worth their time on narrow tables, fewer
/// and smaller ones on wide tables, and none where even these would take minutes.
///
/// It depends on the numbers of rows and columns, and on a time that was asked for, not on the time that
/// something took.
struct TreePlan: Hashable, Sendable {
  /// The number of trees of a number.
  let rounds: Int
  /// The most splits above a leaf.
  let depth: Int
  /// The most values of other columns that the trees of a column look at.
  let inputLimit: Int
  /// How often trees are grown for the evaluation, each time on rows that the former ones helped to fill:
  /// 1 or 2.
  let passes: Int
  /// Whether trees that were grown for the evaluation are grown again on all cells.
  let isGrownAgain: Bool

  /// The fewest rows with a column that trees are grown for.
  static let fewestRows = 30
  /// The most rows that trees are grown on.
  static let rowLimit = 20_000
  /// The most levels of a category with trees.
  private static let levelLimit = 40
  /// The most seconds of one processor core.
  private static let secondsLimit = 90.0
  /// The plans, the best first.
  private static let all = [
    TreePlan(rounds: 200, depth: 6, inputLimit: 48, passes: 2, isGrownAgain: true),
    TreePlan(rounds: 120, depth: 6, inputLimit: 48, passes: 2, isGrownAgain: true),
    TreePlan(rounds: 120, depth: 6, inputLimit: 48, passes: 1, isGrownAgain: true),
    TreePlan(rounds: 100, depth: 6, inputLimit: 48, passes: 1, isGrownAgain: false),
    TreePlan(rounds: 60, depth: 5, inputLimit: 32, passes: 1, isGrownAgain: false),
    TreePlan(rounds: 40, depth: 4, inputLimit: 24, passes: 1, isGrownAgain: false),
    TreePlan(rounds: 30, depth: 3, inputLimit: 16, passes: 1, isGrownAgain: false),
  ]

  init(rounds: Int, depth: Int, inputLimit: Int, passes: Int, isGrownAgain: Bool) {
    self.passes = passes
    self.rounds = rounds
    self.depth = depth
    self.inputLimit = inputLimit
    self.isGrownAgain = isGrownAgain
  }

  /// The best plan for a table that takes no more than its time.
  ///
  /// - Parameter seconds: The most seconds of all training, where something was said of them: trees take a
  ///   quarter at most.
  /// - Returns: `nil` where there are too few rows or columns, or too many.
  init?(rowCount: Int, layout: FeatureSchema, seconds: Double?) {
    guard layout.count > 1, rowCount >= Self.fewestRows else { return nil }
    let limit = min(Self.secondsLimit, (seconds ?? .infinity) / 4)
    let plan = Self.all.first { $0.seconds(rowCount: rowCount, layout: layout) <= limit }
    guard let plan else { return nil }
    self = plan
  }

  /// The number of trees of each output of a field; none for a field without trees.
  func rounds(of field: FeatureSchema.Field) -> Int? {
    switch field {
    case .number: rounds
    case .category(let levels):
      levels == 2
        ? rounds : (3...Self.levelLimit).contains(levels) ? max(2 * rounds / levels, 12) : nil
    case .vector: nil
    }
  }

  /// How the trees of a field are grown.
  func growth(of field: FeatureSchema.Field, seed: UInt32) -> TreeGrowth? {
    guard let rounds = rounds(of: field) else { return nil }
    return TreeGrowth(
      rounds: rounds,
      depth: depth,
      learningRate: min(max(12 / Float(rounds), 0.05), 0.3),
      columnShare: 0.4,
      leastWeight: field.holdsNumbers ? 3 : 1,
      seed: seed
    )
  }

  /// About how many seconds of one core of 2023 growing all trees takes: a tree 12 nanoseconds for each
  /// value, and for each column 55 microseconds that its 64 leaves are compared.
  private func seconds(rowCount: Int, layout: FeatureSchema) -> Double {
    let rows = Double(min(rowCount, Self.rowLimit))
    let leaves = min(Double(1 << depth), rows / 6)
    var trees = 0.0
    for field in layout.fields {
      guard let rounds = rounds(of: field) else { continue }
      var outputs = 1
      if case .category(let levels) = field, levels > 2 { outputs = levels }
      trees += Double(rounds * outputs)
    }
    let inputs = Double(min(layout.width - 1, inputLimit))
    let tree = inputs * (rows * 1.2e-8 * Double(depth) / 6 + 55e-6 * leaves / 64)
    return trees * tree * Double(passes + (isGrownAgain ? 1 : 0))
  }
}
