package import HourglassTensors

/// Something that learns from rows and is then applied to rows, as the laws see it.
package struct EstimatorUnderTest<Fitted: Sendable>: Sendable {
  /// Learns from rows `[rows, …]`.
  package let fit: @Sendable (Tensor) async throws -> Fitted
  /// What the fitted estimator makes of each row: `[rows, …]`.
  package let apply: @Sendable (Fitted, Tensor) async throws -> Tensor
  /// The bytes of the saved estimator.
  package let bytes: @Sendable (Fitted) throws -> [UInt8]
  /// The estimator of some bytes.
  package let load: @Sendable ([UInt8]) throws -> Fitted
  /// The estimator's error on rows, and that of the trivial means.
  package let errors: @Sendable (Fitted, Tensor) async throws -> (own: Double, trivial: Double)
  /// Whether an error is one that the documentation of `fit` promises.
  package let isDocumented: @Sendable (any Error) -> Bool

  /// Describes an estimator by what can be done with it.
  package init(
    fit: @escaping @Sendable (Tensor) async throws -> Fitted,
    apply: @escaping @Sendable (Fitted, Tensor) async throws -> Tensor,
    bytes: @escaping @Sendable (Fitted) throws -> [UInt8],
    load: @escaping @Sendable ([UInt8]) throws -> Fitted,
    errors: @escaping @Sendable (Fitted, Tensor) async throws -> (own: Double, trivial: Double),
    isDocumented: @escaping @Sendable (any Error) -> Bool
  ) {
    self.fit = fit
    self.apply = apply
    self.bytes = bytes
    self.load = load
    self.errors = errors
    self.isDocumented = isDocumented
  }
}

/// What holds for every estimator, whatever it does.
package enum EstimatorLaw: String, CaseIterable, Sendable, CustomStringConvertible {
  /// Learning twice from the same rows gives the same bytes.
  case sameSeedSameBytes
  /// A row gives the same bits alone and in the company of others.
  case rowAlone
  /// Rows in another order give the same results in that order.
  case orderOfRows
  /// A saved and loaded estimator has the same bytes and gives the same results.
  case saveAndLoad
  /// Neither learning nor applying changes the rows, and applying does not change the estimator.
  case nothingIsChanged
  /// Few, equal, huge and constant values end in finite results or a documented error.
  case degenerateInputs
  /// It reconstructs rows that it never saw better than the trivial means do.
  case betterThanTrivial

  package var description: String { rawValue }
}

extension EstimatorUnderTest {
  /// Says how a law is broken on some rows, of which the last quarter is kept from learning; `nil`
  /// where it holds.
  package func violation(of law: EstimatorLaw, on rows: Tensor) async throws -> String? {
    let count = rows.shape[0]
    let learned = rows.rows(0..<count * 3 / 4)
    let new = rows.rows(count * 3 / 4..<count)
    switch law {
    case .sameSeedSameBytes:
      let first = try bytes(try await fit(learned))
      let second = try bytes(try await fit(learned))
      return first == second ? nil : "two runs gave other bytes"
    case .rowAlone: return try await rowAloneViolation(try await fit(learned), new)
    case .orderOfRows: return try await orderViolation(try await fit(learned), new)
    case .saveAndLoad:
      let fitted = try await fit(learned)
      let saved = try bytes(fitted)
      let loaded = try load(saved)
      guard try bytes(loaded) == saved else { return "saving what was loaded gave other bytes" }
      let same = try await apply(loaded, new) == apply(fitted, new)
      return same ? nil : "the loaded estimator gives other results"
    case .nothingIsChanged: return try await changeViolation(learned, new)
    case .degenerateInputs: return try await degenerateViolation(learned)
    case .betterThanTrivial:
      let (own, trivial) = try await errors(try await fit(learned), new)
      return own < trivial ? nil : "its error is \(own), that of the trivial means \(trivial)"
    }
  }

  private func rowAloneViolation(_ fitted: Fitted, _ rows: Tensor) async throws -> String? {
    let together = try await apply(fitted, rows)
    for row in 0..<rows.shape[0] {
      let alone = try await apply(fitted, rows.rows(row..<row + 1))
      if alone != together.rows(row..<row + 1) { return "row \(row) differs alone" }
    }
    for size in [2, 3, 17] where size < rows.shape[0] {
      let few = try await apply(fitted, rows.rows(1..<1 + size))
      if few != together.rows(1..<1 + size) { return "rows differ in a batch of \(size)" }
    }
    return nil
  }

  private func orderViolation(_ fitted: Fitted, _ rows: Tensor) async throws -> String? {
    let count = rows.shape[0]
    let order = (0..<count).map { ($0 * 7 + 3) % count }
    guard Set(order).count == count else {
      return "the law needs rows whose number 7 does not divide"
    }
    let results = try await apply(fitted, rows)
    let shuffled = try await apply(fitted, rows.taking(order))
    return shuffled == results.taking(order) ? nil : "rows in another order give other results"
  }

  private func changeViolation(_ learned: Tensor, _ new: Tensor) async throws -> String? {
    let (before, newBefore) = (learned, new)
    let fitted = try await fit(learned)
    let saved = try bytes(fitted)
    let first = try await apply(fitted, new)
    let second = try await apply(fitted, new)
    if learned != before || new != newBefore { return "rows were changed" }
    if first != second { return "applying twice gives other results" }
    return try bytes(fitted) == saved ? nil : "applying changed the estimator"
  }

  private func degenerateViolation(_ rows: Tensor) async throws -> String? {
    var constant = rows
    let width = rows.shape.elementCount / rows.shape[0]
    for row in 0..<rows.shape[0] { constant[flat: row * width] = 0.1 }
    var outlier = rows
    outlier[flat: width] = 1e30
    let inputs: [(name: String, rows: Tensor)] = [
      ("one row", rows.rows(0..<1)),
      ("two rows", rows.rows(0..<2)),
      ("fewer rows than a batch", rows.rows(0..<5)),
      ("equal rows", rows.taking(Array(repeating: 0, count: 20))),
      ("a constant value", constant),
      ("only zeros", Tensor.zeros(rows.shape)),
      ("one huge value", outlier),
      ("huge values", Tensor(rows.scalars.map { $0 * 1e30 }, shape: rows.shape)),
    ]
    for (name, rows) in inputs {
      do {
        let results = try await apply(try await fit(rows), rows)
        if !results.isFinite { return "\(name): results are not finite" }
        if results.shape[0] != rows.shape[0] { return "\(name): not one result for each row" }
      } catch  where !isDocumented(error) {
        return "\(name): the error \(error) is not documented"
      } catch {}
    }
    return nil
  }
}

extension Tensor {
  /// Rows by their numbers.
  package func taking(_ rows: [Int]) -> Tensor {
    var scalars: [Float] = []
    for row in rows { scalars += self.rows(row..<row + 1).scalars }
    return Tensor(scalars, shape: shape.replacing(axis: 0, with: rows.count))
  }
}
