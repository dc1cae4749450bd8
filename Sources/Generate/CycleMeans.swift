internal import HourglassData
internal import HourglassEncodings
internal import HourglassEvaluation

/// The hours of the day, the days of the week or the months of the year, by which the means of channels are compared.
enum TimeCycle: Sendable {
  case hour, weekday, month

  /// The shortest cycle in which the times of windows differ; `nil` where they are no dates.
  init?(_ beginnings: SeriesBeginnings?) {
    guard let beginnings, let format = beginnings.time?.dateFormat else { return nil }
    let steps = beginnings.windows.map(\.step).sorted()
    let step = steps.isEmpty ? 0 : steps[steps.count / 2]
    if format.clock != nil, step <= CalendarDay.seconds / 4 {
      self = .hour
    } else if format.day != nil {
      // Of times a day apart the weekdays differ, of weeks and months the months alone.
      self = step < 2 * CalendarDay.seconds ? .weekday : .month
    } else {
      return nil
    }
  }

  /// What one place of the cycle is.
  var noun: String {
    switch self {
    case .hour: "hour of the day"
    case .weekday: "weekday"
    case .month: "month"
    }
  }

  /// What the places of the cycle are called.
  var names: [String] {
    switch self {
    case .hour: (0..<24).map { "\($0 < 10 ? "0" : "")\($0):00" }
    case .weekday: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    case .month:
      [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October",
        "November", "December",
      ]
    }
  }

  /// The place of a time in the cycle.
  ///
  /// - Parameter zone: The minutes that clocks are ahead of the time.
  func place(of seconds: Double, zone: Int) -> Int {
    let local = seconds + Double(zone) * 60
    let day = CalendarDay.number(at: local)
    switch self {
    case .hour: return min(max(Int((local - Double(day) * CalendarDay.seconds) / 3_600), 0), 23)
    // The first of January 1970 was a Thursday.
    case .weekday: return ((day + 3) % 7 + 7) % 7
    case .month: return CalendarDay.date(of: day).month - 1
    }
  }
}

/// The mean of each channel at each place of a cycle.
struct CycleMeans: Sendable {
  let cycle: TimeCycle
  /// `[channels][places]`; `nil` where no row has the place.
  let means: [[Double?]]
  /// The rows at each place, `[channels][places]`.
  let counts: [[Double]]
  /// The standard deviation of each channel over all rows.
  let deviations: [Double]

  /// Measures rows.
  ///
  /// - Parameters:
  ///   - channels: The channels.
  ///   - times: The time of each row, a date.
  init(_ cycle: TimeCycle, of channels: [Table.Column], at times: Table.Column) {
    self.cycle = cycle
    let zone = times.dateFormat?.zone?.minutes ?? 0
    let places = (0..<times.count).map { row in
      times.number(row).map { cycle.place(of: $0, zone: zone) }
    }
    let size = cycle.names.count
    var (means, counts, deviations): ([[Double?]], [[Double]], [Double]) = ([], [], [])
    for channel in channels {
      var sums = [Double](repeating: 0, count: size)
      var own = sums
      var numbers: [Double] = []
      for (row, place) in places.enumerated() {
        guard let place, let number = channel.number(row) else { continue }
        sums[place] += number
        own[place] += 1
        numbers.append(number)
      }
      let mean = numbers.reduce(0, +) / Double(max(numbers.count, 1))
      let square = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      means.append(zip(sums, own).map { $1 > 0 ? $0 / $1 : nil })
      counts.append(own)
      deviations.append((square / Double(max(numbers.count, 1))).squareRoot())
    }
    (self.means, self.counts, self.deviations) = (means, counts, deviations)
  }

  /// How far the means are from those of real rows: the mean absolute difference, each place as often as it comes in
  /// the real rows, in standard deviations of the real channel; the mean over the channels that vary.
  func difference(from real: CycleMeans) -> Double? {
    var differences: [Double] = []
    for channel in means.indices where real.deviations[channel] > 0 {
      var (sum, count) = (0.0, 0.0)
      for (place, mean) in means[channel].enumerated() {
        guard let mean, let other = real.means[channel][place] else { continue }
        sum += real.counts[channel][place] * abs(mean - other)
        count += real.counts[channel][place]
      }
      if count > 0 { differences.append(sum / count / real.deviations[channel]) }
    }
    guard !differences.isEmpty else { return nil }
    return differences.reduce(0, +) / Double(differences.count)
  }

  /// The channel whose means differ most between the places, in its standard deviations; `nil` where none varies.
  var strongest: Int? {
    let ranges = means.indices.map { channel -> Double in
      let known = means[channel].compactMap(\.self)
      guard deviations[channel] > 0, let low = known.min(), let high = known.max() else { return 0 }
      return (high - low) / deviations[channel]
    }
    guard let most = ranges.max(), most > 0 else { return nil }
    return ranges.firstIndex(of: most)
  }
}

extension CycleMeans {
  /// The means of generated windows beside those of real ones.
  ///
  /// - Parameters:
  ///   - names: The names of the channels.
  ///   - generated: Those of generated windows.
  ///   - random: The same windows with each other's times: what times that do not depend on the values would give.
  ///   - learned: Those of training windows, where these are at hand.
  func tables(
    _ names: [String],
    generated: CycleMeans,
    random: CycleMeans,
    learned: CycleMeans?,
    model: String
  ) -> [Evaluation.Table] {
    guard let channel = strongest, let own = generated.difference(from: self) else { return [] }
    var methods = [
      Evaluation.Method(model, [own]),
      Evaluation.Method(
        "the same windows at random times",
        isBaseline: true,
        [random.difference(from: self)]
      ),
    ]
    if let learned {
      methods.append(
        Evaluation.Method("training windows", isBaseline: true, [learned.difference(from: self)])
      )
    }
    return [
      Evaluation.Table(
        "Means by \(cycle.noun): mean absolute difference from real windows, in standard deviations",
        metrics: [
          Evaluation.Metric("difference by \(cycle.noun)", better: .lower, format: .fixed(3))
        ],
        methods: methods
      ),
      Evaluation.Table(
        "Mean of \(names[channel]) by \(cycle.noun)",
        metrics: ["generated", "real"].map { Evaluation.Metric($0, better: .neither) },
        methods: cycle.names.indices.compactMap { place in
          guard let real = means[channel][place] else { return nil }
          return Evaluation.Method(cycle.names[place], [generated.means[channel][place], real])
        }
      ),
    ]
  }
}
