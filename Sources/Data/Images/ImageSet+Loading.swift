public import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

extension ImageSet {
  /// Reads images from a folder or from a file.
  ///
  /// - A folder gives the PNG and JPEG files in it and below it, in the order of their names; which
  ///   files are images is seen from their contents. Only headers are held, and an image is decoded
  ///   when it is asked for.
  /// - A PNG or JPEG file gives one image.
  /// - A binary file of CIFAR-10, or a folder of such files, gives its images with their labels.
  /// - An IDX file, plain or compressed by gzip, gives its images.
  ///
  /// - Parameters:
  ///   - path: The folder or the file.
  ///   - limit: The number of images to read at most; all of them when it is left out.
  ///   - skipsUnreadable: Whether a damaged file of a folder is left out and listed in `unreadable`,
  ///     where it would be an error else. Each file is then decoded once to see.
  ///   - pixelLimit: The most pixels that an image may have.
  ///   - cacheFolder: A folder to keep the decoded pixels of folders of many small images in, from
  ///     which they are taken the next time where a file has the same name, size and time of last
  ///     change. Nothing is kept when it is left out.
  /// - Throws: What is wrong with the images.
  public static func load(
    contentsOf path: String,
    limit: Int? = nil,
    skipsUnreadable: Bool = false,
    pixelLimit: Int = Image.standardPixelLimit,
    cacheFolder: String? = nil
  ) throws(DatasetError) -> ImageSet {
    if let limit, limit < 1 { throw .limitNotPositive(path: path, limit: limit) }
    switch try MediaRecognition(path: path) {
    case .imageFile:
      let entry = try ImageEntry(
        name: lastPart(of: path),
        path: path,
        pixelLimit: pixelLimit,
        isChecked: false
      )
      return ImageSet(name: entry.name, entries: [entry], unreadable: [])
    case .imageFolder:
      return try folder(
        path,
        limit: limit ?? .max,
        skipsUnreadable: skipsUnreadable,
        pixelLimit: pixelLimit,
        cacheFolder: cacheFolder
      )
    case .cifar10: return try cifar(path, limit: limit ?? .max)
    case .soundFile: throw .image(.notImages(path: path))
    case .soundFolder: throw .image(.noImages(path: path, unreadable: 0))
    case .nothing: return try idx(path, limit: limit)
    }
  }

  private static func folder(
    _ path: String,
    limit: Int,
    skipsUnreadable: Bool,
    pixelLimit: Int,
    cacheFolder: String?
  ) throws(DatasetError) -> ImageSet {
    let files = MediaFiles.images(try FolderListing.files(below: path), below: path)
    let isCached = min(files.count, limit) >= PixelCache.fewestImages
    let cache = isCached ? cacheFolder.flatMap { PixelCache(in: $0, of: path) } : nil
    defer { cache?.flush() }
    var entries: [ImageEntry] = []
    var unreadable: [DatasetError] = []
    for file in files where entries.count < limit {
      do throws(DatasetError) {
        entries.append(
          try ImageEntry(
            name: file.name,
            path: path + "/" + file.name,
            pixelLimit: pixelLimit,
            isChecked: skipsUnreadable,
            cache: cache.map { ($0, file) }
          )
        )
      } catch {
        if !skipsUnreadable || error.isFaultOfTheMachine { throw error }
        unreadable.append(error)
      }
    }
    if entries.isEmpty { throw .image(.noImages(path: path, unreadable: unreadable.count)) }
    return ImageSet(name: lastPart(of: path), entries: entries, unreadable: unreadable)
  }

  private static func cifar(_ path: String, limit: Int) throws(DatasetError) -> ImageSet {
    var paths = [path]
    if case .folder = try FolderListing.kind(of: path) {
      let files = try FolderListing.files(below: path)
      paths = MediaFiles.cifar(files, below: path).map { path + "/" + $0 }
    }
    var samples: [UInt8] = []
    var labels: [Int] = []
    for path in paths where labels.count < limit {
      let file = try CIFARFile(contentsOf: path, limit: limit - labels.count)
      let bytes = samples.count + file.samples.count
      if bytes > MemoryLimit.standard {
        throw .tooLarge(path: path, bytes: bytes, limit: MemoryLimit.standard)
      }
      if samples.isEmpty { samples = file.samples } else { samples += file.samples }
      labels += file.labels
    }
    let dataset = NumericDataset(
      name: lastPart(of: path),
      itemShape: [3, 32, 32],
      kind: .images,
      storage: .bytes(samples)
    )
    return ImageSet(dataset, labels: labels)
  }

  private static func idx(_ path: String, limit: Int?) throws(DatasetError) -> ImageSet {
    if case .folder = try FolderListing.kind(of: path) {
      throw .image(.noImages(path: path, unreadable: 0))
    }
    let source = try ByteSource(path: path)
    if source.unreadCount == 0 { throw .emptyFile(path: path) }
    guard IDXFile.isBeginning(source.firstUnread(2)) else {
      throw .image(.notImages(path: path))
    }
    let dataset = try NumericDataset(
      IDXFile(source, limit: limit, memoryLimit: MemoryLimit.standard)
    )
    guard dataset.kind == .images else { throw .image(.notImages(path: path)) }
    return ImageSet(dataset)
  }
}
