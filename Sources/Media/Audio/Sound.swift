/// A recording: samples of one or more channels at a fixed rate.
///
///     let song = try Sound.load(contentsOf: "song.ogg")
///     try song.mono.resampled(to: 16_000).write(to: "song.wav")
public struct Sound: Hashable, Sendable {
  /// The name of the file without its folders.
  public let name: String

  /// The number of samples of a channel in a second.
  public let sampleRate: Int

  /// The samples of each channel, `[channels][time]`, usually from -1 to 1.
  public let channels: [[Float]]

  /// Makes a sound from its samples.
  ///
  /// - Parameters:
  ///   - name: What to call the sound.
  ///   - sampleRate: The samples of a channel in a second, at least 1.
  ///   - channels: One or more channels of one length, `[channels][time]`.
  public init(name: String, sampleRate: Int, channels: [[Float]]) {
    precondition(sampleRate > 0, "a sample rate of \(sampleRate) was given")
    precondition(
      !channels.isEmpty && channels.allSatisfy { $0.count == channels[0].count },
      "one or more channels of one length were expected, found \(channels.map(\.count))"
    )
    self.name = name
    self.sampleRate = sampleRate
    self.channels = channels
  }

  /// The number of samples of a channel.
  public var count: Int { channels[0].count }

  /// The length in seconds.
  public var duration: Double { Double(count) / Double(sampleRate) }

  /// The sound with one channel: the mean of all or, where they cancel each other, the loudest.
  ///
  /// Channels cancel where their mean has less than a hundredth of their power, as that of a channel and
  /// its negative has: of independent channels it has one part in their number.
  public var mono: Sound {
    guard channels.count > 1 else { return self }
    var mean = channels[0]
    for channel in channels.dropFirst() {
      for index in mean.indices { mean[index] += channel[index] }
    }
    let factor = 1 / Float(channels.count)
    for index in mean.indices { mean[index] *= factor }
    func power(_ samples: [Float]) -> Double { samples.reduce(0) { $0 + Double($1) * Double($1) } }
    let powers = channels.map(power)
    if power(mean) < 0.01 * powers.reduce(0, +) / Double(powers.count),
      let loudest = powers.indices.max(by: { powers[$0] < powers[$1] })
    {
      mean = channels[loudest]
    }
    return Sound(name: name, sampleRate: sampleRate, channels: [mean])
  }

  /// The sound at another sample rate, with no frequencies that the new rate cannot hold.
  ///
  /// Frequencies up to 0.88 of half the lower rate stay as they are, and those above half the lower
  /// rate are weakened by at least 80 dB.
  ///
  /// - Parameter rate: The samples of a channel in a second, at least 1.
  public func resampled(to rate: Int) -> Sound {
    precondition(rate > 0, "a sample rate of \(rate) was asked for")
    guard rate != sampleRate else { return self }
    let resampler = Resampler(from: sampleRate, to: rate)
    return Sound(name: name, sampleRate: rate, channels: channels.map(resampler.callAsFunction))
  }
}
