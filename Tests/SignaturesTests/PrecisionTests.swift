import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassSignatures

/// Signatures that are stored in half precision.
@Suite struct PrecisionTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/items.db" }

  init() throws { folder = try TemporaryFolder() }

  #if !(os(macOS) && arch(x86_64))
    @Test func everyNumberOfHalfPrecisionIsThatOfTheCompiler() {
      for bits in UInt16.min ... .max {
        let value = HalfPrecision.value(of: bits)
        let known = Float(Float16(bitPattern: bits))
        #expect(value.bitPattern == known.bitPattern || (value.isNaN && known.isNaN))
        if !value.isNaN { #expect(HalfPrecision.bits(of: value) == bits) }
      }
      var generator = SeededGenerator(seed: 1)
      for _ in 0..<100_000 {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: generator.next()))
        guard !value.isNaN else { continue }
        #expect(HalfPrecision.bits(of: value) == Float16(value).bitPattern, "\(value)")
      }
      for value in [Float(65_504), 65_519.99, 65_520, 0x1p-24, 0x1p-25, 0x1.8p-25, 0x1.ffcp-15] {
        #expect(HalfPrecision.bits(of: value) == Float16(value).bitPattern, "\(value)")
      }
    }
  #endif

  @Test func signaturesTakeHalfTheSpaceAndAreFound() throws {
    let rows = vectors(2000, dimension: 64, seed: 2)
    let items = rows.enumerated().map { (name: "\($0)", coordinates: $1) }
    let whole = try SignatureDatabase(creating: folder.path + "/whole.db")
    try whole.importCoordinates(items)
    #expect(try whole.precision == .float32)
    let half = try SignatureDatabase(creating: path)
    try half.setPrecision(.float16)
    try half.importCoordinates(items)
    func bytes(_ database: SignatureDatabase) throws -> Int {
      try database.read {
        try Int(Schema.integer($0, "SELECT sum(length(vector)) FROM signature")!)
      }
    }
    #expect(try bytes(half) * 2 == bytes(whole))
    let opened = try SignatureDatabase(contentsOf: path, readOnly: true)
    #expect(try opened.precision == .float16)
    for (row, signature) in zip(rows, try opened.signatures()) {
      for (value, stored) in zip(row, signature.vector) {
        #expect(abs(value - stored) <= max(abs(value) * 0x1p-11, 0x1p-25))
      }
    }
    let index = try opened.index()
    let stored = index.vector(at: 77)
    #expect(try index.matches(for: stored, count: 1)[0].distance == 0)
    for number in stride(from: 0, to: 2000, by: 97) {
      #expect(try index.matches(for: rows[number], count: 1)[0].name == "\(number)")
    }
    #expect(try opened.items()[77].coordinates == stored)
    try opened.verify()
  }

  @Test func precisionIsChosenBeforeTheFirstItem() throws {
    let database = try SignatureDatabase(creating: path)
    try database.setPrecision(.float16)
    #expect(
      failure { try database.add(NewItem(name: "large", signature: [65_505])) }
        == .unusableNumber(
          subject: "a signature of \"large\"",
          index: 0,
          value: "65505.0",
          limit: 65_504
        )
    )
    #expect(try database.count == 0)
    try database.add(NewItem(name: "a", signature: [65_504]))
    try database.setPrecision(.float16)
    #expect(
      failure { try database.setPrecision(.float32) }
        == .precisionIsFixed(file: path, found: "float16", asked: "float32")
    )
  }
}
