internal import HourglassStatistics
public import HourglassTensors

/// A softmax regression on standardized rows, as the probe of `features` has it.
public struct LinearClassifier {
  private let model: SoftmaxRegression

  /// Fits to the classes of rows `[count, width]`, from 0 on.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - classes: The class of each.
  ///   - penalty: Half of it times the squared weights is added to the sum of the losses; `nil` takes that
  ///     of the highest accuracy on each tenth row when the others are trained on.
  ///   - rounds: The most steps.
  public init(_ rows: Tensor, classes: [Int], penalty: Float? = nil, rounds: Int = 300) {
    let (rows, count) = (PaddedRows(rows), (classes.max() ?? 0) + 1)
    let chosen =
      penalty
      ?? SoftmaxRegression.penalty(
        for: rows,
        classes: classes,
        classCount: count,
        rounds: rounds
      )
    model = SoftmaxRegression(
      rows,
      classes: classes,
      classCount: count,
      penalty: chosen,
      rounds: rounds
    )
  }

  /// The most probable class of each row.
  public func classes(of rows: Tensor) -> [Int] { model.classes(of: PaddedRows(rows)) }
}
