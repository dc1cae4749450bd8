import Foundation
import HourglassAutoencoders
import HourglassData
import HourglassEngines
import HourglassTensors

/// The numbers that `Scripts/goldens/make_principal_components.py` draws.
struct GoldenNumbers {
  private var state: UInt64 = 1

  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 40) * 0x1p-23 - 1
  }

  /// Rows of a factor model with noise, `[count, width]`.
  static func rows(_ count: Int, _ width: Int, factors: Int) -> Tensor {
    var numbers = GoldenNumbers()
    let weights = (0..<factors).map { _ in (0..<width).map { _ in numbers.next() } }
    var values: [Float] = []
    for _ in 0..<count {
      let scores = (0..<factors).map { _ in numbers.next() }
      for column in 0..<width {
        var value = 0.0
        for factor in 0..<factors {
          value += Double(factors - factor) * scores[factor] * weights[factor][column]
        }
        values.append(Float(value + 0.1 * numbers.next() + Double(column) / Double(width)))
      }
    }
    return Tensor(values, shape: [count, width])
  }
}

/// Rows on a curved surface of two dimensions in eight columns, with a little noise: something that
/// an autoencoder can reduce better than PCA.
func curvedRows(_ count: Int, seed: UInt64 = 1) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<count {
    let a = 3 * Double(generator.nextUniform()) - 1.5
    let b = 3 * Double(generator.nextUniform()) - 1.5
    let row = [a, b, a * b, a * a, b * b, sin(2 * a), cos(2 * b), a - b]
    values += row.map { Float($0) + 0.02 * generator.nextNormal() }
  }
  return Tensor(values, shape: [count, 8])
}

/// Images of a soft spot at a random place, `[count, 1, side, side]`, from 0 to 1.
func spots(_ count: Int, side: Int = 8, seed: UInt64 = 1) -> Tensor {
  var generator = SeededGenerator(seed: seed)
  var values: [Float] = []
  for _ in 0..<count {
    let x = Float(side) * generator.nextUniform()
    let y = Float(side) * generator.nextUniform()
    for row in 0..<side {
      for column in 0..<side {
        let (dx, dy) = (Float(column) - x, Float(row) - y)
        values.append(exp(-(dx * dx + dy * dy) / 4))
      }
    }
  }
  return Tensor(values, shape: [count, 1, side, side])
}

func table(_ rows: Tensor, columns: [String]? = nil) throws -> NumericDataset {
  try NumericDataset(name: "rows", table: rows, columns: columns)
}

/// An engine of one thread, so that tests that run side by side do not fight for cores.
func smallEngine(_ executor: ComputeEngine.Executor = .oneDNN) -> ComputeEngine {
  ComputeEngine(.init(threads: 1, precision: .float32, executor: executor))
}

/// Runs a test with a folder of its own.
func withFolder<Result>(
  _ body: (String) async throws -> Result
) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("hourglass-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
}

/// The JSON file of goldens.
func golden<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
  guard
    let url = Bundle.module.url(
      forResource: name,
      withExtension: "json",
      subdirectory: "Goldens"
    )
  else { throw CocoaError(.fileNoSuchFile) }
  return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}
