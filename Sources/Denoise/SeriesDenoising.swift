internal import HourglassTasksCommon

/// A network that takes noise off windows of a series.
struct SeriesDenoising: Sendable {
  let encoding: SeriesEncoding
  let network: FittedImageToImageNetwork

  /// The series without noise as a table; missing cells and other columns are as they were, and so are
  /// channels that were constant in training, in all series or in that of a row.
  func denoised(_ series: SeriesSet, on engine: ComputeEngine) async throws -> Table {
    guard series.channels == encoding.names else {
      throw TaskError.missingColumns(
        name: series.name,
        missing: encoding.names,
        found: series.channels
      )
    }
    let source = try EncodedRows(.series(series), encoding: .series(encoding)).withoutMasks
    let results = try await network.translate(source, on: engine)
    let width = network.itemShape.elementCount
    let merged = series.merged(
      windows: (0..<series.count).map { Array(results.scalars[$0 * width..<($0 + 1) * width]) }
    )
    var table = series.table
    let scales = encoding.rowScales(of: series)
    for (channel, name) in series.channels.enumerated() where !encoding.constants.contains(name) {
      guard let column = table[column: name], case .numbers(let given, let missing) = column.cells
      else { continue }
      let numbers = given.indices.map { row in
        let scale = scales?.scale(row, channel)
        if let scale, scale.spread == 0 { return given[row] }
        let number = encoding.number(merged[channel][row], channel: channel, scale: scale)
        return column.decimals.map { NumberFormat.rounded(number, decimals: $0) } ?? number
      }
      table = table.replacing(
        Table.Column(
          name: name,
          kind: column.kind == .integer ? .integer : .number,
          cells: .numbers(numbers, missing: missing),
          decimals: column.decimals,
          hasFixedDecimals: column.hasFixedDecimals
        ).written(column.writing)
      )
    }
    return table.rows(series.rowsOfOriginals)
  }
}

/// One training run to denoise time series, with everything chosen before it begins.
struct SeriesDenoisingJob: Sendable {
  private let denoiser: Denoiser
  private let series: SeriesSet
  private let split: RowSplit
  private let encoding: SeriesEncoding
  private let translator: ImageToImageNetwork
  private let run: TrainingRun

  init(_ denoiser: Denoiser, _ series: SeriesSet, _ session: TrainingSession) throws {
    self.denoiser = denoiser
    self.series = series
    split = RowSplit(RawItems.series(series), seed: denoiser.learning.seed)
    let given = try session.startingFields(DenoisedFields.self, of: FittedDenoiser.application)
    if case .items(.series(let learned))? = given, learned.window == series.window,
      learned.names == series.channels
    {
      encoding = learned
    } else {
      // The run refuses a model of other data.
      encoding = try SeriesEncoding(series, windows: split.training)
    }
    translator = ImageToImageNetwork(
      architecture: denoiser.architecture ?? .uNet(base: 16, depth: 2, activation: .relu),
      learnsDifference: true,
      corruption: denoiser.noise(for: .series).corruption
    )
    run = try denoiser.run(
      .series(encoding),
      .translator(translator),
      on: split,
      of: (series.name, series.fingerprint),
      session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedDenoiser {
    let source = try windows(split.seen)
    let result = try await run.train(translator, on: source)
    let network = SeriesDenoising(
      encoding: encoding,
      network: try FittedImageToImageNetwork(
        translator,
        variables: result.variables,
        itemShape: source.itemShape,
        record: result.record
      )
    )
    let evaluation = try await evaluation(of: network)
    return try FittedDenoiser(denoiser, run, result.record, evaluation, .series(network))
  }

  /// Some windows as items `[channels, window]`.
  private func windows(_ numbers: [Int]) throws -> EncodedRows {
    try EncodedRows(.series(series), encoding: .series(encoding)).selecting(numbers).withoutMasks
  }

  private static let widths = [0.7, 1, 1.5, 2, 3, 5]

  private func evaluation(of network: SeriesDenoising) async throws -> Evaluation {
    let rows = try windows(split.report)
    let noise = denoiser.noise(for: .series).typical
    var generator = SeededGenerator.named("noise", seed: denoiser.learning.seed)
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
    var (own, given) = ([Double](), [Double]())
    var smooth = Self.widths.map { _ in [Double]() }
    var count = 0
    let width = channels * length
    let starts = split.report.map { series.range(of: $0).lowerBound }
    let weights = encoding.rowScales(of: series)?.weights(starts) ?? starts.map { _ in 1 }
    for (index, window) in split.report.enumerated() {
      let observed = series.window(window).observed
      count += observed.count { $0 > 0 }
      let truth = rows.item(index)
      func error(_ values: [Float]) -> Double {
        weights[index]
          * values.indices.reduce(0) { sum, place in
            let difference = Double(values[place]) - Double(truth[place])
            return observed[place] > 0 ? sum + difference * difference : sum
          }
      }
      let range = index * width..<(index + 1) * width
      given.append(error(Array(noisy[range])))
      own.append(error(Array(results.scalars[range])))
      let image = planes(noisy[range])
      for (place, deviation) in Self.widths.enumerated() {
        let filtered = ImageFilters.gaussian(image, standardDeviation: deviation)
        smooth[place].append(error(filtered.planes.flatMap(\.self)))
      }
    }
    let sums = smooth.map { $0.reduce(0, +) }
    let best = sums.indices.min { sums[$0] < sums[$1] } ?? 0
    return Evaluation(
      .series,
      of: series.name,
      split: split.reportRows,
      noise: noise.description,
      methods: [
        ("network", own), ("noisy", given),
        ("Gaussian filter, \(Self.widths[best]) rows", smooth[best]),
      ],
      valueCount: count
    )
  }
}
