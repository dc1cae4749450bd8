internal import HourglassData
internal import HourglassMedia
internal import HourglassSystem
internal import HourglassTensors

/// What the reader makes of images.
struct ImagesSummary: Encodable {
  /// Images of one size.
  struct Size: Encodable {
    var width: Int
    var height: Int
    var count: Int
  }

  /// The sizes, the most frequent first.
  var sizes: [Size]
  /// The numbers of channels that occur.
  var channels: [Int]
  /// The bits of a sample that occur.
  var depths: [Int]
  /// `[channels, height, width]` where all images have one shape.
  var itemShape: [Int]?
  /// The least and the greatest value of images in memory, as the file has them.
  var minimum: Double?
  var maximum: Double?
  /// The number of images of each class, where there are labels.
  var labels: [String: Int]?
  /// The number of files that were skipped.
  var unreadable: Int

  init(_ images: ImageSet) throws {
    var counts: [ImageSize: Int] = [:]
    var channels: Set<Int> = []
    var depths: Set<Int> = []
    if let shape = images.commonShape, images.files.isEmpty {
      counts[ImageSize(width: shape[2], height: shape[1])] = images.count
      channels = [shape[0]]
      let data = try images.uniform()
      minimum = Double(data.valueRange.lowerBound)
      maximum = Double(data.valueRange.upperBound)
      depths = [data.scale == 1 ? 32 : 8]
    } else {
      for file in images.files {
        counts[file.size, default: 0] += 1
        channels.insert(file.channels)
        depths.insert(file.depth)
      }
    }
    sizes = counts.map { Size(width: $0.width, height: $0.height, count: $1) }
      .sorted { (-$0.count, $0.width, $0.height) < (-$1.count, $1.width, $1.height) }
    self.channels = channels.sorted()
    self.depths = depths.sorted()
    itemShape = images.commonShape?.dimensions
    labels = images.labels.map { all in
      all.reduce(into: [:]) { $0["\($1)", default: 0] += 1 }
    }
    unreadable = images.unreadable.count
  }

  func lines(_ count: Int) -> [String] {
    let images = NumberText.counted(count, "image")
    var lines: [String] = []
    if sizes.count == 1, let size = sizes.first {
      lines.append("\(images) of \(size.width) x \(size.height) pixels")
    } else {
      let widths = sizes.map(\.width)
      let heights = sizes.map(\.height)
      lines.append(
        "\(images) of \(sizes.count) sizes, \(widths.min() ?? 0) to \(widths.max() ?? 0) pixels wide "
          + "and \(heights.min() ?? 0) to \(heights.max() ?? 0) high"
      )
    }
    lines.append(
      "channels \(Self.list(channels)), \(Self.list(depths)) bits a sample"
    )
    if let minimum, let maximum {
      lines.append("values from \(NumberText.plain(minimum)) to \(NumberText.plain(maximum))")
    }
    if let labels {
      lines.append("labels of \(labels.count) classes")
    }
    if sizes.count > 1 {
      for size in sizes.prefix(8) {
        lines.append("  \(size.width) x \(size.height): \(size.count)")
      }
      if sizes.count > 8 { lines.append("  and \(sizes.count - 8) sizes more") }
    }
    if unreadable > 0 {
      lines.append("\(NumberText.counted(unreadable, "file")) could not be read and were skipped")
    }
    return lines
  }

  private static func list(_ numbers: [Int]) -> String {
    numbers.map { "\($0)" }.joined(separator: ", ")
  }
}

/// What the reader makes of sounds.
struct SoundsSummary: Encodable {
  /// The samples in a second that occur.
  var sampleRates: [Int]
  /// The numbers of channels that occur.
  var channels: [Int]
  /// The seconds of all sounds, of the shortest and of the longest.
  var duration: Double
  var shortest: Double
  var longest: Double
  /// The number of files that were skipped.
  var unreadable: Int

  init(_ sounds: SoundSet) throws {
    var rates: Set<Int> = []
    var channels: Set<Int> = []
    var lengths: [Double] = []
    for index in 0..<sounds.count {
      let sound = try sounds.sound(index)
      rates.insert(sound.sampleRate)
      channels.insert(sound.channels.count)
      lengths.append(sound.duration)
    }
    sampleRates = rates.sorted()
    self.channels = channels.sorted()
    duration = lengths.reduce(0, +)
    shortest = lengths.min() ?? 0
    longest = lengths.max() ?? 0
    unreadable = sounds.unreadable.count
  }

  func lines(_ count: Int) -> [String] {
    var lines = [
      "\(NumberText.counted(count, "sound")), \(NumberText.fixed(duration, places: 1)) seconds",
      "from \(NumberText.fixed(shortest, places: 2)) to \(NumberText.fixed(longest, places: 2)) "
        + "seconds each",
      "channels " + channels.map { "\($0)" }.joined(separator: ", ") + ", "
        + sampleRates.map { "\($0)" }.joined(separator: ", ") + " samples a second",
    ]
    if unreadable > 0 {
      lines.append("\(NumberText.counted(unreadable, "file")) could not be read and were skipped")
    }
    return lines
  }
}

