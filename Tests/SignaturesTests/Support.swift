import Foundation
import HourglassSignatures
import HourglassTensors

/// The three songs of the example.
let songs: [(name: String, coordinates: [Float])] = [
  ("Enter Sandman", [0.65, 0.12]), ("Fear of the Dark", [0.44, 0.99]),
  ("Land of the Free", [0.81, 0.03]),
]

/// Vectors from a seed.
func vectors(_ count: Int, dimension: Int, seed: UInt64, offset: Float = 0) -> [[Float]] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in (0..<dimension).map { _ in generator.nextNormal() + offset } }
}

/// The error that a body throws.
func failure(_ body: () throws -> Void) -> SignatureError? {
  do {
    try body()
    return nil
  } catch {
    return error as? SignatureError
  }
}

/// Vectors around the centers of clusters, from a seed; `skipping` takes later ones of the same
/// clusters.
func clustered(_ count: Int, dimension: Int, seed: UInt64, skipping: UInt64 = 0) -> [[Float]] {
  let centers = vectors(20, dimension: dimension, seed: seed)
  var generator = SeededGenerator(seed: seed, stream: 1 + skipping)
  return (0..<count).map { _ in
    centers[Int(generator.next() % 20)].map { $0 + 0.5 * generator.nextNormal() }
  }
}
