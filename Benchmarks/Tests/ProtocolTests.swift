import Foundation
import Hourglass
import HourglassBenchmarkSupport
import Testing

@testable import HourglassBenchmarks

/// What benchmarks of quality measure by, beside NumPy and scikit-learn: see
/// `Scripts/goldens/make_protocols.py`.
@Suite struct ProtocolTests {
  struct Goldens: Decodable {
    struct Generator: Decodable {
      let seed: UInt64
      let uniforms: [Double]
      let order: [Int]
      let after: Double
      let small: [Int]
    }

    struct Codes: Decodable {
      let items: [[Float]]
      let codes: [[Float]]
      let classes: [Int]
      let trustworthiness: Double
      let neighbors: Double
      let regression: Double
    }

    let generators: [Generator]
    let codes: Codes
  }

  private let goldens: Goldens

  init() throws {
    let file = Bundle.module.bundleURL.appendingPathComponent("Goldens/protocols.json")
    goldens = try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
  }

  private func tensor(_ rows: [[Float]]) -> Tensor {
    Tensor(rows.flatMap(\.self), shape: [rows.count, rows[0].count])
  }

  @Test func randomNumbersAreThoseOfNumPy() {
    for known in goldens.generators {
      var generator = NumPyGenerator(seed: known.seed)
      #expect(known.uniforms.map { _ in generator.nextUniform() } == known.uniforms)
      #expect(generator.permutation(known.order.count) == known.order)
      #expect(generator.nextUniform() == known.after)
      var other = NumPyGenerator(seed: known.seed)
      #expect(other.permutation(2) == known.small)
    }
    var none = NumPyGenerator(seed: 1)
    #expect(none.permutation(0).isEmpty && none.permutation(1) == [0])
  }

  @Test func codesAreEvaluatedAsByOthers() throws {
    let known = goldens.codes
    let trust = try CodeQuality.trustworthiness(of: tensor(known.codes), items: tensor(known.items))
    #expect(abs(trust - known.trustworthiness) < 1e-4, "\(trust) against \(known.trustworthiness)")
    let (learned, new) = (0..<160, 160..<240)
    let share = try CodeQuality.neighborAccuracy(
      training: tensor(Array(known.codes[learned])),
      classes: Array(known.classes[learned]),
      test: tensor(Array(known.codes[new])),
      truth: Array(known.classes[new])
    )
    // Equal votes go to the nearest here, and to the lowest class there.
    #expect(abs(share - known.neighbors) <= 4.0 / 80, "\(share) against \(known.neighbors)")
    let linear = CodeQuality.logisticAccuracy(
      training: tensor(Array(known.items[learned])),
      classes: Array(known.classes[learned]),
      test: tensor(Array(known.items[new])),
      truth: Array(known.classes[new])
    )
    // The penalty is chosen here, and 1 there.
    #expect(linear >= known.regression - 2.0 / 80, "\(linear) against \(known.regression)")
    let model = LinearClassifier(
      tensor(Array(known.items[learned])),
      classes: Array(known.classes[learned]),
      penalty: 1
    )
    let predicted = model.classes(of: tensor(Array(known.items[new])))
    let right = zip(predicted, known.classes[new]).count { $0 == $1 }
    #expect(abs(Double(right) / 80 - known.regression) <= 1.0 / 80)
  }

  /// By the definition: an alarm at the beginning of each window and no other is worth 100, alarms at its
  /// end alone are worth half, since a window that is missed costs as much as one found at once is worth.
  @Test func scoresOfSeriesAreThoseOfTheBenchmark() throws {
    func series(_ alarms: [Int]) -> ScoredSeries {
      var scores = [Double](repeating: 0, count: 400)
      for row in alarms { scores[row] = 1 }
      return ScoredSeries(scores: scores, windows: [100..<140, 300..<340])
    }
    #expect(abs(try #require(ScoredSeries.bestScore([series([100, 300])])) - 100) < 1e-9)
    #expect(abs(try #require(ScoredSeries.bestScore([series([100])])) - 50) < 1e-9)
    let late = try #require(ScoredSeries.bestScore([series([139, 339])]))
    #expect(late > 50 && late < 60, "\(late)")
    // False alarms before the first window cost 0.11 each, later alarms within a window nothing.
    let noisy = try #require(ScoredSeries.bestScore([series([70, 80, 100, 110, 300])]))
    #expect(abs(noisy - (100 - 100 * 0.22 / 4)) < 1e-9, "\(noisy)")
    // The probationary part is not evaluated.
    #expect(abs(try #require(ScoredSeries.bestScore([series([10, 100, 300])])) - 100) < 1e-9)
    #expect(ScoredSeries.bestScore([series([200, 201, 202])]) == 0)
    #expect(ScoredSeries.bestScore([ScoredSeries(scores: [1, 2], windows: [])]) == nil)
    var wave = (0..<400).map { Double($0 % 2) }
    (wave[110], wave[112], wave[310]) = (5, 5, 3)
    let peaks = ScoredSeries(scores: wave, windows: [100..<140]).peaks.scores
    #expect(peaks.indices.filter { peaks[$0] > 1 } == [110, 310] && peaks[112] == 0)
    #expect(peaks[110] > peaks[310])
    let area = try #require(series(Array(100..<140) + Array(300..<340)).area)
    #expect(area == 1)
  }
}
