internal import HourglassData
internal import HourglassEncodings
internal import HourglassModelFiles
internal import HourglassSystem
internal import Synchronization

/// What series were trained on that others are compared with: how long their windows are, and their keys.
struct LearnedSeries: Sendable {
  /// The rows of a window.
  let window: Int
  /// The keys; none where the table was one series.
  let keys: Set<String>?

  /// What a model was trained on; none for one of other data, or a file that cannot be read.
  init?(modelAt path: String) {
    guard let file = try? ModelFile(contentsOf: path), case .object(let members) = file.header,
      let fields = members["fields"], let encoding = Self.encoding(in: fields, path)
    else { return nil }
    window = encoding.window
    keys = encoding.scales.map { Set($0.scales.keys) }
  }

  /// What is trained on.
  init(_ series: SeriesSet) {
    window = series.window
    keys = series.groupColumn == nil ? nil : Set(series.keys())
  }

  /// The encoding of series among what a model says of its data.
  private static func encoding(in value: JSONValue, _ path: String) -> SeriesEncoding? {
    guard case .object(let members) = value else { return nil }
    if members["channels"] != nil, members["window"] != nil {
      return try? value.decoded(as: SeriesEncoding.self, file: path)
    }
    return members.keys.sorted().lazy.compactMap { key in
      members[key].flatMap { encoding(in: $0, path) }
    }.first
  }

  /// What is to be known of series that were not trained on.
  func remark(on series: SeriesSet) -> String? {
    guard let keys else { return nil }
    if series.groupColumn == nil {
      return
        "no series is named (--by), as those trained on were; taken on the scale of its own values"
    }
    let unknown = Set(series.keys()).subtracting(keys).sorted()
    guard !unknown.isEmpty else { return nil }
    let names = unknown.prefix(4).map { clipped($0) }.joined(separator: ", ")
    return
      "\(NumberText.grouped(unknown.count)) series not trained on (\(names)\(unknown.count > 4 ? ", …" : "")); taken on "
      + "the scale of their own values"
  }
}

/// Data that were read before they were asked for.
final class ReadAhead: Sendable {
  private let kept = Mutex<[String: Dataset]>([:])

  /// Keeps the data of a file.
  func keep(_ data: Dataset, of path: String) { kept.withLock { $0[path] = data } }

  /// The data of a file, once.
  func take(_ path: String) -> Dataset? { kept.withLock { $0.removeValue(forKey: path) } }
}
