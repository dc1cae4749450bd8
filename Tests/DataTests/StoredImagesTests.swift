import Foundation
import HourglassTensors
import HourglassTestSupport
import Testing

@testable import HourglassData
@testable import HourglassMedia
@testable import HourglassSystem

/// Images on the disk, beside the same ones in memory.
@Suite struct StoredImagesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func images(_ path: String, isLarge: Bool) throws -> ImageSet {
    var options = DatasetOptions()
    options.inMemorySize = isLarge ? 1 : nil
    guard case .images(let images) = try Dataset.load(contentsOf: path, options: options) else {
      throw DatasetError.emptyFile(path: "no images")
    }
    return images
  }

  private func check(_ path: String, _ comment: String) throws {
    let memory = try images(path, isLarge: false)
    let disk = try images(path, isLarge: true)
    let (some, stored) = (try memory.uniform(), try disk.uniform())
    guard case .disk(let numbers) = stored.storage else {
      Issue.record("\(comment): the images are on the disk")
      return
    }
    #expect(numbers.count == some.storage.count)
    #expect(disk.fingerprint == memory.fingerprint, "\(comment)")
    #expect(disk.commonShape == memory.commonShape)
    #expect(stored.valueRange == some.valueRange && stored.scale == some.scale, "\(comment)")
    #expect(stored.rows(0..<some.count) == some.rows(0..<some.count), "\(comment)")
    #expect(stored.rows([3, 0, 3]) == some.rows([3, 0, 3]), "\(comment)")
    for index in 0..<some.count { #expect(stored.item(index) == some.item(index), "\(comment)") }
    for index in [0, 4] { #expect(try disk.image(index) == memory.image(index)) }
    let (few, fewStored) = (some.items([5, 2, 2]), stored.items([5, 2, 2]))
    #expect(fewStored.fingerprint == few.fingerprint && fewStored.valueRange == few.valueRange)
    #expect(fewStored.rows(0..<3) == few.rows(0..<3), "\(comment)")
    #expect(fewStored.items([2, 0]).fingerprint == few.items([2, 0]).fingerprint)
    #expect(stored.storage == some.storage && some.storage == stored.storage)
    #expect(stored.storage.hashValue == some.storage.hashValue)
    #expect(stored.storage != few.storage)
    let size = ImageSize(width: 3, height: 2)
    #expect(
      try disk.uniform(size: size).fingerprint == memory.uniform(size: size).fingerprint,
      "\(comment)"
    )
    #expect(stored.failure == nil)
  }

  /// Images of files, of 8 and of 16 bits.
  @Test(arguments: [8, 16]) func aFolderIsTheSameAsInMemory(_ depth: Int) throws {
    let path = folder.path + "/images"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for number in 0..<7 {
      let values = (0..<90).map { Float(($0 * 7 + number * 13) % 101) / 100 }
      let planes = (0..<3).map { Array(values[30 * $0..<30 * ($0 + 1)]) }
      let image = Image(planes: planes, width: 5, height: 6, depth: depth)
      _ = try folder.file(image.encoded(as: .png), name: "images/\(number).png")
    }
    try check(path, "\(depth) bits")
  }

  @Test func whatTheDiskHasNoRoomForIsAnError() throws {
    let image = Image(width: 1, height: 1, channels: 1, samples: .bytes([7]))
    let path = try folder.file(image.encoded(as: .png), name: "dot.png")
    let images = try ImageSet.load(contentsOf: path)
    // One such image would fit into memory, so many do not fit onto any disk.
    let side = Int(Double(MemoryLimit.standard).squareRoot())
    let many = images.items([Int](repeating: 0, count: 1 << 24))
    #expect(throws: DatasetError.self) {
      try many.uniform(channels: 1, size: ImageSize(width: side, height: side))
    }
    #expect(ScratchFolder.freeBytes(in: folder.path).map { $0 > 0 } == true)
    #expect(ScratchFolder.freeBytes(in: folder.path + "/nothing") == nil)
  }

  @Test(arguments: ArchiveBytes.types)
  func everyTypeIsTheSameAsInMemory(_ type: String) throws {
    for shape in ["(7, 6, 5)", "(7, 3, 6, 5)", "(7, 6, 5, 3)", "(7, 6, 5, 1)"] {
      let count = shape.contains("3") ? 7 * 90 : 7 * 30
      let values = ArchiveBytes.elements(type, count: count, seed: 9)
      let array = ArrayFileTests.npy(type, shape, values)
      for form in ArchiveBytes.Form.allCases {
        let path = try folder.file(ArchiveBytes.file(array, form))
        try check(path, "\(type) \(shape) \(form)")
      }
    }
  }

  @Test func manyImagesArePutDownPieceByPiece() throws {
    let values = ArchiveBytes.elements("|u1", count: 200 * 40 * 30 * 3, seed: 2)
    let array = ArrayFileTests.npy("|u1", "(200, 40, 30, 3)", values)
    try check(folder.file(ArchiveBytes.file(array, .deflated)), "large")
  }

  @Test func filesOfImagesOfOtherFormatsAreToo() throws {
    for name in ["u8.idx", "u8-gzip.bin", "i16.idx", "color.idx", "f64.idx"] {
      let memory = try images(golden(name), isLarge: false)
      let disk = try images(golden(name), isLarge: true)
      #expect(disk.fingerprint == memory.fingerprint, "\(name)")
      let all = 0..<memory.count
      #expect(try disk.uniform().rows(all) == memory.uniform().rows(all), "\(name)")
    }
    let cut = try folder.file(Array(goldenBytes("i16.idx").dropLast(3)))
    #expect(
      message(in: folder) { _ = try images(cut, isLarge: true) }
        == message(in: folder) { _ = try images(cut, isLarge: false) }
    )
  }

  @Test func labelsComeAlong() throws {
    let values = ArchiveBytes.elements("|u1", count: 10 * 16, seed: 3)
    let members = [
      ArchiveBytes.Member("X", ArrayFileTests.npy("|u1", "(10, 4, 4)", values), isDeflated: true),
      ArchiveBytes.Member("y", ArchiveBytes.npy((0..<10).map { Double($0 % 3) }, "(10,)")),
      ArchiveBytes.Member("z", ArchiveBytes.npy([1, 2], "(2,)")),
    ]
    let path = try folder.file(ArchiveBytes.zip(members))
    var options = DatasetOptions()
    options.inMemorySize = 1
    options.labelsName = "y"
    guard case .images(let images) = try Dataset.load(contentsOf: path, options: options) else {
      Issue.record("expected images")
      return
    }
    #expect(images.labels == (0..<10).map { $0 % 3 })
    #expect(images.prefix(4).labels == [0, 1, 2, 0])
    options.labelsName = "z"
    #expect(
      message(in: folder) { _ = try Dataset.load(contentsOf: path, options: options) }
        .contains("expected 10 whole numbers")
    )
  }

  @Test func mistakesAreNamedAsInMemory() throws {
    let pixels = ArchiveBytes.npy((0..<120).map { $0 == 100 ? 1e39 : 1 }, "(10, 3, 4)")
    let cut = ArchiveBytes.gzip(Array(pixels.dropLast(8)))
    var member = ArchiveBytes.Member("X", ArchiveBytes.npy([1, 2, 3, 4], "(1, 2, 2)"))
    member.sum ^= 1
    for bytes in [pixels, ArchiveBytes.gzip(pixels), cut, ArchiveBytes.zip([member])] {
      let path = try folder.file(bytes)
      let found = message(in: folder) { _ = try images(path, isLarge: true) }
      #expect(found.hasPrefix("cannot "))
      #expect(found == message(in: folder) { _ = try images(path, isLarge: false) })
    }
    let turned = ArrayFileTests.npy("|u1", "(2, 3, 2)", Array(0..<12), fortran: true)
    let path = try folder.file(turned)
    #expect(
      message(in: folder) { _ = try images(path, isLarge: true) }
        .contains("numpy.ascontiguousarray")
    )
    // A header that promises what no memory holds, and a file that does not keep it.
    let promise = ArrayFileTests.npy("|u1", "(4, 16777216, 16777216)", [1])
    #expect(throws: DatasetError.self) {
      try images(folder.file(ArchiveBytes.gzip(promise)), isLarge: true)
    }
  }

  @Test func numbersThatAreLostAreZerosWithAReason() throws {
    let file = try NamelessFile(folder: folder.path)
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    try file.write(bytes.span.bytes)
    var numbers = [Float](repeating: 7, count: 6)
    var place = numbers.mutableSpan
    file.readBytes(4, at: 5, into: &place, 1)
    #expect(numbers == [7, 6, 7, 8, 9, 7] && file.failure == nil)
    place = numbers.mutableSpan
    file.readBytes(4, at: 6, into: &place, 2)
    #expect(numbers == [7, 6, 0, 0, 0, 0])
    #expect(file.failure?.operation == .read)
    place = numbers.mutableSpan
    file.readFloats(2, at: 4, into: &place, 0)
    #expect(numbers == [0, 0, 0, 0, 0, 0])
  }

  @Test func foldersThatAreNotThereAreErrors() throws {
    let array = ArrayFileTests.npy("|u1", "(2, 2, 2)", Array(0..<8))
    let stream = try NPYStream(MemoryStream(array), path: "a")
    #expect(throws: DatasetError.self) {
      _ = try ArrayImages(stream.header).stored(stream, folder: "/nowhere/at/all") { _ in }
    }
  }
}
