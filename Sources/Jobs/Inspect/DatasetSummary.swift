internal import HourglassData
internal import HourglassEncodings
internal import HourglassSystem

/// What the reader makes of data of any kind.
struct DatasetSummary: Encodable {
  /// The file or folder, as it was given.
  var file: String
  /// What the items are.
  var kind: DataKind
  /// The number of items.
  var count: Int
  /// A hash of the values.
  var fingerprint: String
  /// The encoding of a text.
  var encoding: TextEncoding?
  /// Whether a byte-order mark stands before it.
  var byteOrderMark: Bool?
  /// The lines of titles before the first row, which are left out; none for none.
  var titleLines: Int?
  /// What is to be said of a table.
  var table: TableSummary?
  /// What is to be said of images.
  var images: ImagesSummary?
  /// What is to be said of sounds.
  var sounds: SoundsSummary?
  /// What is to be said of a series.
  var series: SeriesSummary?

  /// Goes once over the items.
  ///
  /// - Parameter format: How a text is written.
  init(_ data: Dataset, path: String, format: TextFormat?) throws {
    file = path
    encoding = format?.encoding
    byteOrderMark = format?.hasByteOrderMark
    titleLines = format.flatMap { $0.titleLines > 0 ? $0.titleLines : nil }
    kind = data.kind
    count = data.count
    fingerprint = data.fingerprint
    switch data {
    case .table(let table): self.table = TableSummary(table)
    case .images(let images): self.images = try ImagesSummary(images)
    case .sounds(let sounds): self.sounds = try SoundsSummary(sounds)
    case .series(let series): self.series = SeriesSummary(series)
    }
  }

  /// The summary for people.
  var text: String {
    var lines: [String] = []
    if let table { lines = table.lines }
    if let images { lines = images.lines(count) }
    if let sounds { lines = sounds.lines(count) }
    if let series { lines = series.lines(count) }
    if let first = lines.first { lines[0] = "\(file): \(first)" }
    lines.insert("fingerprint \(fingerprint)", at: min(1, lines.count))
    if let encoding {
      let mark = byteOrderMark == true ? " with a byte-order mark" : ""
      let titles =
        titleLines.map { ", \(NumberText.counted($0, "line")) before the first row left out" } ?? ""
      lines.insert("text in \(encoding.name)\(mark)\(titles)", at: min(2, lines.count))
    }
    return lines.joined(separator: "\n")
  }
}