/// What the reader makes of a time series.
struct SeriesSummary: Encodable {
  /// A channel.
  struct Channel: Encodable {
    var name: String
    /// The number of rows without a value.
    var missing: Int
    /// The number of stretches of such rows, and the rows of the longest one.
    var gaps: Int
    var longestGap: Int
    var minimum: Double?
    var maximum: Double?
  }

  /// The number of rows of all series.
  var rows: Int
  /// The number of series.
  var groups: Int
  var timeColumn: String
  /// The first and the last time.
  var begins: String?
  var ends: String?
  /// The distance of two times, in seconds for dates; nil where there is no single one.
  var step: Double?
  /// The number of times that are left out and count as rows of missing cells.
  var added: Int
  /// The number of rows that are before the row above them, and are taken in the order of time.
  var unordered: Int
  /// The number of rows that have the time of the row before them.
  var repeated = 0
  /// What the times are to each other, in words.
  var spacing: String
  var window: Int
  var stride: Int
  var channels: [Channel]
  private var remarks: [String] = []

  private enum CodingKeys: CodingKey {
    case rows, groups, timeColumn, begins, ends, step, added, unordered, repeated, spacing
    case window, stride, channels
  }

  init(_ data: SeriesData) {
    guard let stored = data.stored else {
      self.init(data.sample)
      return
    }
    self.init(stored.sample, spacing: stored.spacing)
    rows = stored.rowCount
    groups = stored.groupCount
    begins = stored.bounds.first
    ends = stored.bounds.last
    channels = zip(stored.sample.channels, stored.facts).map { name, facts in
      Channel(
        name: name,
        missing: facts.missingCount,
        gaps: facts.gapCount,
        longestGap: facts.longestGap,
        minimum: facts.minimum,
        maximum: facts.maximum
      )
    }
  }

  private init(_ series: SeriesSet) {
    self.init(series, spacing: series.spacing)
    rows = series.rowsOfOriginals.count
    groups = series.groups.count
    begins = series.timeStamps.first
    ends = series.timeStamps.last
    unordered = series.unorderedCount
    repeated = series.repeatedCount
    remarks = series.remarks
    channels = series.channels.map { name in
      var channel = Channel(name: name, missing: 0, gaps: 0, longestGap: 0)
      guard let column = series.table[column: name] else { return channel }
      for group in series.groups {
        var length = 0
        for row in group {
          guard column.isMissing(row) else {
            length = 0
            if let value = column.number(row) {
              channel.minimum = min(channel.minimum ?? value, value)
              channel.maximum = max(channel.maximum ?? value, value)
            }
            continue
          }
          channel.missing += 1
          if length == 0 { channel.gaps += 1 }
          length += 1
          channel.longestGap = max(channel.longestGap, length)
        }
      }
      return channel
    }
  }

  /// Begins with how the times follow each other.
  private init(_ series: SeriesSet, spacing known: SeriesSpacing) {
    rows = 0
    groups = 0
    timeColumn = series.timeColumn
    let isDate = series.table[column: series.timeColumn]?.kind.isDate ?? false
    func text(_ step: Double) -> String {
      isDate ? Self.duration(step) : NumberText.plain(step)
    }
    added = 0
    unordered = 0
    switch known {
    case .unknown: spacing = "times in the order of the rows"
    case .regular(let step):
      self.step = step
      spacing = "one time every \(text(step))"
    case .withGaps(let step, let missing):
      self.step = step
      added = missing
      spacing =
        "one time every \(text(step)); \(NumberText.counted(missing, "time")) left out, taken as "
        + "rows of missing cells"
    case .irregular(let least, let greatest):
      spacing =
        "irregular times, from \(text(least)) to \(text(greatest)) apart; rows are taken one after "
        + "the other"
    }
    window = series.window
    stride = series.stride
    channels = []
  }

  /// A number of seconds in the largest unit that it has a whole number of.
  private static func duration(_ seconds: Double) -> String {
    let month = SeriesSteps.monthSeconds
    for (unit, length) in [("year", 12 * month), ("quarter", 3 * month), ("month", month)]
    where seconds == length { return unit }
    for (unit, length) in [("day", 86_400.0), ("hour", 3_600), ("minute", 60), ("second", 1)] {
      let count = seconds / length
      guard count >= 1, count == count.rounded() else { continue }
      return count == 1 ? unit : NumberText.counted(Int(count), unit)
    }
    return NumberText.plain(seconds) + " seconds"
  }

  func lines(_ count: Int) -> [String] {
    let what = groups == 1 ? "a time series" : "\(groups) time series"
    var lines = [
      "\(what) of \(NumberText.counted(rows, "row")) and "
        + NumberText.counted(channels.count, "channel")
    ]
    if let begins, let ends { lines.append("\(timeColumn) from \(begins) to \(ends)") }
    lines.append(spacing)
    lines += remarks
    lines.append(
      "\(NumberText.counted(count, "window")) of \(NumberText.counted(window, "row")), one every "
        + NumberText.counted(stride, "row")
    )
    lines.append("")
    var table = TextTable(["channel", "min", "max", "missing", "gaps", "longest gap"])
    for channel in channels {
      table.append([
        channel.name, channel.minimum.map { NumberText.plain($0) } ?? "",
        channel.maximum.map { NumberText.plain($0) } ?? "", "\(channel.missing)",
        "\(channel.gaps)", "\(channel.longestGap)",
      ])
    }
    return lines + table.lines
  }
}
