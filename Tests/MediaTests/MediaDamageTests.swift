import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

/// Files that lie, stop early or are something else: each gives one clear error.
@Suite struct MediaDamageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func imageMessage(_ bytes: [UInt8]) throws -> String {
    let path = try folder.file(bytes, name: "image")
    return message(in: folder) { _ = try Image.load(contentsOf: path) }
  }

  private func soundMessage(_ bytes: [UInt8]) throws -> String {
    let path = try folder.file(bytes, name: "sound")
    return message(in: folder) { _ = try Sound.load(contentsOf: path) }
  }

  // MARK: Images

  @Test(arguments: [
    "rgb8.png", "gray16.png", "palette-alpha.png", "rgba16-interlaced.png", "profile.png",
  ])
  func aPNGThatStopsAnywhereIsAnError(_ name: String) throws {
    let bytes = try goldenBytes("Images/\(name)")
    for count in 0..<bytes.count {
      let part = Array(bytes.prefix(count))
      #expect(throws: MediaError.self, "\(count) bytes") { try Image.decoded(part) }
    }
  }

  @Test(arguments: ["rgb420.jpg", "gray.jpg", "progressive.jpg", "cmyk.jpg", "turned6.jpg"])
  func aJPEGThatStopsAnywhereIsAnError(_ name: String) throws {
    let bytes = try goldenBytes("Images/\(name)")
    // Nothing but the mark of the end is missing from the two longest of them.
    for count in 0..<bytes.count - 2 {
      let part = Array(bytes.prefix(count))
      #expect(throws: MediaError.self, "\(count) bytes") { try Image.decoded(part) }
    }
  }

  @Test func errorsSayWhatIsWrong() throws {
    let png = try goldenBytes("Images/rgb8.png")
    #expect(
      try imageMessage(Array(png.prefix(200))) == """
        cannot read image: expected a PNG image up to its end, found that it stops early after \
        200 bytes. Copy or download the file again.
        """
    )
    let jpeg = try goldenBytes("Images/rgb420.jpg")
    #expect(
      try imageMessage(Array(jpeg.prefix(700))) == """
        cannot read image: expected a JPEG image up to its end, found that it stops early after \
        700 bytes. Copy or download the file again.
        """
    )
    #expect(
      try imageMessage(Array("GIF89a".utf8)) == """
        cannot read image: expected a PNG or JPEG image, found a file that begins with \
        0x47 0x49 0x46 0x38. Convert it to one of these.
        """
    )
    #expect(
      try imageMessage([]) == """
        cannot read image: expected data, found an empty file. \
        Check that it was copied or downloaded whole.
        """
    )
    var damaged = png
    damaged[60] ^= 0xff
    #expect(try imageMessage(damaged).contains("expected a PNG image, found damaged data ("))
    #expect(try imageMessage([0, 0, 0, 0]).contains("0x00 0x00 0x00 0x00"))
    #expect(
      message(in: folder) { _ = try Image.load(contentsOf: folder.path + "/none.png") } == """
        cannot open none.png: No such file or directory. Check the spelling of the path.
        """
    )
    #expect(throws: MediaError.self) { try Image.load(contentsOf: folder.path) }
    #expect(throws: MediaError.self) { try Image.load(contentsOf: "") }
  }

  /// A PNG whose header is replaced, with its checksum put right.
  private func header(width: UInt32, height: UInt32, _ kind: [UInt8] = [8, 2, 0, 0, 0]) throws
    -> [UInt8]
  {
    var bytes = try goldenBytes("Images/rgb8.png")
    let fields = [width, height].flatMap { number in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
    let chunk = Array("IHDR".utf8) + fields + kind
    bytes.replaceSubrange(12..<29, with: chunk)
    let sum = checksum(chunk)
    for index in 0..<4 { bytes[29 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * index)) }
    return bytes
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 != 0 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1
      }
    }
  }

  @Test func headersThatPromiseTooMuchCostNothing() throws {
    #expect(try imageMessage(header(width: 13, height: 9)) == "no error")
    for (width, height) in [
      (UInt32(1) << 16, UInt32(1) << 15), (0x7fff_ffff, 1), (1, 0x7fff_ffff),
      (0x7fff_ffff, 0x7fff_ffff),
    ] {
      #expect(
        try imageMessage(header(width: width, height: height)).contains(
          "found \(width) x \(height). Make the image smaller, or raise the limit."
        )
      )
    }
    // Within the limit, and more than deflate could have made so small.
    #expect(
      try imageMessage(header(width: 10_000, height: 10_000)).contains(
        "the header promises more pixels than the file can hold"
      )
    )
    for bytes in try [
      header(width: 0, height: 9), header(width: 13, height: 0),
      header(width: .max, height: .max), header(width: 12, height: 9),
      header(width: 13, height: 10), header(width: 14, height: 9),
      header(width: 13, height: 9, [16, 2, 0, 0, 0]),
      header(width: 13, height: 9, [8, 3, 0, 0, 0]),
      header(width: 13, height: 9, [3, 0, 0, 0, 0]), header(width: 13, height: 9, [8, 7, 0, 0, 0]),
      header(width: 13, height: 9, [8, 2, 1, 0, 0]), header(width: 13, height: 9, [8, 2, 0, 1, 0]),
    ] {
      #expect(try imageMessage(bytes).hasPrefix("cannot read image: expected"))
    }
    var jpeg = try goldenBytes("Images/rgb420.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0, 0xff, 0])
    #expect(try imageMessage(jpeg).contains("found 65280 x 65280. Make the image smaller"))
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xff, 0xff, 0xff])
    #expect(try imageMessage(jpeg).contains("Maximum supported image dimension"))
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x0f, 0xff, 0x0f, 0xff])
    #expect(try imageMessage(jpeg).contains("premature end of data segment"))
  }

  @Test func theLimitOfPixelsIsHeeded() throws {
    let path = try golden("Images/rgb8.png")
    #expect(throws: MediaError.self) { try Image.load(contentsOf: path, pixelLimit: 116) }
    #expect(try Image.load(contentsOf: path, pixelLimit: 117).width == 13)
    let jpeg = try golden("Images/progressive.jpg")
    #expect(throws: MediaError.self) { try Image.load(contentsOf: jpeg, pixelLimit: 959) }
    #expect(try Image.load(contentsOf: jpeg, pixelLimit: 960).width == 40)
  }

  /// A progressive image may hold any number of scans, each of which costs as much as the image.
  @Test func aJPEGOfVeryManyScansIsRefused() throws {
    let bytes = try goldenBytes("Images/progressive.jpg")
    let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
    let last = try #require(scans.last)
    let scan = Array(bytes[last..<bytes.count - 2])
    var many = Array(bytes.dropLast(2))
    for _ in 0..<200 { many += scan }
    many += [0xff, 0xd9]
    #expect(try imageMessage(many).hasPrefix("cannot read image: expected a"))
  }

  // MARK: Sounds

  @Test(arguments: [
    "mono16.wav", "stereo24.wav", "float.wav", "stereo16.flac", "mono.aiff", "mono.ogg",
  ])
  func aSoundThatStopsAnywhereIsAnError(_ name: String) throws {
    let bytes = try goldenBytes("Sounds/\(name)")
    // A chunk or a page may end where the file is cut; nothing shows then that more should come.
    var whole: [Int] = []
    for count in stride(from: 0, to: bytes.count, by: 13) {
      if (try? Sound.decoded(Array(bytes.prefix(count)))) != nil { whole.append(count) }
    }
    #expect(whole == [], "\(name) of \(bytes.count) bytes")
  }

  @Test func errorsOfSoundsSayWhatIsWrong() throws {
    let wav = try goldenBytes("Sounds/mono16.wav")
    #expect(
      try soundMessage(Array(wav.prefix(1000))) == """
        cannot read sound: expected a WAV sound up to its end, found that it stops early after \
        1000 bytes. Copy or download the file again.
        """
    )
    #expect(
      try soundMessage(Array("text".utf8)) == """
        cannot read sound: expected a WAV, FLAC, Ogg, MP3 or AIFF sound, found a file that begins \
        with 0x74 0x65 0x78 0x74. Convert it to one of these.
        """
    )
    #expect(try soundMessage([]).contains("found an empty file"))
    #expect(try soundMessage(Array(wav.prefix(44))).hasPrefix("cannot "))
    var slow = wav
    slow.replaceSubrange(24..<28, with: [1, 0, 0, 0])
    #expect(
      try soundMessage(slow) == """
        cannot read sound: expected a sample rate from 1000 to 1000000 Hz, found 1 Hz. The file is \
        damaged; copy it again.
        """
    )
    let float = try goldenBytes("Sounds/float.wav")
    var infinite = float
    infinite.replaceSubrange(float.count - 4..<float.count, with: [0, 0, 0x80, 0x7f])
    #expect(try soundMessage(infinite).contains("expected finite samples, found another one after"))
    #expect(throws: MediaError.self) { try Sound.load(contentsOf: folder.path) }
  }

  @Test func aSoundOfAStreamIsRead() throws {
    // Programs that write to a pipe do not know the size, and write all ones.
    var wav = try goldenBytes("Sounds/mono16.wav")
    for place in [4, 40] { wav.replaceSubrange(place..<place + 4, with: [255, 255, 255, 255]) }
    let path = try folder.file(wav, name: "sound.wav")
    #expect(try Sound.load(contentsOf: path).count == 800)
  }

  @Test func theMemoryOfASoundIsLimited() throws {
    for name in ["mono16.wav", "stereo16.flac", "mono.ogg"] {
      let path = try golden("Sounds/\(name)")
      let sound = try Sound.load(contentsOf: path)
      let bytes = 4 * sound.count * sound.channels.count
      #expect(try Sound.load(contentsOf: path, byteLimit: bytes) == sound)
      #expect(throws: MediaError.tooLarge(path: path, bytes: bytes, limit: bytes - 8)) {
        try Sound.load(contentsOf: path, byteLimit: bytes - 8)
      }
    }
  }

  // MARK: Sets

  @Test func pathsOfNoMediaAreErrors() throws {
    for path in [folder.path, folder.path + "/none", try golden("excel.csv"), ""] {
      #expect(throws: DatasetError.self, "\(path)") { try ImageSet.load(contentsOf: path) }
      #expect(throws: DatasetError.self, "\(path)") { try SoundSet.load(contentsOf: path) }
    }
    #expect(throws: DatasetError.self) { try ImageSet.load(contentsOf: golden("Sounds")) }
    #expect(throws: DatasetError.self) { try SoundSet.load(contentsOf: golden("Images")) }
    #expect(throws: DatasetError.self) { try SoundSet.load(contentsOf: golden("Images/rgb8.png")) }
    #expect(throws: DatasetError.self) { try ImageSet.load(contentsOf: golden("Sounds/mono.ogg")) }
    #expect(throws: DatasetError.self) {
      try ImageSet.load(contentsOf: golden("Images"), limit: 0)
    }
  }
}
