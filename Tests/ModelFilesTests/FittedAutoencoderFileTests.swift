import Foundation
import HourglassAutoencoders
import HourglassModelFiles
import HourglassNetworks
import HourglassTensors
import Testing

@Suite struct FittedAutoencoderFileTests {
  private let items = Tensor(
    (0..<40 * 6).map { Float($0 * 37 % 100) / 100 },
    shape: [40, 6]
  )

  private func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func fitted(_ autoencoder: Autoencoder) async throws -> FittedAutoencoder {
    try await Trainer(batchSize: 8, epochs: 2, seed: 5).fit(autoencoder, to: items)
  }

  private static let own = Autoencoder(
    encoder: .layers([.dense(7, activation: .leakyRelu(slope: 0.1)), .batchNormalization]),
    bottleneck: .gaussian(latent: 2, beta: 0.5),
    decoder: .layers([.dense(5)]),
    objective: .likelihood(.bernoulli),
    corruption: .masking(rate: 0.1)
  )

  @Test(arguments: [own, Autoencoder(hasLinearPath: true)])
  func comesBackToTheSameBits(_ autoencoder: Autoencoder) async throws {
    let model = try await fitted(autoencoder)
    try await inFolder { folder in
      let path = folder.appendingPathComponent("own.hourglass").path
      try model.save(to: path)
      let loaded = try FittedAutoencoder(contentsOf: path)
      #expect(loaded.autoencoder == autoencoder)
      #expect(loaded.itemShape == [6])
      #expect(loaded.record == model.record)
      #expect(loaded.variables == model.variables)
      #expect(sameBits(try await loaded.encode(items), try await model.encode(items)))
      #expect(sameBits(try await loaded.reconstruct(items), try await model.reconstruct(items)))
      let again = folder.appendingPathComponent("again.hourglass").path
      try loaded.save(to: again)
      let files = try [path, again].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      #expect(files[0] == files[1])
      // Fitting starts from a file as from what was just fitted.
      let trainer = Trainer(batchSize: 8, epochs: 1, seed: 6)
      let (one, other) = (
        try await trainer.fit(autoencoder, to: items, startingFrom: model),
        try await trainer.fit(autoencoder, to: items, startingFrom: loaded)
      )
      #expect(one.variables == other.variables)
    }
  }

  @Test func statisticsAreNoParameters() async throws {
    let model = try await fitted(Self.own)
    try await inFolder { folder in
      let path = folder.appendingPathComponent("own.hourglass").path
      try model.save(to: path)
      let summary = try ModelSummary(contentsOf: path)
      #expect(summary.application == "autoencoder")
      #expect(
        summary.tensors.filter { !$0.isParameter }.map(\.name)
          == ["encoder.1.runningMean", "encoder.1.runningVariance"]
      )
      #expect(summary.training.epochs == 2)
      #expect(summary.provenance.seed == 5)
    }
  }

  @Test func otherFilesAreErrors() async throws {
    let model = try await fitted(Self.own)
    try await inFolder { folder in
      let path = folder.appendingPathComponent("own.hourglass").path
      try model.save(to: path)
      let file = try ModelFile(contentsOf: path)
      var header = try file.header(as: ModelHeader.self)
      func error(_ tensors: [String: Tensor]) throws -> (any Error)? {
        try ModelFile.write(tensors: tensors, header: header, to: path)
        do {
          _ = try FittedAutoencoder(contentsOf: path)
          return nil
        } catch {
          return error
        }
      }
      var tensors = try file.tensors()
      #expect(try error(tensors) == nil)
      let weight = tensors.removeValue(forKey: "encoder.0.weight")
      #expect(
        try error(tensors) as? ModelError
          == .missingVariable(name: "encoder.0.weight", expected: [7, 6])
      )
      tensors["encoder.0.weight"] = weight
      for shape in ["[]", "[-1]", "[7000000000]", "[1,1,1,1]"] {
        header.fields = try JSONValue(text: "{\"shape\":\(shape)}", file: path)
        guard case .unreadableMember? = try error(tensors) as? ModelFileError else {
          Issue.record("items of the shape \(shape) were taken")
          continue
        }
      }
      header.application = "reduce"
      let other = try error(tensors)
      #expect(other.map { "\($0)" }?.contains("reduce") == true)
    }
  }
}
