internal import HourglassSystem

/// Softmax regression: classes by linear functions of standardized columns.
///
/// It minimizes the mean cross-entropy and ‖W‖² / (2 n), where n is the number of rows, by the method
/// of Broyden, Fletcher, Goldfarb and Shanno with a memory of ten steps.
///
/// Reference: Nocedal, 1980, "Updating quasi-Newton matrices with limited storage",
/// doi:10.1090/S0025-5718-1980-0572855-7.
package struct SoftmaxRegression {
  private let moments: (means: [PaddedRows.Piece], factors: [PaddedRows.Piece])
  private let weights: [PaddedRows.Piece]
  private let classCount: Int

  /// Fits to rows and their classes, from 0 to below `classCount`.
  ///
  /// - Parameter penalty: Half of it times the squared weights is added to the sum of the losses of the rows.
  package init(
    _ rows: PaddedRows,
    classes: [Int],
    classCount: Int,
    penalty: Float = 1,
    rounds: Int = 100
  ) {
    moments = rows.moments
    self.classCount = classCount
    let loss = SoftmaxLoss(
      rows: rows.standardized(moments),
      classes: classes,
      classCount: classCount,
      penalty: penalty
    )
    weights = QuasiNewton.minimum(
      from: Array(repeating: .zero, count: classCount * loss.rows.pieceCount),
      rounds: rounds,
      loss.valueAndGradient
    )
  }

  /// The most probable class of each row.
  package func classes(of rows: PaddedRows) -> [Int] {
    let rows = rows.standardized(moments)
    let width = rows.pieceCount
    let scores = (0..<classCount).map { rows.products(weights[$0 * width..<($0 + 1) * width]) }
    return (0..<rows.count).map { row in
      var best = 0
      for other in 1..<max(classCount, 1) where scores[other][row] > scores[best][row] {
        best = other
      }
      return best
    }
  }
}

extension SoftmaxRegression {
  /// The penalties that are tried.
  package static let penalties: [Float] = [1, 10, 100, 1_000]

  /// The penalty of the highest accuracy on rows that are held out: wider rows need a larger one.
  ///
  /// - Parameter folds: How many tenths of the rows are held out, one after another, from 1 to 10.
  package static func penalty(
    for rows: PaddedRows,
    classes: [Int],
    classCount: Int,
    rounds: Int,
    folds: Int = 1
  ) -> Float {
    PenaltyChoice(penalties: penalties, folds: folds).best(count: rows.count) { kept, held in
      let (known, new) = (rows.rows(kept), rows.rows(held))
      let truth = kept.map { classes[$0] }
      return { penalty in
        let model = SoftmaxRegression(
          known,
          classes: truth,
          classCount: classCount,
          penalty: penalty,
          rounds: rounds
        )
        return Double(zip(held, model.classes(of: new)).count { classes[$0] != $1 })
      }
    }
  }
}

/// The choice of a penalty by the error on rows that are held out.
private struct PenaltyChoice {
  let penalties: [Float]
  /// How many tenths are held out, one after another.
  let folds: Int

  /// The penalty of the least error; the smallest among equals.
  ///
  /// - Parameter fold: Takes the rows that are kept and those held out, and gives the error of a penalty.
  func best(count: Int, _ fold: ([Int], [Int]) -> (Float) -> Double) -> Float {
    var errors = [Double](repeating: 0, count: penalties.count)
    for number in 0..<folds {
      let place = 9 - number
      let held = (0..<count).filter { $0 % 10 == place }
      guard !held.isEmpty else { continue }
      let error = fold((0..<count).filter { $0 % 10 != place }, held)
      for (index, penalty) in penalties.enumerated() { errors[index] += error(penalty) }
    }
    let least = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return penalties[least]
  }
}

private struct SoftmaxLoss {
  let rows: PaddedRows
  let classes: [Int]
  let classCount: Int
  let penalty: Float

  func valueAndGradient(_ weights: [PaddedRows.Piece]) -> (Double, [PaddedRows.Piece]) {
    let width = rows.pieceCount
    var scores = (0..<classCount).map { rows.products(weights[$0 * width..<($0 + 1) * width]) }
    var value = 0.0
    let share = 1 / Float(max(rows.count, 1))
    for row in 0..<rows.count {
      var largest = -Float.infinity
      for index in 0..<classCount { largest = max(largest, scores[index][row]) }
      var sum: Float = 0
      let own = scores[classes[row]][row]
      for index in 0..<classCount {
        let weight = exp(scores[index][row] - largest)
        scores[index][row] = weight
        sum += weight
      }
      value += Double(log(sum) + largest - own)
      for index in 0..<classCount {
        let isOwn: Float = index == classes[row] ? 1 : 0
        scores[index][row] = (scores[index][row] / sum - isOwn) * share
      }
    }
    value /= Double(max(rows.count, 1))
    // The last column is the constant 1, whose weight is free.
    var penalized = weights
    let constant = rows.width - 1
    for index in 0..<classCount { penalized[index * width + constant / 8][constant % 8] = 0 }
    let strength = share * penalty
    var gradient = penalized.map { $0 * strength }
    value += 0.5 * Double(strength) * penalized.reduce(0.0) { $0 + Double(($1 * $1).sum()) }
    for index in 0..<classCount {
      rows.addSum(weights: scores[index], to: &gradient, at: index * width)
    }
    return (value, gradient)
  }
}

/// Finds the minimum of a smooth function.
private enum QuasiNewton {
  typealias Vector = [PaddedRows.Piece]

