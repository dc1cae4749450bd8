import Foundation
import HourglassData
import HourglassMedia
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct MediaSetTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes a folder in the folder of the test, and gives its path.
  func makeFolder(_ name: String) throws -> String {
    let path = folder.path + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  // MARK: Images

  /// A folder with images of one size in it and below it, a text, and a hidden file.
  func makeImages() throws -> String {
    let path = try makeFolder("images/more/deep")
    _ = try folder.file(slopes(8, 6, channels: 3).encoded(as: .png), name: "images/b.png")
    _ = try folder.file(slopes(8, 6, channels: 3).encoded(as: .jpeg), name: "images/a")
    _ = try folder.file(slopes(8, 6, channels: 3).encoded(as: .png), name: "images/more/deep/c.jpg")
    _ = try folder.file("not an image", name: "images/README.txt")
    _ = try folder.file("not an image", name: "images/.hidden.png")
    #expect(path.hasSuffix("deep"))
    return folder.path + "/images"
  }

  @Test func aFolderOfImagesIsRead() throws {
    let images = try ImageSet.load(contentsOf: makeImages())
    #expect(images.name == "images")
    #expect(images.names == ["a", "b.png", "more/deep/c.jpg"])
    #expect(images.commonShape == [3, 6, 8])
    #expect(images.labels == nil)
    #expect(try images.image(1) == slopes(8, 6, channels: 3))
    let dataset = try images.uniform()
    #expect(dataset.itemShape == [3, 6, 8])
    #expect(dataset.scale == Float(1) / 255)
    let planes = slopes(8, 6, channels: 3).planes().joined()
    #expect(zip(dataset.item(1), planes).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(dataset.item(1).count == planes.count)
    #expect(try ImageSet.load(contentsOf: folder.path + "/images", limit: 2).count == 2)
    #expect(images.prefix(2).names == ["a", "b.png"])
    #expect(images.items([2, 0]).names == ["more/deep/c.jpg", "a"])
    #expect(
      images.prefix(2).fingerprint
        == (try ImageSet.load(contentsOf: folder.path + "/images", limit: 2).fingerprint)
    )
    #expect(images.fingerprint != images.prefix(2).fingerprint)
  }

  @Test func imagesOfDifferentKindsBecomeAlikeWhenAsked() throws {
    let path = try makeImages()
    _ = try folder.file(
      slopes(4, 4, channels: 1, depth: 16).encoded(as: .png),
      name: "images/z.png"
    )
    let images = try ImageSet.load(contentsOf: path)
    #expect(images.commonShape == nil)
    #expect(
      message(in: folder) { _ = try images.uniform() } == """
        cannot train on images of different sizes: expected one size, found a with 8 x 6 and \
        z.png with 4 x 4 pixels. Give a common size.
        """
    )
    let dataset = try images.uniform(size: ImageSize(width: 4, height: 3))
    #expect(dataset.itemShape == [3, 3, 4])
    #expect(dataset.scale == 1)
    #expect(dataset.rows(0..<4).scalars.allSatisfy { (0...1).contains($0) })
    #expect(try images.uniform(channels: 1, size: ImageSize(width: 2, height: 2)).featureCount == 4)
    let huge = ImageSize(width: 1 << 40, height: 1 << 40)
    #expect(throws: DatasetError.self) { try images.uniform(size: huge) }
  }

  @Test func brokenImagesAreErrorsOrSkipped() throws {
    let path = try makeImages()
    let bytes = try goldenBytes("Images/rgb8.png")
    _ = try folder.file(Array(bytes.prefix(bytes.count - 40)), name: "images/m.png")
    _ = try folder.file("", name: "images/n.png")
    _ = try folder.file("text", name: "images/o.jpg")
    #expect(throws: DatasetError.self) { try ImageSet.load(contentsOf: path) }
    let images = try ImageSet.load(contentsOf: path, skipsUnreadable: true)
    #expect(images.names == ["a", "b.png", "more/deep/c.jpg"])
    #expect(
      images.unreadable == [
        .image(.truncated(path: path + "/m.png", format: "PNG", size: bytes.count - 40)),
        .emptyFile(path: path + "/n.png"),
        .image(.notAnImage(path: path + "/o.jpg", found: Array("text".utf8))),
      ]
    )
  }

  @Test func aFileThatChangesMeanwhileIsAnError() throws {
    let images = try ImageSet.load(contentsOf: makeImages())
    _ = try folder.file(slopes(9, 6, channels: 3).encoded(as: .png), name: "images/b.png")
    #expect(throws: DatasetError.image(.changed(path: folder.path + "/images/b.png"))) {
      try images.image(1)
    }
  }

  @Test func oneImageIsASet() throws {
    let images = try ImageSet.load(contentsOf: golden("Images/turned6.jpg"))
    #expect(images.names == ["turned6.jpg"])
    #expect(images.commonShape == [3, 12, 7])
    #expect(try images.image(0).size == ImageSize(width: 7, height: 12))
  }

  @Test func imagesInMemoryAreASet() throws {
    let images = try ImageSet.load(contentsOf: golden("color.idx"))
    #expect(images.count == 2)
    #expect(images.names == ["1", "2"])
    #expect(images.commonShape == [3, 2, 2])
    #expect(try images.image(0).samples == .bytes([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]))
    #expect(images.items([1]).names == ["2"])
    #expect(try images.items([1]).uniform().item(0) == (12..<24).map { Float($0) * (1 / 255) })
    let gray = try images.uniform(channels: 1, size: ImageSize(width: 1, height: 1))
    #expect(gray.itemShape == [1, 1, 1])
    #expect(throws: DatasetError.self) { try ImageSet.load(contentsOf: golden("labels.idx.gz")) }
    #expect(throws: DatasetError.self) { try ImageSet.load(contentsOf: golden("rows.idx")) }
    let floats = try ImageSet(
      NumericDataset(name: "floats", images: Tensor([-1, 0, 1, 3], shape: [1, 1, 2, 2]))
    )
    #expect(try floats.image(0).samples == .words([0, 16384, 32768, 65535]))
    let many = try ImageSet(
      NumericDataset(name: "many", images: Tensor.zeros([1, 5, 2, 2]))
    )
    #expect(throws: DatasetError.image(.channelsNotShown(name: "many", channels: 5))) {
      try many.image(0)
    }
  }

  // MARK: CIFAR-10

  func record(_ label: UInt8, _ value: UInt8) -> [UInt8] {
    [label] + (0..<3072).map { UInt8(truncatingIfNeeded: $0 / 1024 * 50 + Int(value)) }
  }

  @Test func cifarFilesAreRead() throws {
    let path = try makeFolder("cifar")
    _ = try folder.file(record(3, 1) + record(9, 2), name: "cifar/data_batch_1.bin")
    _ = try folder.file(record(0, 3), name: "cifar/test_batch.bin")
    _ = try folder.file("airplane\n", name: "cifar/batches.meta.txt")
    let images = try ImageSet.load(contentsOf: path)
    #expect(images.labels == [3, 9, 0])
    #expect(images.commonShape == [3, 32, 32])
    #expect(try images.image(1).samples.numbers.prefix(3) == [2, 52, 102])
    #expect(try ImageSet.load(contentsOf: path + "/test_batch.bin").labels == [0])
    #expect(try ImageSet.load(contentsOf: path, limit: 2).labels == [3, 9])
    #expect(images.items([2, 1]).labels == [0, 9])
    let bad = try folder.file(record(3, 1) + record(10, 2), name: "bad.bin")
    #expect(
      message(in: folder) { _ = try ImageSet.load(contentsOf: bad) } == """
        cannot read bad.bin as CIFAR-10: expected labels from 0 to 9, found 10 for image 2. The \
        file is damaged, or it is of another format.
        """
    )
  }

  // MARK: Sounds

  @Test func aFolderOfSoundsIsRead() throws {
    let path = try makeFolder("sounds/more")
    _ = try folder.file(waves(8000, 100).encoded(as: .wav), name: "sounds/b.wav")
    _ = try folder.file(waves(8000, 200).encoded(as: .flac), name: "sounds/more/a")
    _ = try folder.file("file,title\n", name: "sounds/metadata.csv")
    let sounds = try SoundSet.load(contentsOf: folder.path + "/sounds")
    #expect(sounds.name == "sounds")
    #expect(sounds.names == ["b.wav", "more/a"])
    #expect(try sounds.sound(1).count == 200)
    #expect(sounds.prefix(1).names == ["b.wav"])
    #expect(sounds.items([1, 0]).names == ["more/a", "b.wav"])
    _ = try folder.file("RIFF", name: "sounds/c.wav")
    #expect(throws: DatasetError.self) { try SoundSet.load(contentsOf: folder.path + "/sounds") }
    let rest = try SoundSet.load(contentsOf: folder.path + "/sounds", skipsUnreadable: true)
    #expect(rest.names == sounds.names)
    #expect(rest.unreadable.count == 1)
    #expect(rest.fingerprint == sounds.fingerprint)
    #expect(try SoundSet.load(contentsOf: folder.path + "/sounds/b.wav").names == ["b.wav"])
    let memory = SoundSet(name: "two", sounds: [waves(8000, 5), waves(8000, 6)])
    #expect(try memory.sound(1).count == 6)
    #expect(path.hasSuffix("more"))
  }

  // MARK: Recognition

  @Test func pathsAreRecognized() throws {
    let images = try makeImages()
    #expect(try MediaRecognition(path: images) == .imageFolder)
    #expect(try MediaRecognition(path: images + "/a") == .imageFile)
    #expect(try MediaRecognition(path: images + "/README.txt") == .nothing)
    for name in ["mono16.wav", "stereo16.flac", "mono.ogg", "mono.mp3", "mono.aiff"] {
      #expect(try MediaRecognition(path: golden("Sounds/\(name)")) == .soundFile)
    }
    #expect(try MediaRecognition(path: golden("Sounds")) == .soundFolder)
    #expect(try MediaRecognition(path: golden("u8.idx")) == .nothing)
    #expect(try MediaRecognition(path: folder.file(record(1, 1), name: "a.bin")) == .cifar10)
    #expect(try MediaRecognition(path: folder.file(record(1, 1), name: "a.dat")) == .nothing)
    #expect(try MediaRecognition(path: makeFolder("empty")) == .nothing)
    #expect(throws: DatasetError.self) { try MediaRecognition(path: folder.path + "/none") }
    // A pipe is not opened, which would wait for its other end.
    mkfifo(folder.path + "/pipe.png", 0o600)
    #expect(try MediaRecognition(path: folder.path + "/pipe.png") == .nothing)
  }

  @Test func linksThatLeadBackAreFollowedOnce() throws {
    let images = try makeImages()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: images + "/more/back", withDestinationPath: images)
    try files.createSymbolicLink(atPath: images + "/gone.png", withDestinationPath: "/no/where")
    try files.createSymbolicLink(atPath: images + "/self", withDestinationPath: "self")
    mkfifo(images + "/pipe.png", 0o600)
    #expect(try ImageSet.load(contentsOf: images).count == 3)
  }

  // MARK: One size

  @Test func imagesAreScaledAndCutToASize() throws {
    // Columns of 0 to 59, wider than high: the middle stays.
    let columns = (0..<60 * 30).map { UInt8($0 % 60) }
    let wide = Image(
      width: 60,
      height: 30,
      channels: 1,
      samples: .bytes(columns)
    )
    let half = wide.filling(ImageSize(width: 15, height: 15))
    #expect(half.size == ImageSize(width: 15, height: 15))
    guard case .bytes(let bytes) = half.samples else {
      Issue.record("the depth changed")
      return
    }
    // The columns 15 to 44, two by two; halves are rounded up.
    let expected = (0..<15).map { (column: UInt8) in 16 + 2 * column }
    #expect(Array(bytes.prefix(15)) == expected)
    let high = wide.filling(ImageSize(width: 10, height: 40))
    #expect(high.size == ImageSize(width: 10, height: 40))
    #expect(wide.filling(wide.size) == wide)
    try wide.write(to: folder.path + "/a.png")
    try half.write(to: folder.path + "/b.png")
    let set = try ImageSet.load(contentsOf: folder.path)
    #expect(set.commonShape == nil)
    let small = try set.filling(ImageSize(width: 8, height: 6))
    #expect(small.commonShape == [1, 6, 8] && small.fingerprint != set.fingerprint)
    #expect(try small.image(0) == wide.filling(ImageSize(width: 8, height: 6)))
    #expect(try small.uniform().itemShape == [1, 6, 8])
    var options = DatasetOptions()
    options.imageSize = ImageSize(width: 2, height: 2)
    guard case .images(let loaded) = try Dataset.load(contentsOf: folder.path, options: options),
      case .images(let held) = try Dataset.load(contentsOf: golden("u8.idx"), options: options)
    else {
      Issue.record("no images")
      return
    }
    #expect(loaded.commonShape == [1, 2, 2] && held.commonShape == [1, 2, 2])
    #expect(held.count == 5 && held.names == ["1", "2", "3", "4", "5"])
  }
}
