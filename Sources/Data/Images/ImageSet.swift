public import HourglassMedia
internal import HourglassSystem
public import HourglassTensors

/// Images: of one size in memory, or files of any sizes that are decoded when they are asked for.
///
///     let images = try ImageSet.load(contentsOf: "photos")
///     let first = try images.image(0)
///     let dataset = try images.uniform(channels: 3, size: ImageSize(width: 64, height: 64))
public struct ImageSet: Sendable {
  /// The name of the file or of the folder, without those around it.
  public let name: String

  /// The names of the images: those of the files from the folder on, or "1", "2" and so on.
  public let names: [String]

  /// The classes of the images where the data have them, as those of CIFAR-10 do.
  public let labels: [Int]?

  /// The files of a folder that could not be read and were skipped, each with what is wrong.
  public let unreadable: [DatasetError]

  /// The shape `[channels, height, width]` where all images have one, and none otherwise.
  public let commonShape: Shape?

  /// A hash of the images, sixteen hexadecimal digits, for provenance.
  ///
  /// It is one of the bytes of the files, or of the values of images in memory. Names do not matter.
  public let fingerprint: String

  /// The most bytes of images of one size that `uniform()` holds in memory; more lie on the disk.
  var inMemorySize = MemoryLimit.standard

  let storage: Storage

  /// Where the images are.
  enum Storage {
    case files([ImageEntry])
    case memory(NumericDataset)
  }

  /// The size, channels and bits of each image where they are files; none where they are in memory.
  package var files: [(size: ImageSize, channels: Int, depth: Int)] {
    guard case .files(let entries) = storage else { return [] }
    return entries.map { ($0.header.size, $0.header.channels, $0.header.depth) }
  }

  /// The number of images, at least 1.
  public var count: Int { names.count }

  /// Makes a set of images in memory.
  ///
  /// - Parameters:
  ///   - dataset: Images of one size, `[channels, height, width]` each.
  ///   - labels: The classes of the images, one for each, or none.
  public init(_ dataset: NumericDataset, labels: [Int]? = nil) {
    precondition(dataset.kind == .images, "\(dataset.name) holds no images but a table")
    precondition(
      labels.map { $0.count == dataset.count } ?? true,
      "\(dataset.count) images were given \(labels?.count ?? 0) labels"
    )
    name = dataset.name
    names = (0..<dataset.count).map { "\($0 + 1)" }
    self.labels = labels
    unreadable = []
    commonShape = dataset.itemShape
    fingerprint = dataset.fingerprint
    storage = .memory(dataset)
  }

  init(
    name: String,
    entries: [ImageEntry],
    unreadable: [DatasetError],
    inMemorySize: Int = MemoryLimit.standard
  ) {
    self.name = name
    self.inMemorySize = inMemorySize
    names = entries.map(\.name)
    labels = nil
    self.unreadable = unreadable
    let shapes = Set(entries.map(\.header.shape))
    commonShape = shapes.count == 1 ? shapes.first : nil
    let hashes = entries.map(\.hash)
    fingerprint = Fingerprint.hexadecimal(Fingerprint.hash(hashes.span.bytes))
    storage = .files(entries)
  }

  /// An image, decoded now where it is a file.
  ///
  /// An image in memory whose values are not bytes gets 16 bits; where its set holds values outside
  /// of 0 to 1, the range of the set becomes 0 to 1.
  ///
  /// - Throws: What is wrong with the file, or `channelsNotShown` for more than four channels.
  public func image(_ index: Int) throws(DatasetError) -> Image {
    precondition(index >= 0 && index < count, "image \(index) of \(count) was asked for")
    switch storage {
    case .files(let entries): return try entries[index].image()
    case .memory(let dataset): return try Self.image(index, of: dataset)
    }
  }

  /// The shape of an image, `[channels, height, width]`, without decoding it.
  package func shape(of index: Int) -> Shape {
    switch storage {
    case .files(let entries): entries[index].header.shape
    case .memory(let dataset): dataset.itemShape
    }
  }

  /// The first images, at most as many as wanted; at least 1.
  public func prefix(_ limit: Int) -> ImageSet {
    items(Array(0..<min(max(limit, 1), count)))
  }

  /// Some images in the order of their indices, at least 1.
  public func items(_ indices: [Int]) -> ImageSet {
    precondition(!indices.isEmpty, "a set of no images was asked for")
    switch storage {
    case .files(let entries):
      return ImageSet(
        name: name,
        entries: indices.map { entries[$0] },
        unreadable: unreadable,
        inMemorySize: inMemorySize
      )
    case .memory(let dataset):
      return ImageSet(dataset.items(indices), labels: labels.map { all in indices.map { all[$0] } })
        .named(indices.map { names[$0] })
    }
  }

