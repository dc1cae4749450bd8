import Foundation
import HourglassModelFiles
import HourglassSystem
import HourglassTensors
import Testing

@Suite struct SafetensorsWritingTests {
  @Test func writtenTensorsComeBackBitForBit() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("some.safetensors").path
      try SafetensorsFile.write(tensors: awkwardTensors, metadata: ["a": "b\u{0}"], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      let tensors = try file.tensors()
      #expect(Set(tensors.keys) == Set(awkwardTensors.keys))
      for (name, tensor) in tensors { #expect(sameBits(tensor, awkwardTensors[name]), "\(name)") }
      #expect(file.metadata == ["a": "b\u{0}"])

      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(file.byteCount == bytes.count)
      #expect(
        try SafetensorsFile.bytes(tensors: awkwardTensors, metadata: ["a": "b\u{0}"], path: path)
          == bytes
      )
    }
  }

  @Test func theSameContentsGiveTheSameBytes() throws {
    var first: [String: Tensor] = [:]
    var second: [String: Tensor] = [:]
    let names = (0..<100).map { "layer.\($0)" }
    for name in names { first[name] = Tensor(Float(name.utf8.count)) }
    second.reserveCapacity(1000)
    for name in names.reversed() { second[name] = Tensor(Float(name.utf8.count)) }
    let metadata = Dictionary(uniqueKeysWithValues: names.map { ($0, "x") })
    let reversed = Dictionary(uniqueKeysWithValues: names.reversed().map { ($0, "x") })
    #expect(
      try SafetensorsFile.bytes(tensors: first, metadata: metadata, path: "")
        == SafetensorsFile.bytes(tensors: second, metadata: reversed, path: "")
    )
  }

  @Test func theDataIsAlignedAndWithoutGaps() throws {
    let bytes = try SafetensorsFile.bytes(
      tensors: ["a": Tensor(1), "c": Tensor(2)],
      blobs: ["b": .init([1, 2, 3] as [UInt8]), "d": .init([.min, .max] as [Int64])],
      path: ""
    )
    let file = try SafetensorsFile(bytes: bytes, path: "")
    let headerCount = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(headerCount % 8 == 0)
    for entry in file.entries { #expect(entry.place.lowerBound % entry.type.byteCount == 0) }
    #expect(file.entries.map(\.place) == [16..<20, 24..<27, 20..<24, 0..<16])
  }

  @Test func blobsComeBackByteForByte() throws {
    let integers: [Int64] = [.min, -1, 0, 1 << 60 + 1, .max]
    let bytes = try SafetensorsFile.bytes(
      tensors: [:],
      blobs: ["i": .init(integers), "b": .init([0, 255] as [UInt8])],
      path: ""
    )
    let file = try SafetensorsFile(bytes: bytes, path: "")
    #expect(file.entry(named: "i")?.type == .int64)
    #expect(try file.bytes(named: "b") == [0, 255])
    let read = try file.bytes(named: "i")
    #expect(
      (0..<5).map { index in
        read[index * 8..<index * 8 + 8].reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      } == integers
    )
  }

  @Test func largeTensorsAreReadInPieces() throws {
    // Larger than a piece of 2^20 bytes, and no multiple of one.
    let count = 1 << 18 + 3
    let tensor = Tensor((0..<count).map { Float($0) }, shape: [count])
    try withFolder { folder in
      let path = folder.appendingPathComponent("large").path
      try SafetensorsFile.write(tensors: ["t": tensor], to: path)
      #expect(try SafetensorsFile(contentsOf: path).tensor(named: "t") == tensor)
    }
  }

  @Test func whatCannotBeWrittenIsRefused() {
    #expect(throws: ModelFileError.reservedName(file: "f", name: "__metadata__")) {
      try SafetensorsFile.bytes(tensors: ["__metadata__": Tensor(1)], path: "f")
    }
    #expect(throws: ModelFileError.duplicateTensor(file: "f", tensor: "a")) {
      try SafetensorsFile.bytes(
        tensors: ["a": Tensor(1)],
        blobs: ["a": .init([1] as [UInt8])],
        path: "f"
      )
    }
    let long = String(repeating: "n", count: 1025)
    #expect(throws: ModelFileError.nameTooLong(file: "f", name: long, length: 1025, limit: 1024)) {
      try SafetensorsFile.bytes(tensors: [long: Tensor(1)], path: "f")
    }
    #expect(throws: ModelFileError.tooManyDimensions(file: "f", tensor: "a", rank: 9, limit: 8)) {
      try SafetensorsFile.bytes(
        tensors: ["a": Tensor([1], shape: Shape([Int](repeating: 1, count: 9)))],
        path: "f"
      )
    }
  }

  @Test func aFailureLeavesTheFormerFileAndNothingElse() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("model").path
      try SafetensorsFile.write(tensors: ["a": Tensor(1)], to: path)
      #expect(throws: ModelFileError.self) {
        try SafetensorsFile.write(tensors: ["__metadata__": Tensor(1)], to: path)
      }
      #expect(try SafetensorsFile(contentsOf: path).tensor(named: "a") == Tensor(1))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    }
  }

  @Test func whatTheSystemRefusesIsATypedError() throws {
    try withFolder { folder in
      let missing = folder.appendingPathComponent("missing/model").path
      #expect(
        throws: ModelFileError.system(FileError(path: missing, operation: .create, code: ENOENT))
      ) { try SafetensorsFile.write(tensors: [:], to: missing) }
      #expect(
        throws: ModelFileError.system(FileError(path: folder.path, operation: .open, code: EISDIR))
      ) { try SafetensorsFile(contentsOf: folder.path) }
      #expect(
        throws: ModelFileError.system(FileError(path: missing, operation: .open, code: ENOENT))
      ) { try SafetensorsFile(contentsOf: missing) }

      // A pipe that nobody writes to must not be waited for.
      let pipe = folder.appendingPathComponent("pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(throws: ModelFileError.notAnOrdinaryFile(file: pipe)) {
        try SafetensorsFile(contentsOf: pipe)
      }
    }
  }

  #if os(Linux)
    @Test func aFullDiskIsATypedError() {
      let expected = FileError(path: "/dev/full", operation: .write, code: ENOSPC)
      #expect(throws: ModelFileError.system(expected)) {
        try SafetensorsFile.write(tensors: ["a": Tensor(1)], to: "/dev/full")
      }
      #expect(ModelFileError.system(expected).isFaultOfTheMachine)
    }
  #endif

  @Test func aFileThatShrinksWhileItIsReadIsATypedError() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("model").path
      try SafetensorsFile.write(tensors: ["a": Tensor(repeating: 1, shape: [100])], to: path)
      let file = try SafetensorsFile(contentsOf: path)
      #expect(truncate(path, 200) == 0)
      #expect(throws: ModelFileError.changedWhileRead(file: path)) {
        try file.tensor(named: "a")
      }
    }
  }
}
