import HourglassAutoencoders
import HourglassEngines
import HourglassStatistics
import HourglassTasksCommon
import HourglassTensors
import HourglassTestSupport
import Testing

/// Principal components beside those of scikit-learn, see
/// `Scripts/goldens/make_principal_components.py`.
@Suite struct PrincipalComponentsTests {
  struct Goldens: Decodable {
    let cases: [GoldenCase]
  }

  struct GoldenCase: Decodable, Sendable {
    let name: String
    let rows: Int
    let values: Int
    let factors: Int
    let components: Int
    let variances: [Double]
    let ratios: [Double]
    let means: [Double]
    let starts: [[Double]]
    let errorPerRow: Double
  }

  // The names are those of the algorithms: "table" and "all directions" solve the whole
  // problem, "more values than rows" finds the leading directions of a matrix in double precision,
  // "images" those of one from the engine, "large images" never makes the matrix.
  @Test(
    arguments: [
      ("table", 1e-9), ("all directions", 1e-9), ("more values than rows", 1e-7), ("images", 2e-5),
      ("large images", 1e-4),
    ]
  )
  func agreesWithScikitLearn(name: String, tolerance: Double) async throws {
    let goldens = try golden(Goldens.self, "principal_components")
    let expected = try #require(goldens.cases.first { $0.name == name })
    let all = GoldenNumbers.rows(expected.rows, expected.values, factors: expected.factors)
    let learned = all.rows(0..<expected.rows - 10)
    let found = try await PrincipalComponents(
      of: TensorSource(learned),
      count: expected.components,
      on: smallEngine()
    )
    let largest = try #require(expected.variances.first)
    for (index, variance) in expected.variances.enumerated() {
      #expect(abs(found.variances[index] - variance) <= tolerance * largest)
      #expect(abs(found.varianceRatios[index] - expected.ratios[index]) <= tolerance)
      for (place, element) in expected.starts[index].enumerated() {
        let own = found.components[index * expected.values + place]
        #expect(abs(own - element) <= 30 * tolerance, "direction \(index), element \(place)")
      }
    }
    for (index, mean) in expected.means.enumerated() {
      #expect(abs(found.means[index] - mean) <= 1e-12)
    }
    let error = errorPerRow(found, of: all.rows(expected.rows - 10..<expected.rows))
    #expect(abs(error - expected.errorPerRow) <= 10 * tolerance * expected.errorPerRow + 1e-12)
  }

  @Test func bothExecutorsAgree() async throws {
    let rows = TensorSource(GoldenNumbers.rows(12, 2_100, factors: 2))
    let exact = try await PrincipalComponents(of: rows, count: 1, on: smallEngine(.reference))
    let fast = try await PrincipalComponents(of: rows, count: 1, on: smallEngine())
    #expect(abs(exact.varianceRatios[0] - fast.varianceRatios[0]) < 1e-6)
    #expect(zip(exact.components, fast.components).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func directionsOfEqualVarianceAreAllFound() async throws {
    // Rows at both ends of each axis: every direction has the same variance.
    let width = 200
    var values = [Float](repeating: 0, count: 2 * width * width)
    for axis in 0..<width {
      values[2 * axis * width + axis] = 1
      values[(2 * axis + 1) * width + axis] = -1
    }
    let rows = TensorSource(Tensor(values, shape: [2 * width, width]))
    let found = try await PrincipalComponents(of: rows, count: 6, on: smallEngine())
    for variance in found.variances {
      #expect(abs(variance - 2 / Double(2 * width - 1)) < 1e-12)
    }
    for first in 0..<6 {
      for second in 0..<6 {
        let product = (0..<width).reduce(0.0) {
          $0 + found.components[first * width + $1] * found.components[second * width + $1]
        }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-9)
      }
    }
  }

  @Test(arguments: [(1, 5), (3, 150), (2, 3_000)])
  func fewRowsGiveFiniteDirections(count: Int, width: Int) async throws {
    let rows = TensorSource(GoldenNumbers.rows(count, width, factors: 2))
    let found = try await PrincipalComponents(of: rows, count: 4, on: smallEngine())
    #expect(found.count == 4)
    #expect(found.components.allSatisfy { $0.isFinite })
    // What single precision leaves of zero is small beside the variance there is.
    let largest = max(found.variances[0], 1)
    #expect(found.variances.dropFirst(max(count - 1, 0)).allSatisfy { $0 < 1e-5 * largest })
  }

  @Test func thereAreNoMoreDirectionsThanValues() async throws {
    let rows = TensorSource(GoldenNumbers.rows(20, 3, factors: 2))
    let found = try await PrincipalComponents(of: rows, count: 9, on: smallEngine())
    #expect(found.count == 3)
    #expect(abs(found.varianceRatios.reduce(0, +) - 1) < 1e-12)
  }

  private func errorPerRow(_ found: PrincipalComponents, of rows: Tensor) -> Double {
    let width = found.means.count
    var sum = 0.0
    for row in 0..<rows.shape[0] {
      var left = (0..<width).map { Double(rows.scalars[row * width + $0]) - found.means[$0] }
      let centered = left
      for direction in 0..<found.count {
        let vector = found.components[direction * width..<(direction + 1) * width]
        let part = zip(centered, vector).reduce(0) { $0 + $1.0 * $1.1 }
        for (column, element) in vector.enumerated() { left[column] -= part * element }
      }
      sum += left.reduce(0) { $0 + $1 * $1 }
    }
    return sum / Double(rows.shape[0])
  }
}
