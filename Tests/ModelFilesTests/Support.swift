import Foundation
import HourglassModelFiles
import HourglassTensors
import Testing

/// The bytes of a file in `Goldens`.
func golden(_ name: String) throws -> [UInt8] {
  let url = try #require(
    Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Goldens")
  )
  return [UInt8](try Data(contentsOf: url))
}

/// The bytes of a safetensors file from the text of its header and the size of its data.
func file(header: String, dataCount: Int = 0) -> [UInt8] {
  file(header: Array(header.utf8), dataCount: dataCount)
}

func file(header: [UInt8], dataCount: Int = 0) -> [UInt8] {
  length(UInt64(header.count)) + header + [UInt8](repeating: 0, count: dataCount)
}

func length(_ count: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
}

/// Runs a body with a folder of its own, which is removed at the end.
func withFolder(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("hourglass-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// Whether two tensors have one shape and the same bits, not-a-numbers included.
func sameBits(_ left: Tensor?, _ right: Tensor?) -> Bool {
  left?.shape == right?.shape
    && left?.scalars.map(\.bitPattern) == right?.scalars.map(\.bitPattern)
}

/// Tensors with numbers at the edges of single precision.
let awkwardTensors: [String: Tensor] = [
  "encoder.0.weight": Tensor(
    [0.1, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude],
    shape: [2, 3]
  ),
  "encoder.0.bias": Tensor([.greatestFiniteMagnitude, .leastNormalMagnitude], shape: [2]),
  "scalar": Tensor(0.25),
  "empty": Tensor([], shape: [3, 0]),
  "größe \"\\\n": Tensor([1], shape: [1, 1, 1, 1, 1, 1, 1, 1]),
]

/// A header with something in each of its members.
let exampleHeader = ModelHeader(
  application: "detect",
  configuration: .object([
    "latent": .number(JSONNumber(2)), "falseAlarms": number(0.01),
    "robust": .boolean(true), "note": .null,
  ]),
  fields: .array([.object(["name": .string("pressure"), "kind": .string("number")])]),
  architecture: .array([.string("encoder: dense 4 -> 2, tanh"), .string("decoder: dense 2 -> 4")]),
  provenance: ModelProvenance(
    seed: .max,
    dataFingerprint: "9f86d081884c7d65",
    dataName: "pump.csv",
    itemCount: 1000,
    programVersion: "0.1.0",
    threads: 2
  ),
  training: TrainingSummary(
    epochs: 3,
    steps: 24,
    bestEpoch: 2,
    trainingLosses: [0.9, 0.1, 1.0 / 3],
    validationLosses: [1, 0.25, .infinity],
    metrics: ["error": .leastNonzeroMagnitude, "baseline error": 0.5]
  ),
  stateTensors: ["encoder.0.mean"]
)

/// Tensors that go with the header.
let exampleTensors: [String: Tensor] = [
  "encoder.0.weight": Tensor(repeating: 0.5, shape: [2, 4]),
  "encoder.0.bias": Tensor(repeating: 0, shape: [2]),
  "encoder.0.mean": Tensor(repeating: 1, shape: [2]),
  "decoder.0.weight": Tensor(repeating: -0.5, shape: [4, 2]),
]

/// A number as a JSON value.
func number(_ value: Double) -> JSONValue {
  JSONNumber(value).map { .number($0) } ?? .null
}
