package import HourglassColorize

/// What `colorize` is asked for: to give gray images colors.
package struct ColorizeOptions: JobOptions {
  package static let task = "colorize"

  /// The figure of the first images.
  package var figure: String?
  /// Which colors.
  package var colors = ColorChoice.mean
  /// What the colors are multiplied by.
  package var saturation: Float = 1
  /// How many different colorings of each image are drawn.
  package var samples: Int?
  /// The colors of pixels that are known.
  package var hints: [HintChoice] = []

  package init() {}

  package mutating func replacePaths(_ path: PathReplacement) throws {
    figure = try figure.map { try path($0, .output) }
  }

  package func validate(_ request: JobRequest) throws {
    let (files, training) = (request.files, request.training)
    // Samples are drawn from the seed too.
    try files.checkModel(given: training.given.filter { samples == nil || $0 != "--seed" })
    try files.checkResume(training)
    try files.refuseStart("colorize", "colors are counted anew in each data set")
    try requireOption(
      (0...10).contains(saturation),
      "--saturation",
      "from 0 to 10, found \(saturation)"
    )
    guard let samples else { return }
    try requireOption(
      (1...1_000).contains(samples),
      "--samples",
      "from 1 to 1000, found \(samples)"
    )
    if colors == .vivid {
      throw Failure.usage(
        "--colors vivid and --samples exclude each other: samples are drawn"
      )
    }
    if files.output == nil, figure == nil {
      throw Failure.usage("--samples needs --output or --figure to show them in")
    }
  }

  package func run(_ run: JobRun) async throws -> JobResult {
    var job = try ColorizeJob(self, run)
    return try await job.run()
  }
}

/// A hint such as `120,80=#b22222`.
package struct HintChoice: TextValue {
  package let text: String
  let hint: ColorHint

  package init?(text argument: String) {
    text = argument
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let place = parts[0].split(separator: ",", omittingEmptySubsequences: false)
    let digits = parts[1].dropFirst()
    guard place.count == 2, let x = Int(place[0]), let y = Int(place[1]), parts[1].first == "#",
      digits.count == 6, digits.allSatisfy(\.isHexDigit), let color = UInt32(digits, radix: 16)
    else { return nil }
    hint = ColorHint(
      x: x,
      y: y,
      red: UInt8(color >> 16),
      green: UInt8(color >> 8 & 255),
      blue: UInt8(color & 255)
    )
  }
}
