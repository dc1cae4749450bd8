import HourglassMedia
import HourglassReports
import Testing

@Suite struct ImageTests {
  @Test(arguments: [(1, 1, 1), (7, 5, 1), (3, 4, 2), (16, 9, 3), (5, 5, 4), (300, 2, 3)])
  func imageComesBack(_ width: Int, _ height: Int, _ channels: Int) throws {
    let bytes = (0..<width * height * channels).map {
      UInt8(truncatingIfNeeded: $0 * $0 / 3 + $0 % 5)
    }
    let image = FigureImage(width: width, height: height, channels: channels, bytes: bytes)
    let decoded = try Image.decoded(image.png)
    #expect(decoded.width == width && decoded.height == height && decoded.channels == channels)
    #expect(decoded.samples == .bytes(bytes))
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
}
