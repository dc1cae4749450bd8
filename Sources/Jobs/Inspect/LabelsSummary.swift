internal import HourglassData
internal import HourglassSystem
internal import HourglassTensors

/// What the reader makes of an IDX file of labels, which belong to the images of another file.
struct LabelsSummary: Encodable {
  /// The file, as it was given.
  var file: String
  /// The number of labels.
  var count: Int
  /// The number of each.
  var labels: [String: Int]

  /// Reads the labels; none where the file is no IDX file of one dimension.
  init?(contentsOf path: String, limit: Int?) throws(DatasetError) {
    guard FileKind.isIDX(path), let first = try? IDXFile(contentsOf: path, limit: 1),
      first.itemShape.rank == 0
    else { return nil }
    let values = try IDXFile(contentsOf: path, limit: limit).values()
    file = path
    count = values.count
    labels = values.reduce(into: [:]) { $0[NumberText.plain(Double($1)), default: 0] += 1 }
  }

  /// The summary for people.
  var text: String {
    let known = labels.sorted { (Double($0.key) ?? 0) < (Double($1.key) ?? 0) }
    let lines =
      known.prefix(Self.shown).map { "  \($0.key): \(NumberText.grouped($0.value))" }
      + (known.count > Self.shown ? ["  and \(known.count - Self.shown) more"] : [])
    let title =
      "\(file): \(NumberText.counted(count, "label")) of \(known.count) "
      + (known.count == 1 ? "class" : "classes")
    return ([title] + lines).joined(separator: "\n")
  }

  /// The most classes that are shown.
  private static let shown = 20
}