  static func minimum(
    from start: Vector,
    rounds: Int,
    _ function: (Vector) -> (Double, Vector)
  ) -> Vector {
    var x = start
    var (value, gradient) = function(x)
    var steps: [(s: Vector, y: Vector, rho: Double)] = []
    for _ in 0..<rounds {
      if dot(gradient, gradient) < 1e-10 { break }
      let direction = direction(gradient, steps)
      let slope = dot(direction, gradient)
      guard slope < 0 else { break }
      var length = steps.isEmpty ? min(1, 1 / dot(gradient, gradient).squareRoot()) : 1
      var next = (x: x, value: value, gradient: gradient)
      var isFound = false
      for _ in 0..<20 {
        let evaluation = added(x, direction, Float(length))
        let (evaluationValue, evaluationGradient) = function(evaluation)
        if evaluationValue <= value + 1e-4 * length * slope {
          next = (evaluation, evaluationValue, evaluationGradient)
          isFound = true
          break
        }
        length /= 2
      }
      guard isFound else { break }
      let s = added(next.x, x, -1)
      let y = added(next.gradient, gradient, -1)
      let curvature = dot(s, y)
      if curvature > 1e-12 { steps.append((s, y, 1 / curvature)) }
      if steps.count > 10 { steps.removeFirst() }
      let gain = value - next.value
      (x, value, gradient) = (next.x, next.value, next.gradient)
      if gain < 1e-7 * max(abs(value), 1) { break }
    }
    return x
  }

  /// The two loops of the limited-memory method.
  private static func direction(
    _ gradient: Vector,
    _ steps: [(s: Vector, y: Vector, rho: Double)]
  ) -> Vector {
    var q = gradient
    var parts: [Double] = []
    for step in steps.reversed() {
      let part = step.rho * dot(step.s, q)
      parts.append(part)
      q = added(q, step.y, Float(-part))
    }
    if let last = steps.last {
      let scale = Float(1 / (last.rho * dot(last.y, last.y)))
      q = q.map { $0 * scale }
    }
    for (step, part) in zip(steps, parts.reversed()) {
      q = added(q, step.s, Float(part - step.rho * dot(step.y, q)))
    }
    return q.map { -$0 }
  }

  static func dot(_ first: Vector, _ second: Vector) -> Double {
    var sum = 0.0
    for index in first.indices { sum += Double((first[index] * second[index]).sum()) }
    return sum
  }

  static func added(_ first: Vector, _ second: Vector, _ factor: Float) -> Vector {
    var result = first
    for index in result.indices { result[index] += second[index] * factor }
    return result
  }
}

/// Ridge regression: a number by a linear function of standardized columns, with the penalty ‖w‖².
///
/// Reference: Hoerl, Kennard, 1970, "Ridge Regression", doi:10.1080/00401706.1970.10488634,
/// equation 2.1; solved by conjugate gradients (Hestenes, Stiefel, 1952).
package struct RidgeRegression {
  private let moments: (means: [PaddedRows.Piece], factors: [PaddedRows.Piece])
  private let weights: [PaddedRows.Piece]
  private let mean: Double

  /// Fits to rows and their numbers.
  package init(_ rows: PaddedRows, numbers: [Double], penalty: Float = 1, rounds: Int = 300) {
    moments = rows.moments
    mean = numbers.reduce(0, +) / Double(max(numbers.count, 1))
    let rows = rows.standardized(moments)
    var residual = [PaddedRows.Piece](repeating: .zero, count: rows.pieceCount)
    rows.addSum(weights: numbers.map { [mean] in Float($0 - mean) }, to: &residual)
    var solution = residual.map { _ in PaddedRows.Piece.zero }
    var direction = residual
    var square = QuasiNewton.dot(residual, residual)
    let goal = square * 1e-12
    for _ in 0..<rounds where square > goal {
      var image = direction.map { $0 * penalty }
      rows.addSum(weights: rows.products(direction[...]), to: &image)
      let length = Float(square / QuasiNewton.dot(direction, image))
      solution = QuasiNewton.added(solution, direction, length)
      residual = QuasiNewton.added(residual, image, -length)
      let next = QuasiNewton.dot(residual, residual)
      direction = QuasiNewton.added(residual, direction, Float(next / square))
      square = next
    }
    weights = solution
  }

  /// The number of each row.
  package func numbers(of rows: PaddedRows) -> [Double] {
    rows.standardized(moments).products(weights[...]).map { Double($0) + mean }
  }
}

extension RidgeRegression {
  /// The penalties that are tried.
  package static let penalties: [Float] = [1, 10, 100, 1_000, 10_000]

  /// The penalty of the least squared error on rows that are held out.
  ///
  /// - Parameter folds: How many tenths of the rows are held out, one after another, from 1 to 10.
  package static func penalty(
    for rows: PaddedRows,
    numbers: [Double],
    rounds: Int,
    folds: Int = 1
  ) -> Float {
    PenaltyChoice(penalties: penalties, folds: folds).best(count: rows.count) { kept, held in
      let (known, new) = (rows.rows(kept), rows.rows(held))
      let truth = kept.map { numbers[$0] }
      return { penalty in
        let model = RidgeRegression(known, numbers: truth, penalty: penalty, rounds: rounds)
        return zip(held, model.numbers(of: new)).reduce(0) {
          $0 + (numbers[$1.0] - $1.1) * (numbers[$1.0] - $1.1)
        }
      }
    }
  }
}
