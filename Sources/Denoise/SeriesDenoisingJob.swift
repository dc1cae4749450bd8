internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassMedia
internal import HourglassModelFiles
internal import HourglassNetworks
internal import HourglassTasksCommon
internal import HourglassTensors

/// One run of learning to denoise time series, with everything chosen before it begins.
struct SeriesDenoisingJob: Sendable {
  private let denoiser: Denoiser
  private let series: SeriesSet
  private let split: RowSplit
  private let scaling: SeriesScaling
  private let translator: ImageToImageNetwork
  private let run: TrainingRun

  init(_ denoiser: Denoiser, _ series: SeriesSet, _ session: TrainingSession) throws {
    self.denoiser = denoiser
    self.series = series
    split = RowSplit(RawItems.series(series), seed: denoiser.learning.seed)
    scaling = SeriesScaling(series, windows: split.training)
    translator = ImageToImageNetwork(
      architecture: denoiser.architecture ?? .uNet(base: 16, depth: 2, activation: .relu),
      learnsDifference: true,
      corruption: denoiser.noise(for: .series).corruption
    )
    run = try TrainingRun(
      application: FittedDenoiser.application,
      configuration: denoiser,
      fields: DenoisedFields.series(scaling, window: series.window),
      architecture: DenoisingNetwork.translator(translator),
      data: (series.name, series.fingerprint),
      itemCount: split.training.count,
      trainer: denoiser.learning.trainer(
        for: .series,
        learningCount: split.training.count,
        validation: split.validation
      ),
      session: session
    )
  }

  /// Learns, evaluates, and makes the model with its report.
  func fitted() async throws -> FittedDenoiser {
    let source = SeriesWindows(series, windows: split.seen, scaling: scaling)
    let result = try await run.train(translator, on: source)
    let network = SeriesDenoising(
      scaling: scaling,
      network: try FittedImageToImageNetwork(
        translator,
        variables: result.variables,
        itemShape: source.itemShape,
        record: result.record
      )
    )
    let report = try await report(network)
    return try FittedDenoiser(denoiser, run, result.record, report, .series(network))
  }

  private static let widths = [0.7, 1, 1.5, 2, 3, 5]

  private func report(_ network: SeriesDenoising) async throws -> DenoisingReport {
    let rows = SeriesWindows(series, windows: split.report, scaling: scaling)
    let noise = denoiser.noise(for: .series).typical
    var generator = SeriesDenoisingJob.generator(denoiser.learning.seed)
    var noisy: [Float] = []
    for index in 0..<rows.count { noisy += noise.added(to: rows.item(index), &generator) }
    let (channels, length) = (rows.itemShape[0], rows.itemShape[1])
    let shape: Shape = [rows.count, channels, length]
    let results = try await network.network.translate(
      TensorSource(Tensor(noisy, shape: shape)),
      on: run.session.engine
    )
    // A window is an image one pixel high for the filters.
    func planes(_ values: ArraySlice<Float>) -> PlanarImage {
      let all = Array(values)
      return PlanarImage(
        width: length,
        height: 1,
        planes: (0..<channels).map { Array(all[$0 * length..<($0 + 1) * length]) }
      )
    }
    var sums = (noisy: 0.0, denoised: 0.0, smooth: Self.widths.map { _ in 0.0 })
    let width = channels * length
    for (index, window) in split.report.enumerated() {
      let observed = series.window(window).observed
      let truth = rows.item(index)
      func error(_ values: [Float]) -> Double {
        values.indices.reduce(0) { sum, place in
          let difference = Double(values[place]) - Double(truth[place])
          return observed[place] > 0 ? sum + difference * difference : sum
        }
      }
      let range = index * width..<(index + 1) * width
      sums.noisy += error(Array(noisy[range]))
      sums.denoised += error(Array(results.scalars[range]))
      let image = planes(noisy[range])
      for (place, deviation) in Self.widths.enumerated() {
        let smooth = ImageFilters.gaussian(image, standardDeviation: deviation)
        sums.smooth[place] += error(smooth.planes.flatMap(\.self))
      }
    }
    let count = split.report.reduce(0.0) { sum, window in
      sum + series.window(window).observed.reduce(0) { $0 + Double($1) }
    }
    func score(_ method: String, _ sum: Double) -> DenoisingReport.Score {
      DenoisingReport.Score(method: method, error: (sum / max(count, 1)).squareRoot())
    }
    let best = sums.smooth.indices.min { sums.smooth[$0] < sums.smooth[$1] } ?? 0
    return DenoisingReport(
      dataName: series.name,
      kind: .series,
      items: split.reportRows,
      itemCount: rows.count,
      noise: noise.description,
      noisy: score("noisy", sums.noisy),
      classical: [score("Gaussian of \(Self.widths[best]) rows", sums.smooth[best])],
      denoised: score("denoised", sums.denoised)
    )
  }

  private static func generator(_ seed: UInt64) -> SeededGenerator {
    SeededGenerator.named("noise", seed: seed)
  }
}
