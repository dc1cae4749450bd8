internal import HourglassSystem

/// How often rows meet demands, and how many different rows met them.
struct DemandTally {
  private var (rows, met) = (0.0, 0.0)
  private var (scarce, different) = (0, 0)

  /// Counts rows that were drawn.
  ///
  /// - Parameters:
  ///   - probability: The probability that a row meets the demands, as these rows estimate it.
  ///   - differentCount: How many different rows there are, where some come several times for want of others.
  mutating func add(_ count: Int, probability: Double, differentCount: Int? = nil) {
    rows += Double(count)
    met += Double(count) * probability
    guard let differentCount else { return }
    scarce += count
    different += differentCount
  }

  /// A warning where a training row is unlikely to meet the demands, as about no row of as many generated ones would.
  ///
  /// - Parameters:
  ///   - words: The demands in words; none where only constraints were given, which may hold for any row.
  ///   - trainingRows: The number of rows that the model was trained on.
  func improbable(_ words: String, trainingRows: Int) -> String? {
    let probability = rows > 0 ? met / rows : 1
    guard !words.isEmpty, probability * Double(trainingRows) < 1 else { return nil }
    let one =
      probability * 1e12 > 1
      ? "about one of \(NumberText.grouped(Int((1 / probability).rounded())))"
      : "fewer than one of \(NumberText.grouped(1_000_000_000_000))"
    return
      "rows with \(words) may not occur in the training data: \(one) generated rows would be one, and "
      + "\(NumberText.grouped(trainingRows)) rows were trained on"
  }

  /// A warning where many rows come several times.
  func scarcity(_ words: String) -> String? {
    guard 2 * different < scarce else { return nil }
    return "rows with \(words.isEmpty ? "these constraints" : words) come several times: of "
      + "\(NumberText.grouped(scarce)) about \(NumberText.grouped(different)) differ"
  }
}