  /// The images in one size, which each fills as a whole: scaled, and cut at two sides where its form
  /// is another one.
  ///
  /// Files are decoded and scaled when they are asked for, images in memory now.
  ///
  /// - Throws: `tooLarge` where images in memory would need too much of it.
  public func filling(_ size: ImageSize) throws(DatasetError) -> ImageSet {
    switch storage {
    case .files(let entries):
      return ImageSet(
        name: name,
        entries: entries.map { $0.filling(size) },
        unreadable: unreadable,
        inMemorySize: inMemorySize
      )
    case .memory(let dataset):
      let shape = dataset.itemShape
      let bytes = count * shape[0] * size.width * size.height * 4
      guard bytes <= MemoryLimit.standard else {
        throw .tooLarge(path: name, bytes: bytes, limit: MemoryLimit.standard)
      }
      var values: [Float] = []
      values.reserveCapacity(bytes / 4)
      for index in 0..<count {
        values += try image(index).filling(size).planes().flatMap(\.self)
      }
      let images = Tensor(values, shape: [count, shape[0], size.height, size.width])
      return ImageSet(try NumericDataset(name: name, images: images), labels: labels).named(names)
    }
  }

  private func named(_ names: [String]) -> ImageSet {
    ImageSet(copying: self, names: names)
  }

  private init(copying other: ImageSet, names: [String]) {
    name = other.name
    self.names = names
    labels = other.labels
    unreadable = other.unreadable
    commonShape = other.commonShape
    fingerprint = other.fingerprint
    inMemorySize = other.inMemorySize
    storage = other.storage
  }

  private static func image(
    _ index: Int,
    of dataset: NumericDataset
  ) throws(DatasetError) -> Image {
    let shape = dataset.itemShape
    guard (1...4).contains(shape[0]) else {
      throw .image(.channelsNotShown(name: dataset.name, channels: shape[0]))
    }
    var values = dataset.item(index)
    if let failure = dataset.failure { throw .file(failure) }
    let isBytes = dataset.storage.isBytes
    if !isBytes && (dataset.valueRange.lowerBound < 0 || dataset.valueRange.upperBound > 1) {
      let (low, high) = (dataset.valueRange.lowerBound, dataset.valueRange.upperBound)
      let span = high / 2 - low / 2
      // Halves, so that the difference of any two finite numbers is finite.
      values = values.map { span > 0 ? ($0 / 2 - low / 2) / span : 0 }
    }
    let area = shape[1] * shape[2]
    return Image(
      planes: (0..<shape[0]).map { Array(values[$0 * area..<($0 + 1) * area]) },
      width: shape[2],
      height: shape[1],
      depth: isBytes ? 8 : 16
    )
  }
}

/// A file of an image, of which nothing but the header is held.
struct ImageEntry: Sendable {
  /// What to call it: the path from its folder on.
  let name: String
  let path: String
  /// What the image is like that `image()` gives.
  private(set) var header: ImageCodec.Header
  /// The hash of the bytes of the file, and of the size that it is brought to.
  private(set) var hash: UInt64
  let pixelLimit: Int
  /// Where decoded images are kept, and what the file system says of this one.
  let cache: (pixels: PixelCache, file: FolderListing.File)?
  /// What the file is like, and the hash of its bytes.
  private let storedHeader: ImageCodec.Header
  private let fileHash: UInt64
  /// The size that the image is brought to, if it is not left as it is.
  private var target: ImageSize?

  /// Reads the header of a file, or where it is checked all of it.
  init(
    name: String,
    path: String,
    pixelLimit: Int,
    isChecked: Bool,
    cache: (pixels: PixelCache, file: FolderListing.File)? = nil
  ) throws(DatasetError) {
    self.name = name
    self.path = path
    self.pixelLimit = pixelLimit
    self.cache = cache
    if let cache, let known = cache.pixels.known(cache.file),
      known.header.size.width * known.header.size.height <= pixelLimit
    {
      (storedHeader, header) = (known.header, known.header)
      (fileHash, hash) = (known.hash, known.hash)
      return
    }
    let bytes = try asData(try WholeFile.bytes(of: path))
    header = try asData(
      try ImageCodec.header(bytes, path: path, pixelLimit: pixelLimit)
    )
    storedHeader = header
    fileHash = Fingerprint.hash(bytes.span.bytes)
    hash = fileHash
    guard isChecked else { return }
    let image = try asData(try ImageCodec.image(bytes, path: path, pixelLimit: pixelLimit))
    if let cache { cache.pixels.keep(image, of: cache.file, hash: hash) }
  }

  /// The image, decoded now unless the cache has it.
  func image() throws(DatasetError) -> Image {
    let image: Image
    if let cache, let kept = cache.pixels.image(cache.file) {
      image = kept
    } else {
      let bytes = try asData(try WholeFile.bytes(of: path))
      image = try asData(try ImageCodec.image(bytes, path: path, pixelLimit: pixelLimit))
      // A file that was changed since its folder was listed is not the one that the cache knows.
      if let cache, fileHash == Fingerprint.hash(bytes.span.bytes) {
        cache.pixels.keep(image, of: cache.file, hash: fileHash)
      }
    }
    let now = ImageCodec.Header(
      size: image.size,
      channels: image.channels,
      depth: image.depth
    )
    if now != storedHeader { throw .image(.changed(path: path)) }
    return target.map { image.filling($0) } ?? image
  }

  /// The same image in another size.
  func filling(_ size: ImageSize) -> ImageEntry {
    var entry = self
    entry.target = size
    entry.header.size = size
    let parts = [hash, UInt64(size.width), UInt64(size.height)]
    entry.hash = Fingerprint.hash(parts.span.bytes)
    return entry
  }
}

extension ImageCodec.Header {
  /// `[channels, height, width]`.
  var shape: Shape { [channels, size.height, size.width] }
}
