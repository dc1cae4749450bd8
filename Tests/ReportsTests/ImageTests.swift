import CCodecs
import Foundation
import Testing

@testable import HourglassReports

@Suite struct ImageTests {
  @Test func checkIsThatOfTheStandard() {
    // The check value that catalogues of CRC-32 give for these nine characters.
    #expect(PNGData.cyclicRedundancyCheck("123456789".utf8) == 0xcbf4_3926)
    #expect(PNGData.cyclicRedundancyCheck([UInt8]()) == 0)
  }

  @Test func base64IsThatOfTheStandard() {
    // The examples of RFC 4648, section 10.
    let texts = [
      "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
      "foobar": "Zm9vYmFy",
    ]
    for (bytes, text) in texts { #expect(Base64.text(Array(bytes.utf8)) == text) }
  }

  @Test(arguments: [(1, 1, 1), (7, 5, 1), (3, 4, 2), (16, 9, 3), (5, 5, 4), (300, 2, 3)])
  func imageComesBack(_ width: Int, _ height: Int, _ channels: Int) throws {
    let bytes = (0..<width * height * channels).map {
      UInt8(truncatingIfNeeded: $0 * $0 / 3 + $0 % 5)
    }
    let image = FigureImage(width: width, height: height, channels: channels, bytes: bytes)
    let decoded = try SmallPNG(image.png)
    #expect(decoded.width == width && decoded.height == height && decoded.channels == channels)
    #expect(decoded.bytes == bytes)
    #expect(image.png == image.png)
  }

  @Test func planesBecomePixels() {
    let image = FigureImage(width: 2, height: 1, planes: [0, 1, 0.5, 2, -1, .nan])
    #expect(image.channels == 3)
    #expect(image.bytes == [0, 128, 0, 255, 255, 0])
  }

  @Test func mosaicHasEachImageInItsPlace() {
    let images = (0..<3).map {
      FigureImage(width: 1, height: 1, channels: 1, bytes: [UInt8($0 + 7)])
    }
    let mosaic = FigureImage(mosaicOf: images, columns: 2)
    #expect(mosaic.width == 3 && mosaic.height == 3 && mosaic.channels == 2)
    #expect(mosaic.bytes == [7, 255, 0, 0, 8, 255] + [0, 0, 0, 0, 0, 0] + [9, 255, 0, 0, 0, 0])
    let color = FigureImage(width: 1, height: 1, channels: 3, bytes: [1, 2, 3])
    #expect(FigureImage(mosaicOf: [color], columns: 5).bytes == [1, 2, 3, 255])
    #expect(FigureImage(mosaicOf: [], columns: 5).width == 1)
  }

  @Test func compressionHasItsBounds() {
    var room = [UInt8](repeating: 0, count: 3)
    var produced = 9
    #expect(hg_deflate([1, 2, 3], 3, 9, &room, room.count, &produced) == -1)
    #expect(produced == 0)
    #expect(hg_deflate_bound(0) > 0)
    #expect(hg_deflate_bound(.max) == 0)
  }
}

/// A reader of PNG files of 8 bits for each sample, to check the writer by.
struct SmallPNG {
  struct Damage: Error { var reason: String }

  var width = 0
  var height = 0
  var channels = 0
  var bytes: [UInt8] = []

  init(_ file: [UInt8]) throws {
    guard file.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10] else {
      throw Damage(reason: "signature")
    }
    var place = 8
    var compressed: [UInt8] = []
    while place < file.count {
      let length = Self.number(file[place...])
      let body = Array(file[(place + 4)..<(place + 8 + length)])
      guard Self.number(file[(place + 8 + length)...]) == Self.check(body) else {
        throw Damage(reason: "check")
      }
      let data = Array(body.dropFirst(4))
      switch String(decoding: body.prefix(4), as: UTF8.self) {
      case "IHDR":
        (width, height) = (Self.number(data[0...]), Self.number(data[4...]))
        channels = [0: 1, 4: 2, 2: 3, 6: 4][data[9]] ?? 0
      case "IDAT": compressed += data
      default: break
      }
      place += 12 + length
    }
    let rows = try Self.inflated(compressed)
    let length = width * channels
    guard rows.count == height * (length + 1) else { throw Damage(reason: "length") }
    bytes = [UInt8](repeating: 0, count: height * length)
    for row in 0..<height { restore(row, Array(rows[(row * (length + 1))...].prefix(length + 1))) }
  }

  private mutating func restore(_ row: Int, _ line: [UInt8]) {
    let length = width * channels
    for index in 0..<length {
      let left = index < channels ? 0 : Int(bytes[row * length + index - channels])
      let up = row == 0 ? 0 : Int(bytes[(row - 1) * length + index])
      let corner =
        row == 0 || index < channels ? 0 : Int(bytes[(row - 1) * length + index - channels])
      let nearest = [left, up, corner].min {
        abs(left + up - corner - $0) < abs(left + up - corner - $1)
      }
      let guess = [0, left, up, (left + up) / 2, nearest ?? 0][Int(line[0])]
      bytes[row * length + index] = line[index + 1] &+ UInt8(guess)
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  /// The check bit by bit, as the standard defines it.
  private static func check(_ bytes: [UInt8]) -> Int {
    var check: UInt32 = .max
    for byte in bytes {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0xedb8_8320 : check >> 1 }
    }
    return Int(~check)
  }

  /// A zlib stream inflated by the reader of gzip files: the same data in the other wrapper.
  private static func inflated(_ stream: [UInt8]) throws -> [UInt8] {
    guard let inflater = hg_inflater_create() else { throw Damage(reason: "memory") }
    defer { hg_inflater_destroy(inflater) }
    // The wrapper's own check cannot be known before, so the end of the member is not asked for.
    let member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + stream.dropFirst(2).dropLast(4)
    var result = [UInt8](repeating: 0, count: 1 << 20)
    var consumed = 0
    var produced = 0
    let status = hg_inflater_run(
      inflater,
      member,
      member.count,
      &consumed,
      &result,
      result.count,
      &produced
    )
    guard status == HG_INFLATE_OK else { throw Damage(reason: "deflate") }
    return Array(result.prefix(produced))
  }
}
