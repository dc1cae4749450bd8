import Foundation
import HourglassModelFiles
import HourglassTensors
import Testing

@Suite struct ModelSummaryTests {
  private func summary() throws -> ModelSummary {
    let bytes = try ModelFile.bytes(
      tensors: exampleTensors,
      header: exampleHeader,
      path: "pump.hourglass"
    )
    return try ModelSummary(ModelFile(bytes: bytes, path: "pump.hourglass"))
  }

  @Test func theTextNamesEverything() throws {
    let summary = try summary()
    #expect(
      summary.description == """
        pump.hourglass: model of detect, format \(ModelFile.formatVersion), \(summary.byteCount) bytes
        configuration
          falseAlarms: 0.01
          latent: 2
          note: none
          robust: yes
        architecture
          - encoder: dense 4 -> 2, tanh
          - decoder: dense 2 -> 4
        tensors
          decoder.0.weight  F32  [4, 2]  8
          encoder.0.bias    F32  [2]     2
          encoder.0.mean    F32  [2]     2  (state)
          encoder.0.weight  F32  [2, 4]  8
        parameters
          18
        provenance
          data: pump.csv, 1000 items, fingerprint 9f86d081884c7d65
          training data kept in the file: none
          seed: 18446744073709551615
          program: 0.1.0, float32, 2 threads
        training
          3 epochs, 24 steps, best epoch 2
          training loss: first 0.9, least 0.1, last 0.3333333333333333
          validation loss: first 1.0, least 0.25, last inf
          baseline error: 0.5
          error: 5e-324
        """
    )
    #expect(summary.parameterCount == 18)
  }

  @Test func theSummaryIsCodable() throws {
    let summary = try summary()
    let value = try JSONValue(encoding: summary, file: "f")
    #expect(try value.decoded(as: ModelSummary.self, file: "f") == summary)
    guard case .array(let tensors) = value["tensors"] else {
      Issue.record("no tensors")
      return
    }
    #expect(tensors.count == 4)
    #expect(value["parameterCount"] == .number(JSONNumber(18)))
  }

  @Test func weightsAreNotReadAndTerminalsNotObeyed() throws {
    var header = exampleHeader
    header.application = "x\u{1b}[2J"
    header.provenance.keptItemCount = 12
    header.architecture = .object([
      "encoder": .array((0..<12).map { .string("convolution \($0)") }),
      "latent": .number(JSONNumber(2)),
    ])
    header.checkpoint = .object(["step": .number(JSONNumber(1))])
    try withFolder { folder in
      let path = folder.appendingPathComponent("m").path
      try ModelFile.write(tensors: exampleTensors, header: header, to: path)
      let text = try ModelSummary(contentsOf: path).description
      #expect(text.contains("m: checkpoint of x\\u{1b}[2J, format \(ModelFile.formatVersion)"))
      #expect(text.contains("training data kept in the file: 12 items"))
      #expect(text.contains("  encoder:\n    - convolution 0\n    - convolution 1\n"))
      #expect(text.contains("\n  latent: 2\n"))
    }
  }
}
