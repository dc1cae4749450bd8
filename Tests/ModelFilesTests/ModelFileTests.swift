import Foundation
import HourglassModelFiles
import HourglassTensors
import Testing

@Suite struct ModelFileTests {
  @Test func aModelComesBackWhole() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("pump.hourglass").path
      try ModelFile.write(tensors: exampleTensors, header: exampleHeader, to: path)
      let file = try ModelFile(contentsOf: path)
      #expect(try file.header(as: ModelHeader.self) == exampleHeader)
      #expect(try file.tensors() == exampleTensors)
      #expect(file.application == "detect")
      #expect(file.format == ModelFile.formatVersion)
      #expect(file.header["training"]?["epochs"] == .number(JSONNumber(3)))
      #expect(try file.tensor(named: "encoder.0.bias") == exampleTensors["encoder.0.bias"])
    }
  }

  @Test func writingAgainGivesTheSameBytes() throws {
    let bytes = try ModelFile.bytes(tensors: exampleTensors, header: exampleHeader, path: "f")
    let file = try ModelFile(bytes: bytes, path: "f")
    let header = try file.header(as: ModelHeader.self)
    #expect(try ModelFile.bytes(tensors: file.tensors(), header: header, path: "f") == bytes)
    // The header as free JSON gives the same text too.
    #expect(try ModelFile.bytes(tensors: file.tensors(), header: file.header, path: "f") == bytes)
  }

  @Test func theHeaderIsOneTextInTheMetadata() throws {
    let bytes = try ModelFile.bytes(
      tensors: [:],
      header: ["application": JSONValue.string("x"), "format": .number(JSONNumber(1))],
      path: "f"
    )
    let file = try SafetensorsFile(bytes: bytes, path: "f")
    #expect(file.metadata == ["hourglass": #"{"application":"x","format":1}"#])
  }

  /// A checkpoint has counters and generators in its header and moments among its tensors.
  @Test func aCheckpointKeepsItsCountersExactly() throws {
    struct Counters: Codable, Equatable {
      var step: Int64 = .max
      var stream: UInt64 = .max
      var rate: Float = 0.1
      var loss: Double = 1.0 / 3
      var generator = SeededGenerator.named("noise", seed: .max)
    }
    var counters = Counters()
    _ = counters.generator.nextNormal()
    var header = exampleHeader
    header.checkpoint = try JSONValue(encoding: counters, file: "f")
    header.stateTensors = ["optimizer.encoder.0.weight.moment"]
    let bytes = try ModelFile.bytes(
      tensors: ["optimizer.encoder.0.weight.moment": Tensor([1e-30], shape: [1])],
      blobs: ["order": .init([.min, .max] as [Int64])],
      header: header,
      path: "f"
    )
    let file = try ModelFile(bytes: bytes, path: "f")
    let read = try #require(file.header(as: ModelHeader.self).checkpoint)
    #expect(try read.decoded(as: Counters.self, file: "f") == counters)
    #expect(
      try file.contents.bytes(named: "order") == [0, 0, 0, 0, 0, 0, 0, 0x80] + length(1 << 63 - 1)
    )
  }

  @Test func aFileOfAnotherProgramIsNamedAsSuch() throws {
    #expect(
      throws: ModelFileError.notAModel(
        file: "f",
        tensors: ["decoder.0.weight", "encoder.0.bias", "encoder.0.weight"]
      )
    ) { try ModelFile(bytes: golden("single-precision"), path: "f") }
  }

  @Test(
    arguments: [
      (
        "7",
        .unexpectedValue(
          file: "f",
          text: JSONText.model.rawValue,
          member: "hourglass",
          expected: "an object",
          found: "7"
        )
      ),
      (
        "{",
        .malformedJSON(
          file: "f",
          text: JSONText.model.rawValue,
          position: 1,
          problem: JSONProblem.endsTooEarly.description
        )
      ),
      ("{}", .missingMember(file: "f", text: JSONText.model.rawValue, member: "format")),
      (
        #"{"format":"1"}"#,
        .unexpectedValue(
          file: "f",
          text: JSONText.model.rawValue,
          member: "format",
          expected: "a whole number from 1",
          found: "a string"
        )
      ),
      (
        #"{"format":0}"#,
        .unexpectedValue(
          file: "f",
          text: JSONText.model.rawValue,
          member: "format",
          expected: "a whole number from 1",
          found: "0"
        )
      ),
      (
        #"{"format":1e999}"#,
        .unexpectedValue(
          file: "f",
          text: JSONText.model.rawValue,
          member: "format",
          expected: "a whole number from 1",
          found: "1e999"
        )
      ),
      (#"{"format":5,"application":7}"#, .newerFormat(file: "f", found: 5, supported: 4)),
      (
        #"{"format":1}"#,
        .missingMember(file: "f", text: JSONText.model.rawValue, member: "application")
      ),
      (
        #"{"format":1,"application":null}"#,
        .unexpectedValue(
          file: "f",
          text: JSONText.model.rawValue,
          member: "application",
          expected: "a string",
          found: "null"
        )
      ),
    ] as [(String, ModelFileError)]
  )
  func aWrongHeaderIsATypedError(text: String, error: ModelFileError) throws {
    let bytes = try SafetensorsFile.bytes(tensors: [:], metadata: ["hourglass": text], path: "f")
    #expect(throws: error) { try ModelFile(bytes: bytes, path: "f") }
  }

  @Test func aDeepHeaderIsATypedError() throws {
    let text = #"{"format":1,"application":"x","a":"# + String(repeating: "[", count: 100_000)
    let bytes = try SafetensorsFile.bytes(tensors: [:], metadata: ["hourglass": text], path: "f")
    #expect(
      throws: ModelFileError.malformedJSON(
        file: "f",
        text: JSONText.model.rawValue,
        position: 97,
        problem: JSONProblem.tooDeep(limit: 64).description
      )
    ) { try ModelFile(bytes: bytes, path: "f") }
  }

  @Test func aHeaderThatCouldNotBeReadIsNotWritten() {
    let version = ModelFile.formatVersion
    #expect(
      throws: ModelFileError.newerFormat(file: "f", found: version + 1, supported: version)
    ) {
      var header = exampleHeader
      header.format = version + 1
      return try ModelFile.bytes(tensors: [:], header: header, path: "f")
    }
    #expect(
      throws: ModelFileError.unexpectedValue(
        file: "f",
        text: JSONText.model.rawValue,
        member: "hourglass",
        expected: "an object",
        found: "an array"
      )
    ) { try ModelFile.bytes(tensors: [:], header: [1, 2], path: "f") }
    #expect(throws: ModelFileError.unwritableHeader(file: "f", member: "configuration.x")) {
      var header = exampleHeader
      header.configuration = .object(["x": try JSONValue(text: "1e999", file: "f")])
      return try ModelFile.bytes(tensors: [:], header: header, path: "f")
    }
  }

  @Test func membersOfTheHeaderAreCheckedWhenTheyAreAskedFor() throws {
    let bytes = try ModelFile.bytes(
      tensors: [:],
      header: ["application": JSONValue.string("x"), "format": .number(JSONNumber(1))],
      path: "f"
    )
    let file = try ModelFile(bytes: bytes, path: "f")
    #expect(
      throws: ModelFileError.unreadableMember(
        file: "f",
        member: "configuration",
        problem: MemberProblem.missing.description
      )
    ) { try file.header(as: ModelHeader.self) }
    #expect(
      throws: ModelFileError.noSuchTensor(file: "f", tensor: "encoder.0.weight", present: [])
    ) { try file.tensor(named: "encoder.0.weight") }
  }
}
