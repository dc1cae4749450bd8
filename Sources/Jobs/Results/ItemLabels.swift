internal import HourglassData
internal import HourglassReports
internal import HourglassSystem

/// The classes by which the points of a map are colored.
struct ItemLabels {
  /// The most classes: more colors than these look alike.
  static let classLimit = 20

  /// The names of the classes, in order.
  let names: [String]
  /// The class of each point.
  let classes: [Int]

  /// The colors of the points.
  var coloring: ScatterMap.Coloring { .classes(names: names, of: classes) }

  /// Reads labels: an IDX file of numbers, or a text with a label on each line.
  ///
  /// - Parameters:
  ///   - count: The number of points; labels beyond these are left alone.
  ///   - known: The names of the labels 0, 1, 2 and so on; other labels are their own names.
  ///   - limit: The most different labels.
  init(
    contentsOf path: String,
    count: Int,
    known: [String],
    limit: Int = classLimit
  ) throws {
    let texts = try FileKind.isIDX(path) ? Self.numbers(path, count) : Self.lines(path)
    guard texts.count >= count else {
      throw Failure(
        "\(path) has \(NumberText.counted(texts.count, "label")), expected one for each of the "
          + "\(NumberText.grouped(count)) rows.",
        exitCode: .data
      )
    }
    let used = texts.prefix(count)
    let names = Self.ordered(Set(used))
    guard names.count <= limit else {
      throw Failure(
        "\(path) has \(names.count) different labels, expected at most \(limit).",
        exitCode: .data
      )
    }
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    self.names = names.map { name in
      Int(name).flatMap { known.indices.contains($0) ? known[$0] : nil } ?? name
    }
    classes = used.map { places[$0] ?? 0 }
  }

  /// Texts in the order of their numbers where all are numbers, else by their letters.
  static func ordered(_ texts: Set<String>) -> [String] {
    let numbers = texts.map { (text: $0, number: Double($0)) }
    guard numbers.allSatisfy({ $0.number?.isFinite == true }) else { return texts.sorted() }
    return numbers.sorted { ($0.number ?? 0, $0.text) < ($1.number ?? 0, $1.text) }.map(\.text)
  }

  /// Checks that each line of a file of labels can be that of an item.
  static func check(_ data: Dataset) throws(Failure) {
    if !data.isInMemory {
      throw Failure.usage("--labels needs data that are held in memory: see --in-memory")
    }
    let skipped =
      switch data {
      case .images(let images): images.unreadable.count
      case .sounds(let sounds): sounds.unreadable.count
      case .table, .series: 0
      }
    guard skipped == 0 else {
      throw Failure(
        "the labels cannot be assigned to files: \(NumberText.counted(skipped, "file")) of "
          + "\(data.name) could not be read. Remove these and their lines of --labels.",
        exitCode: .data
      )
    }
  }

  private static func numbers(_ path: String, _ count: Int) throws(DatasetError) -> [String] {
    try IDXFile(contentsOf: path, limit: count).values().map { value in
      Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
  }

  /// The most letters of a label.
  private static let longestLabel = 200

  private static func lines(_ path: String) throws -> [String] {
    guard let file = fopen(path, "r") else {
      throw Failure(
        "cannot open \(path): \(String(cString: strerror(errno))).",
        exitCode: .data
      )
    }
    defer { fclose(file) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, file)
      if count == 0 { break }
      text += piece.prefix(count)
      guard text.count < 1 << 28 else {
        throw Failure("\(path) is too long for a file of labels.", exitCode: .data)
      }
    }
    // An empty line is a label too, so that those behind it stay those of their items.
    var lines = String(decoding: text, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return try lines.enumerated().map { number, line in
      let label = line.drop { $0 == " " }
      guard label.count <= longestLabel else {
        throw Failure(
          "\(path), line \(number + 1): a label has at most \(longestLabel) letters, found "
            + "\(label.count). Give a short name for each class.",
          exitCode: .data
        )
      }
      return String(label)
    }
  }
}
