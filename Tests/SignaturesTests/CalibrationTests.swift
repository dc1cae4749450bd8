import Foundation
import HourglassSignatures
import HourglassTensors
import Testing

@Suite struct CalibrationTests {
  @Test func thresholdAndPValueAgree() throws {
    let calibration = try FalseAcceptCalibration(distances: (1...99).reversed().map(Double.init))
    #expect(try calibration.threshold(falseAcceptRate: 0.1) == 10)
    #expect(try calibration.threshold(falseAcceptRate: 0.005) == nil)
    #expect(try calibration.threshold(falseAcceptRate: 0.999_999_999_999) == 99)
    #expect(calibration.pValue(of: 0.5) == 0.01)
    #expect(calibration.pValue(of: 10) == 0.11)
    #expect(try calibration.accepts(9.99, falseAcceptRate: 0.1))
    #expect(try !calibration.accepts(10, falseAcceptRate: 0.1))
    #expect(
      failure { _ = try FalseAcceptCalibration(distances: []) }
        == .unusableCalibration(found: "none")
    )
    #expect(
      failure { _ = try FalseAcceptCalibration(distances: [.nan]) }
        == .unusableCalibration(found: "nan")
    )
    #expect(
      failure { _ = try calibration.threshold(falseAcceptRate: 1) } == .unusableRate(value: 1)
    )
  }

  /// Four clips of each of nine songs are no 36 songs.
  @Test func severalDistancesOfAnItemCountOnce() throws {
    let calibration = try FalseAcceptCalibration(distances: (1...36).map(Double.init), itemCount: 9)
    #expect(calibration.smallestRate == 0.1)
    #expect(calibration.pValue(of: 0.5) == 0.1)
    #expect(abs(calibration.pValue(of: 4) - 0.2) < 1e-12)
    #expect(try calibration.threshold(falseAcceptRate: 0.09) == nil)
    #expect(try calibration.threshold(falseAcceptRate: 0.1) == 1)
    #expect(try calibration.threshold(falseAcceptRate: 0.2) == 5)
    let data = try JSONEncoder().encode(calibration)
    #expect(try JSONDecoder().decode(FalseAcceptCalibration.self, from: data) == calibration)
  }

  /// Uniform distances: the rate of a threshold is the threshold itself.
  @Test func unknownItemsAreAcceptedAtTheRateAskedFor() throws {
    var generator = SeededGenerator(seed: 1)
    var rates: [Double] = []
    for _ in 0..<400 {
      let distances = (0..<199).map { _ in Double(generator.nextUniform()) }
      let calibration = try FalseAcceptCalibration(distances: distances)
      rates.append(try #require(try calibration.threshold(falseAcceptRate: 0.05)))
    }
    let mean = rates.reduce(0, +) / 400
    #expect(abs(mean - 0.05) < 0.003)
  }

  @Test func anItemIsNotItsOwnUnknownItem() throws {
    let index = try SignatureIndex(items: [
      NewItem(name: "a", signatures: [[0], [10]]), NewItem(name: "b", signature: [3]),
      NewItem(name: "c", signature: [3]),
    ])
    #expect(try index.distancesBetweenItems() == [3, 0, 0])
  }

  /// An item that is stored twice is in the database without one of them, too.
  @Test func twinsAreLeftOutTogether() throws {
    let index = try SignatureIndex(items: [
      NewItem(name: "a", signature: [0]), NewItem(name: "b", signature: [3]),
      NewItem(name: "c", signature: [3]), NewItem(name: "d", signature: [10]),
      NewItem(name: "e", signature: [3]),
    ])
    #expect(try index.distancesOfNewItems([1, 2, 3, 4, 9]) == [3, 3, 7])
    #expect(try index.distancesOfNewItems([5]) == [3])
    #expect(try index.twins(of: 3) == [2, 3, 5])
    #expect(try index.twins(of: 4) == [4])
    let alike = try SignatureIndex(items: [
      NewItem(name: "a", signature: [1]), NewItem(name: "b", signature: [1]),
    ])
    #expect(try alike.distancesOfNewItems([1, 2]).isEmpty)
    // Songs with one part in common are no twins.
    let songs = try SignatureIndex(items: [
      NewItem(name: "a", signatures: [[0], [1], [2], [3]]),
      NewItem(name: "b", signatures: [[0], [1], [9], [8]]),
      NewItem(name: "c", signatures: [[0], [1], [2], [3]]),
    ])
    #expect(try songs.twins(of: 1) == [1, 3])
  }
}
