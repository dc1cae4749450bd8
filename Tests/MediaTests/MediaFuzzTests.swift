import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

/// Mutated images and sounds must be read or refused, and neither trap nor hang; the seed is fixed.
@Suite struct MediaFuzzTests {
  @Test(arguments: [
    "rgb8.png", "rgba16-interlaced.png", "palette4.png", "gray1.png", "profile.png", "gray.jpg",
    "rgb420.jpg", "progressive.jpg", "cmyk.jpg", "turned8.jpg",
  ])
  func mutatedImagesAreReadOrRefused(_ name: String) throws {
    let original = try goldenBytes("Images/\(name)")
    var generator = SeededGenerator.named(name, seed: 21)
    for round in 0..<400 {
      let bytes = mutated(original, &generator)
      if let image = try? Image.decoded(bytes, pixelLimit: 1 << 20) {
        #expect(
          image.samples.count == image.width * image.height * image.channels,
          "round \(round)"
        )
        #expect(image.width * image.height <= 1 << 20, "round \(round)")
      }
    }
  }

  @Test(arguments: [
    "mono16.wav", "float.wav", "bytes.wav", "stereo16.flac", "mono.ogg", "mono.mp3", "mono.aiff",
  ])
  func mutatedSoundsAreReadOrRefused(_ name: String) throws {
    let original = try goldenBytes("Sounds/\(name)")
    var generator = SeededGenerator.named(name, seed: 22)
    // The library for MP3 writes to standard error about each one; a few are enough.
    for round in 0..<(name == "mono.mp3" ? 30 : 300) {
      let bytes = mutated(original, &generator)
      if let sound = try? Sound.decoded(bytes, byteLimit: 1 << 22) {
        let isFinite = sound.channels.joined().allSatisfy { $0.isFinite }
        #expect(isFinite, "round \(round)")
        #expect(4 * sound.count * sound.channels.count <= 1 << 22, "round \(round)")
      }
    }
  }

  /// Flips, replaces, removes, repeats or inserts a few bytes, most of them near the beginning.
  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !result.isEmpty else { return result }
      let end = Bool.random(using: &generator) ? min(result.count, 120) : result.count
      let index = Int.random(in: 0..<end, using: &generator)
      let next = min(result.count, index + Int.random(in: 1...8, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: result[index] = .random(in: .min ... .max, using: &generator)
      case 2: result.removeSubrange(index..<next)
      case 3: result.insert(contentsOf: result[index..<next], at: index)
      case 4: result[index] = [0, 0xff, 0x7f, 0x80][Int.random(in: 0..<4, using: &generator)]
      default: result.removeLast(result.count - index)
      }
    }
    return result
  }
}
