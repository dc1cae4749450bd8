import HourglassMedia
import HourglassReports
import Testing

@Suite struct ImageTests {
  @Test(arguments: [(1, 1, 1), (7, 5, 1), (3, 4, 2), (16, 9, 3), (5, 5, 4), (300, 2, 3)])
  func imageComesBack(_ width: Int, _ height: Int, _ channels: Int) throws {
    let bytes = (0..<width * height * channels).map {
      UInt8(truncatingIfNeeded: $0 * $0 / 3 + $0 % 5)
    }
    let image = Image(width: width, height: height, channels: channels, samples: .bytes(bytes))
    let decoded = try Image.decoded(image.png)
    #expect(decoded.width == width && decoded.height == height && decoded.channels == channels)
    #expect(decoded.samples == .bytes(bytes))
    #expect(image.png == image.png)
  }

  @Test func figuresAreFlat() {
    let deep = Image(
      width: 1,
      height: 1,
      channels: 4,
      samples: .words([0, 0x8080, .max, 9]),
      colorProfile: [1],
      exif: [2]
    )
    let flat = Image(width: 1, height: 1, channels: 3, samples: .bytes([0, 128, 255]))
    #expect(deep.flattened == flat)
    #expect(
      flat.enlarged(2).bytes == Array([flat.bytes, flat.bytes, flat.bytes, flat.bytes].joined())
    )
  }

  @Test func mosaicHasEachImageInItsPlace() {
    let images = (0..<3).map {
      Image(width: 1, height: 1, channels: 1, samples: .bytes([UInt8($0 + 7)]))
    }
    let mosaic = Image(mosaicOf: images, columns: 2)
    #expect(mosaic.width == 3 && mosaic.height == 3 && mosaic.channels == 2)
    #expect(mosaic.bytes == [7, 255, 0, 0, 8, 255] + [0, 0, 0, 0, 0, 0] + [9, 255, 0, 0, 0, 0])
    let color = Image(width: 1, height: 1, channels: 3, samples: .bytes([1, 2, 3]))
    #expect(Image(mosaicOf: [color], columns: 5).bytes == [1, 2, 3, 255])
    #expect(Image(mosaicOf: [], columns: 5).width == 1)
  }
}
