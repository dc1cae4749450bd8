import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct ImageTests {
  struct Resized: Decodable {
    let width: Int
    let height: Int
    let values: [Float]
  }

  @Test func resizingAgreesWithPillow() throws {
    let cases: [Resized] = try expectation("Images", "resized")
    let source = try scene()
    for expected in cases {
      let size = ImageSize(width: expected.width, height: expected.height)
      let values = source.withDepth(16).resized(to: size).planes()[0]
      let differences = zip(values, expected.values).map { abs($0 - $1) }
      #expect(values.count == expected.values.count)
      #expect(differences.max() ?? 1 < 2e-5, "\(size)")
    }
  }

  /// The image that the goldens of resizing start from.
  private func scene() throws -> Image {
    let source: ExpectedImage = try expectation("Images", "resizing source")
    return Image(
      width: source.width,
      height: source.height,
      channels: source.channels,
      samples: .bytes(source.samples.map(UInt8.init))
    )
  }

  @Test func grayAgreesWithPillow() throws {
    let luma: [Int] = try expectation("Images", "luma")
    let image = try Image.load(contentsOf: golden("Images/rgb8.png"))
    #expect(image.gray().channels == 1)
    #expect(image.gray().samples.numbers == luma)
  }

  @Test func channelsAreConverted() {
    let color = Image(
      width: 2,
      height: 1,
      channels: 4,
      samples: .bytes([9, 9, 9, 1, 7, 7, 7, 2])
    )
    #expect(color.gray().samples == .bytes([9, 1, 7, 2]))
    #expect(color.converted(channels: 1).samples == .bytes([9, 7]))
    #expect(color.converted(channels: 3).samples == .bytes([9, 9, 9, 7, 7, 7]))
    let gray = Image(width: 2, height: 1, channels: 1, samples: .words([5, 6]))
    #expect(gray.converted(channels: 2).samples == .words([5, 65535, 6, 65535]))
    #expect(gray.converted(channels: 4).samples == .words([5, 5, 5, 65535, 6, 6, 6, 65535]))
    #expect(gray.gray() == gray)
  }

  @Test func depthIsConvertedToTheNearestStep() {
    let words = Image(width: 4, height: 1, channels: 1, samples: .words([0, 128, 129, 65535]))
    #expect(words.withDepth(8).samples == .bytes([0, 0, 1, 255]))
    let bytes = Image(width: 256, height: 1, channels: 1, samples: .bytes(Array(0...255)))
    #expect(bytes.withDepth(16).withDepth(8) == bytes)
  }

  @Test(arguments: [1, 2, 3, 4], [8, 16])
  func planesGoThereAndBack(_ channels: Int, _ depth: Int) {
    let image = slopes(7, 5, channels: channels, depth: depth)
    let planes = image.planes()
    #expect(planes.count == channels)
    #expect(planes.joined().allSatisfy { (0...1).contains($0) })
    #expect(Image(planes: planes, width: 7, height: 5, depth: depth) == image)
  }

  @Test func planesAreCutOffAndNotANumberIsZero() {
    let image = Image(
      planes: [[-1, 2, .nan, .infinity, -.infinity, 0.5]],
      width: 3,
      height: 2
    )
    #expect(image.samples == .bytes([0, 255, 0, 255, 0, 128]))
  }

  @Test func croppingTakesTheRightPart() {
    let image = Image(width: 3, height: 3, channels: 1, samples: .bytes(Array(1...9)))
    let part = image.cropped(x: 1, y: 1, to: ImageSize(width: 2, height: 2))
    #expect(part.samples == .bytes([5, 6, 8, 9]))
    #expect(image.cropped(x: 0, y: 0, to: image.size) == image)
  }

  @Test func constantImagesStayConstant() {
    let image = Image(
      width: 5,
      height: 4,
      channels: 4,
      samples: .bytes((0..<20).flatMap { _ in [200, 100, 50, 128] as [UInt8] })
    )
    for size in [(3, 3), (9, 11), (1, 1), (5, 40), (40, 2)] {
      let resized = image.resized(to: ImageSize(width: size.0, height: size.1))
      #expect(
        Set(
          stride(from: 0, to: resized.samples.count, by: 4).map { start in
            Array(resized.samples.numbers[start..<start + 4])
          }
        ) == [[200, 100, 50, 128]],
        "\(size)"
      )
    }
  }

  @Test func transparentPixelsDoNotTint() {
    // Red that is opaque beside green that is invisible.
    let image = Image(
      width: 2,
      height: 1,
      channels: 4,
      samples: .bytes([255, 0, 0, 255, 0, 255, 0, 0])
    )
    let resized = image.resized(to: ImageSize(width: 1, height: 1))
    #expect(resized.samples == .bytes([255, 0, 0, 128]))
  }
}
