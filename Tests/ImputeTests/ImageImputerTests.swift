import HourglassNetworks
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassEncodings
@testable import HourglassImpute
@testable import HourglassMedia
@testable import HourglassTasksCommon

@Suite struct ImageImputerTests {
  // MARK: Filling smoothly

  @Test func aSlopeIsFilledToItself() {
    // x + 2 y is the mean of its neighbors: a hole inside is filled with it.
    let (width, height) = (16, 12)
    let plane = (0..<width * height).map { Float($0 % width) / 64 + 2 * Float($0 / width) / 64 }
    var missing = [Bool](repeating: false, count: plane.count)
    for y in 4..<8 { for x in 5..<10 { missing[y * width + x] = true } }
    let holed = zip(plane, missing).map { $1 ? 9 : $0 }
    let filled = HarmonicFill.filled(holed, missing: missing, width: width, height: height)
    for place in plane.indices {
      if missing[place] {
        #expect(abs(filled[place] - plane[place]) < 0.01, "\(place)")
      } else {
        #expect(filled[place] == plane[place])
      }
    }
  }

  @Test func nothingKnownIsGrayAndNothingMissingStays() {
    let plane: [Float] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    let all = HarmonicFill.filled(
      plane,
      missing: [Bool](repeating: true, count: 6),
      width: 3,
      height: 2
    )
    #expect(all == [Float](repeating: 0.5, count: 6))
    let none = [Bool](repeating: false, count: 6)
    #expect(HarmonicFill.filled(plane, missing: none, width: 3, height: 2) == plane)
    var one = none
    one[0] = true
    let single = HarmonicFill.filled(plane, missing: one, width: 6, height: 1)
    #expect(abs(single[0] - 0.2) < 1e-6 && single[1...] == plane[1...])
  }

  // MARK: Masks

  @Test func holesCoverAboutTheShareAskedFor() {
    var generator = SeededGenerator(seed: 4)
    for (width, height) in [(28, 28), (64, 48), (5, 3), (1, 1)] {
      for share in [Float(0.05), 0.2, 0.5] {
        var covered: Float = 0
        for _ in 0..<40 {
          let mask = PixelMask.artificial(width: width, height: height, share: share, &generator)
          covered += Float(mask.count) / Float(width * height) / 40
        }
        let least = max(1 / Float(width * height), share)
        #expect(covered > 0.6 * share && covered < 1.5 * least, "\(width) x \(height): \(covered)")
      }
    }
  }

  @Test func masksAreFoundByName() throws {
    func image(_ values: [UInt8], channels: Int = 1) -> Image {
      Image(width: 2, height: 1, channels: channels, samples: .bytes(values))
    }
    let clear = image([10, 20, 30, 0, 10, 20, 30, 255], channels: 4)
    #expect(PixelMask(transparentPartsOf: clear).missing == [true, false])
    #expect(PixelMask(transparentPartsOf: image([0, 255])).count == 0)
    #expect(PixelMask(whitePartsOf: image([0, 255])).missing == [false, true])
    let plain = image([7, 7])
    let tensor = Tensor([0, 1, 1, 0] as [Float], shape: [2, 1, 1, 2])
    let masks = PixelMasks.images(
      ImageSet(try NumericDataset(name: "masks", images: tensor))
    )
    let second = try masks.mask(of: plain, name: "b", index: 1, count: 2)
    #expect(second.missing == [true, false])
    #expect(throws: TaskError.self) {
      try masks.mask(of: plain, name: "b", index: 1, count: 5)
    }
    let large = Image(width: 3, height: 1, channels: 1, samples: .bytes([1, 2, 3]))
    #expect(throws: TaskError.self) {
      try masks.mask(of: large, name: "b", index: 1, count: 2)
    }
  }

  // MARK: Filling by a network

  private let imputer = ImageImputer(
    architecture: .uNet(base: 4, depth: 1, activation: .relu),
    learning: TrainingSettings(epochs: 1, seed: 3)
  )

  private func spotSet(_ count: Int) throws -> ImageSet {
    ImageSet(try NumericDataset(name: "spots", images: spots(count)))
  }

  @Test func whatIsThereStaysToTheBit() async throws {
    let engine = smallEngine()
    let fitted = try await imputer.fit(spotSet(20), session: TrainingSession(engine: engine))
    var samples = (0..<9 * 7 * 2).map { UInt16($0 * 521 % 65_536) }
    for pixel in 0..<9 * 7 { samples[2 * pixel + 1] = pixel % 5 == 0 ? 0 : 40_000 }
    let image = Image(
      width: 9,
      height: 7,
      channels: 2,
      samples: .words(samples),
      colorProfile: [1, 2, 3],
      exif: [4]
    )
    let mask = PixelMask(transparentPartsOf: image)
    let filled = try await fitted.filled(image, mask: mask, on: engine)
    #expect(filled.size == image.size && filled.channels == 2)
    #expect(filled.colorProfile == [1, 2, 3] && filled.exif == [4])
    guard case .words(let words) = filled.samples else {
      Issue.record("the depth changed")
      return
    }
    for pixel in 0..<9 * 7 {
      if mask.missing[pixel] {
        #expect(words[2 * pixel + 1] == .max)
      } else {
        #expect(words[2 * pixel..<2 * pixel + 2] == samples[2 * pixel..<2 * pixel + 2])
      }
    }
    let none = PixelMask(width: 9, height: 7, missing: [Bool](repeating: false, count: 63))
    #expect(try await fitted.filled(image, mask: none, on: engine) == image)
  }

  @Test func whatIsMissingDoesNotMatter() async throws {
    let engine = smallEngine()
    let fitted = try await imputer.fit(spotSet(20), session: TrainingSession(engine: engine))
    let image = try spotSet(20).image(3)
    let mask = PixelMask(width: 8, height: 8, missing: (0..<64).map { $0 % 3 == 0 })
    var bytes = image.planes()[0].map { UInt8(clamping: Int((255 * $0).rounded())) }
    let first = Image(width: 8, height: 8, channels: 1, samples: .bytes(bytes))
    for place in bytes.indices where mask.missing[place] { bytes[place] ^= 0xff }
    let second = Image(width: 8, height: 8, channels: 1, samples: .bytes(bytes))
    let results = [
      try await fitted.filled(first, mask: mask, on: engine),
      try await fitted.filled(second, mask: mask, on: engine),
    ]
    #expect(results[0] == results[1])
  }

  @Test func settingsAreChecked() async throws {
    let images = try spotSet(12)
    let engine = smallEngine()
    let hidden = Imputer.HiddenShare(least: 0, greatest: 0.9)
    await #expect(throws: HourglassError.self) {
      try await ImageImputer(hidden: hidden).fit(images, session: TrainingSession(engine: engine))
    }
    let fitted = try await imputer.fit(images, session: TrainingSession(engine: engine))
    let small = PixelMask(width: 1, height: 1, missing: [true])
    await #expect(throws: HourglassError.self) {
      try await fitted.filled(images.image(0), mask: small, on: engine)
    }
    await #expect(throws: HourglassError.self) {
      try await fitted.evaluation(of: images, deleting: 0.9, on: engine) { _, _, _ in }
    }
  }
}
