internal import HourglassAutoencoders
internal import HourglassNetworks

extension AutomaticChoices {
  /// The numbers of a code: more than are needed, since the divergence idles what is not needed.
  ///
  /// Handwritten digits use some 20 of 32; tables of 15 columns some 10 of 16.
  static func synthesisLatent(for kind: DataKind, valueCount: Int) -> Int {
    switch kind {
    case .images, .sounds: 32
    case .table: min(max(valueCount, 2), 24)
    case .series: min(max(valueCount / 4, 2), 16)
    }
  }

  /// Fully connected layers, wide at the data; few rows of a table cannot teach a wide layer.
  static func synthesisArchitecture(for kind: DataKind, learningCount: Int) -> Architecture {
    switch kind {
    case .images, .sounds: return .dense(hidden: [512, 512], activation: .silu)
    case .table:
      let width = learningCount < 2_000 ? 128 : learningCount < 10_000 ? 256 : 512
      return .dense(hidden: [width, width / 2], activation: .silu)
    case .series: return .dense(hidden: [256, 128], activation: .silu)
    }
  }

  /// The weight of the divergence.
  ///
  /// 1 makes the loss a bound of the evidence, which images are judged by. A fitted mixture stands
  /// for whatever distribution the codes have, so that tables may keep more of each row in its code.
  static func synthesisBeta(for kind: DataKind) -> Float { kind == .table ? 0.5 : 1 }

  /// About how many steps to make: more than for codes alone, since every pair of columns counts.
  static func synthesisSteps(for kind: DataKind) -> Int {
    switch kind {
    case .table: 30_000
    case .images, .sounds, .series: 12_000
    }
  }

  /// The codes that are drawn for an image to bound its probability.
  static let boundSamples = 200

  /// The images that codes are drawn for: at most a thousand, and so few that decoding all codes takes
  /// about a twentieth of learning, which goes through encoder and decoder forth and twice back.
  static func boundImages(seen: Int) -> Int {
    min(max(seen / 3 / boundSamples, 50), 1_000)
  }

  /// The intervals that the numbers of a column are cut into.
  ///
  /// As many as the rows allow: the share of each is then known to about its root.
  static func intervalCount(rows: Int) -> Int {
    min(max(Int(Double(max(rows, 1)).squareRoot()), 8), 40)
  }

  /// The normal distributions of a mixture: one for some hundred and fifty codes.
  static func mixtureCount(codes: Int) -> Int { min(max(codes / 150, 1), 64) }
}
