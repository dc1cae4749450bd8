import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ImageFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    "gray1.png", "gray2.png", "gray4.png", "gray8.png", "gray16.png", "gray-alpha8.png",
    "gray-alpha16.png", "rgb8.png", "rgb16.png", "rgba8.png", "rgba16.png", "palette1.png",
    "palette2.png", "palette4.png", "palette-alpha.png", "rgb8-interlaced.png",
    "rgba16-interlaced.png", "gray1-interlaced.png", "profile.png",
  ])
  func everyKindOfPNGIsReadExactly(_ name: String) throws {
    let expected: ExpectedImage = try expectation("Images", name)
    let image = try Image.load(contentsOf: golden("Images/\(name)"))
    #expect(image.width == expected.width)
    #expect(image.height == expected.height)
    #expect(image.channels == expected.channels)
    #expect(image.depth == expected.depth)
    #expect(image.samples.numbers == expected.samples)
  }

  @Test(arguments: [
    "gray.jpg", "rgb420.jpg", "rgb444.jpg", "progressive.jpg", "cmyk.jpg", "cmyk-plain.jpg",
    "profile.jpg",
    "turned1.jpg", "turned2.jpg", "turned3.jpg", "turned4.jpg", "turned5.jpg", "turned6.jpg",
    "turned7.jpg", "turned8.jpg",
  ])
  func everyKindOfJPEGIsReadWithinOneStep(_ name: String) throws {
    let expected: ExpectedImage = try expectation("Images", name)
    let image = try Image.load(contentsOf: golden("Images/\(name)"))
    #expect(image.width == expected.width)
    #expect(image.height == expected.height)
    #expect(image.channels == expected.channels)
    #expect(image.depth == 8)
    let differences = zip(image.samples.numbers, expected.samples).map { abs($0 - $1) }
    #expect(image.samples.count == expected.samples.count)
    #expect(differences.max() ?? 256 <= 1)
  }

  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func aPNGComesBackAsItWas(_ channels: Int, _ depth: Int) throws {
    let profile = channels >= 3 ? try goldenBytes("Images/srgb.icc") : nil
    let image = slopes(31, 17, channels: channels, depth: depth)
      .with(colorProfile: profile, exif: Self.exif(orientation: 1))
    let path = folder.path + "/image.png"
    try image.write(to: path)
    #expect(try Image.load(contentsOf: path) == image)
  }

  @Test(arguments: [1, 3])
  func aJPEGComesBackNearly(_ channels: Int) throws {
    let profile = channels == 3 ? try goldenBytes("Images/srgb.icc") : nil
    let image = slopes(64, 48, channels: channels)
      .with(colorProfile: profile, exif: Self.exif(orientation: 1))
    for name in ["image.jpg", "image.JPEG"] {
      try image.write(to: folder.path + "/" + name, quality: 95)
      let read = try Image.load(contentsOf: folder.path + "/" + name)
      #expect(read.size == image.size)
      #expect(read.channels == channels)
      #expect(read.colorProfile == profile)
      #expect(read.exif == image.exif)
      let differences = zip(read.samples.numbers, image.samples.numbers).map { abs($0 - $1) }
      #expect(differences.max() ?? 256 <= 6)
    }
  }

  @Test func theOrientationIsObeyedAndReset() throws {
    for orientation in UInt16(1)...8 {
      let image = slopes(5, 3, channels: 3).with(
        colorProfile: nil,
        exif: Self.exif(orientation: orientation)
      )
      let read = try Image.load(
        contentsOf: folder.file(try image.encoded(as: .png), name: "turned.png")
      )
      #expect(read.exif == Self.exif(orientation: 1))
      #expect(read.size == (orientation >= 5 ? ImageSize(width: 3, height: 5) : image.size))
      if orientation == 1 { #expect(read.samples == image.samples) }
    }
    // The data of a camera that writes the most significant byte first, and nonsense.
    let big: [UInt8] = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]
    for (exif, isTurned) in [(big + [0, 0], true), (Array(big.prefix(19)), false), ([1], false)] {
      let image = slopes(5, 3, channels: 1).with(colorProfile: nil, exif: exif)
      let read = try Image.load(
        contentsOf: folder.file(try image.encoded(as: .jpeg), name: "turned.jpg")
      )
      #expect(read.width == (isTurned ? 3 : 5))
    }
  }

  /// EXIF data with nothing but an orientation.
  static func exif(orientation: UInt16) -> [UInt8] {
    [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, UInt8(orientation), 0, 0, 0]
      + [0, 0, 0, 0]
  }

  @Test func theContentsDecideAndNotTheName() throws {
    let jpeg = try folder.file(goldenBytes("Images/rgb444.jpg"), name: "image.png")
    let png = try folder.file(goldenBytes("Images/rgb8.png"), name: "image.jpg")
    #expect(try Image.load(contentsOf: jpeg).width == 40)
    #expect(try Image.load(contentsOf: png).width == 13)
  }

  @Test func whatAFormatCannotHoldIsRefused() throws {
    let clear = Image(width: 1, height: 1, channels: 4, samples: .bytes([1, 2, 3, 4]))
    let opaque = Image(width: 1, height: 1, channels: 4, samples: .bytes([1, 2, 3, 255]))
    #expect(
      message(in: folder) { try clear.write(to: folder.path + "/clear.jpg") } == """
        cannot write clear.jpg: expected opaque pixels, which are all that a JPEG holds, found \
        transparent ones. Write a PNG, or remove the transparency first.
        """
    )
    try opaque.write(to: folder.path + "/opaque.jpg")
    #expect(try Image.load(contentsOf: folder.path + "/opaque.jpg").channels == 3)
    #expect(
      message(in: folder) { try opaque.write(to: folder.path + "/image.gif") } == """
        cannot write image.gif: expected a name that ends in .png, .jpg or .jpeg. \
        Give the file such a name.
        """
    )
    let wide = Image(
      width: 65501,
      height: 1,
      channels: 1,
      samples: .bytes([UInt8](repeating: 7, count: 65501))
    )
    #expect(throws: MediaError.self) { try wide.write(to: folder.path + "/wide.jpg") }
    try wide.write(to: folder.path + "/wide.png")
    #expect(try Image.load(contentsOf: folder.path + "/wide.png") == wide)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/wide.jpg"))
    #expect(throws: MediaError.self) { try wide.write(to: folder.path + "/no/wide.png") }
  }
}
