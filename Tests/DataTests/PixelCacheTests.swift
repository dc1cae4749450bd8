import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassMedia

/// Decoded images that are kept from one run to the next.
@Suite struct PixelCacheTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var images: String { folder.path + "/images" }
  private var caches: String { folder.path + "/caches" }

  private static let past = Date(timeIntervalSince1970: 1_700_000_000)

  /// An image whose samples are all its number.
  private func image(_ number: Int) -> Image {
    Image(
      width: 3,
      height: 2,
      channels: 1,
      samples: .bytes((0..<6).map { UInt8(truncatingIfNeeded: number * 7 + $0) })
    )
  }

  /// Writes an image under a name of its own with a time of last change.
  private func write(_ image: Image, _ number: Int, changed: Date = past) throws {
    let path = try folder.file(image.encoded(as: .png), name: "images/\(number).png")
    try FileManager.default.setAttributes([.modificationDate: changed], ofItemAtPath: path)
  }

  private func makeImages(_ count: Int) throws {
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    for number in 0..<count { try write(image(number), number) }
  }

  private func load(cached: Bool = true) throws -> ImageSet {
    try ImageSet.load(contentsOf: images, cacheFolder: cached ? caches : nil)
  }

  private func samples(_ set: ImageSet, _ name: String) throws -> Image.Samples {
    try set.image(try #require(set.names.firstIndex(of: name))).samples
  }

  private var cacheFiles: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: caches)) ?? []).map { caches + "/" + $0 }
  }

  private func listed(_ number: Int) throws -> FolderListing.File {
    try #require(FolderListing.files(below: images).first { $0.name == "\(number).png" })
  }

  @Test func aSecondRunTakesThePixelsOfFilesThatAreAsTheyWere() throws {
    try makeImages(PixelCache.fewestImages)
    let plain = try load(cached: false)
    #expect(cacheFiles.isEmpty)
    let all = try plain.uniform()
    let first = try load().uniform()
    #expect(first.fingerprint == all.fingerprint && cacheFiles.count == 1)
    // Of two files other pixels are written: one looks as before to the cache, the other does not.
    let size = try listed(500).size
    let other = try #require(
      (501..<700).map(image).first { try $0.encoded(as: .png).count == size }
    )
    try write(other, 500)
    try write(other, 600, changed: Self.past.addingTimeInterval(0.001))
    let second = try load()
    #expect(try samples(second, "500.png") == image(500).samples)
    #expect(try samples(second, "600.png") == other.samples)
    #expect(try samples(second, "7.png") == image(7).samples)
    // The fingerprint is that of the files that the cache stands for.
    try write(image(500), 500)
    #expect(try load().fingerprint == load(cached: false).fingerprint)
  }

  @Test func aFolderOfFewImagesIsNotKept() throws {
    try makeImages(20)
    _ = try load().uniform()
    #expect(cacheFiles.isEmpty)
  }

  @Test func everyKindOfImageComesBackAsItWas() throws {
    try makeImages(4)
    let words = Image.Samples.words((0..<24).map { UInt16($0) * 2_700 })
    let kept = [
      image(0),
      Image(width: 3, height: 2, channels: 4, samples: words, colorProfile: [1, 2, 3]),
      Image(width: 6, height: 1, channels: 1, samples: image(2).samples, exif: []),
      Image(
        width: 1,
        height: 6,
        channels: 1,
        samples: image(3).samples,
        colorProfile: Array(repeating: 9, count: 300),
        exif: Array(repeating: 8, count: 70)
      ),
    ]
    let files = try (0..<4).map(listed)
    do {
      let cache = try #require(PixelCache(in: caches, of: images))
      for (number, image) in kept.enumerated() {
        cache.keep(image, of: files[number], hash: UInt64(number))
        #expect(cache.image(files[number]) == image)
      }
      // While one process writes, another one reads what is there and writes nothing.
      let reader = try #require(PixelCache(in: caches, of: images))
      #expect(reader.known(files[0]) == nil)
      reader.keep(kept[0], of: files[0], hash: 1)
      #expect(reader.known(files[0]) == nil)
    }
    let again = try #require(PixelCache(in: caches, of: images))
    for (number, image) in kept.enumerated() {
      #expect(again.image(files[number]) == image)
      #expect(again.known(files[number])?.hash == UInt64(number))
    }
    let long = Image(
      width: 1025,
      height: 1024,
      channels: 1,
      samples: .bytes([UInt8](repeating: 0, count: 1025 * 1024))
    )
    again.keep(long, of: files[0], hash: 5)
    #expect(again.known(files[0])?.hash == 0)
  }

  /// Cut at every place, and with every byte changed, it gives the right images or none.
  @Test func aDamagedCacheIsNoHarm() throws {
    try makeImages(3)
    let files = try (0..<3).map(listed)
    do {
      let cache = try #require(PixelCache(in: caches, of: images))
      for number in 0..<3 { cache.keep(image(number), of: files[number], hash: 1) }
    }
    let path = try #require(cacheFiles.first)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    var found = [0, 0]
    for place in whole.indices {
      for way in 0..<2 {
        var bytes = whole
        if way == 0 { bytes.removeLast(bytes.count - place) } else { bytes[place] ^= 0x41 }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let cache = try #require(PixelCache(in: caches, of: images))
        for number in 0..<3 {
          guard let kept = cache.image(files[number]) else { continue }
          #expect(kept == image(number), "way \(way), byte \(place)")
          found[way] += 1
        }
        cache.keep(image(2), of: files[2], hash: 1)
        #expect(cache.image(files[2]) == image(2))
      }
    }
    #expect(found[0] > whole.count / 2 && found[1] > whole.count)
  }

  @Test func withoutAPlaceForItEverythingGoesOn() throws {
    try makeImages(PixelCache.fewestImages)
    let blocked = try folder.file("a file", name: "blocked")
    let set = try ImageSet.load(contentsOf: images, cacheFolder: blocked)
    #expect(try set.uniform().fingerprint == load(cached: false).uniform().fingerprint)
  }
}
