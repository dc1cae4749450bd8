internal import HourglassMedia
internal import HourglassSystem

/// Where the images of a run go: one into a file, or any number into a folder.
struct ImageOutput: Sendable {
  /// The file or the folder.
  let path: String

  /// Whether the name is one of an image file.
  let isFile: Bool

  /// Which of several results of each image it is for.
  private let number: Int?

  init(_ path: String) { self.init(path, number: nil) }

  private init(_ path: String, number: Int?) {
    self.path = path
    self.number = number
    isFile = ImageFormat(path: path) != nil
  }

  /// Where the training state is kept by default: `.NAME.checkpoint` beside it.
  var checkpoint: String? {
    var name = path[...]
    while name.count > 1, name.hasSuffix("/") { name = name.dropLast() }
    return JobPaths.checkpoint(beside: String(name))
  }

  /// The output of a verb whose result is images, and all its paths: the checkpoint is beside the
  /// images where no model is kept, and a folder is no file that is replaced as a whole.
  static func paths(
    _ files: FileOptions,
    checkpoint: String?,
    others: [String?],
    read: [String?]
  ) throws -> (output: ImageOutput?, paths: JobPaths) {
    if files.output == "-" {
      throw Failure.usage("--output of images is an image file or a folder, and not -")
    }
    let output = files.output.map { ImageOutput($0) }
    var files = files
    var checkpoint = checkpoint
    if files.save == nil, let output { checkpoint = checkpoint ?? output.checkpoint }
    if output?.isFile != true { files.output = nil }
    let paths = try JobPaths(
      files,
      checkpoint: checkpoint,
      others: others,
      folder: output?.isFile == false ? output?.path : nil,
      read: read
    )
    return (output, paths)
  }

  /// The place of one of several results of each image: `NAME-1.png`.
  func numbered(_ number: Int) -> ImageOutput {
    ImageOutput(isFile ? Self.numbered(path, number) : path, number: number)
  }

  private static func numbered(_ name: String, _ number: Int) -> String {
    ImageFormat(path: name) == nil
      ? "\(name)-\(number)" : OutputFolder.suffixed(name, "\(number)")
  }

  /// Checks that it can hold so many images, and makes the folder.
  func prepare(count: Int) throws {
    try OutputFolder.prepare(path, isFile: isFile, count: count, of: "images")
  }

  /// Writes an image; in a folder under its own name, and as a PNG file where that names no format
  /// or one that cannot hold it.
  func write(_ image: Image, name: String) throws {
    if isFile { return try image.write(to: path) }
    var file = number.map { Self.numbered(name, $0) } ?? name
    let format = ImageFormat(path: name)
    if format == nil || (format == .jpeg && (image.hasAlpha || image.depth > 8)) {
      file += ".png"
    }
    try image.write(to: OutputFolder.place(file, in: path))
  }
}
