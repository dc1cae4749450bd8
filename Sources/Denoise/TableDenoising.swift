internal import HourglassTasksCommon

/// A network that takes noise off the numbers of rows.
struct TableDenoising: Sendable {
  let encoding: TableEncoding
  let network: FittedAutoencoder

  /// The table without noise: other columns and missing cells are as they were.
  func denoised(_ table: Table, on engine: ComputeEngine) async throws -> Table {
    let rows = EncodedRows(try encoding.encoded(table))
    let values = try await network.reconstruct(rows, on: engine)
    let decoded = encoding.decoded(values: values.scalars, count: table.rowCount, like: table)
    return Table(
      name: table.name,
      columns: zip(table.columns, decoded.columns).map { old, new in
        guard case .numbers(let numbers, _) = new.cells else { return old }
        let missing = (0..<old.count).map { old.isMissing($0) }
        return new.replacing(cells: .numbers(numbers, missing: missing))
      }
    )
  }

  /// The places of values that are numbers, each with the number of its field.
  var numberPlaces: [(value: Int, field: Int)] {
    var places: [(Int, Int)] = []
    var offset = 0
    for (index, field) in encoding.fields.enumerated() {
      if case .number = field.content { places.append((offset, index)) }
      offset += field.width
    }
    return places
  }
}

/// One training run to denoise a table, with everything chosen before it begins.
struct TableDenoisingJob: Sendable {
  private let denoiser: Denoiser
  private let table: Table
  private let split: RowSplit
  private let encoding: TableEncoding
  private let autoencoder: Autoencoder
  private let encoded: EncodedTable
  private let run: TrainingRun

  init(_ denoiser: Denoiser, _ table: Table, _ session: TrainingSession) throws {
    self.denoiser = denoiser
    self.table = table
    split = RowSplit(count: table.rowCount, seed: denoiser.learning.seed)
    let given = try session.startingFields(DenoisedFields.self, of: FittedDenoiser.application)
    if case .items(.table(let columns))? = given {
      encoding = columns
    } else {
      // The run refuses a model of other data.
      encoding = try TableEncoding(learning: table, rows: split.training, datesHaveParts: false)
    }
    let hasNumbers = encoding.fields.contains {
      if case .number = $0.content { true } else { false }
    }
    guard hasNumbers else {
      throw TaskError.invalidSetting(
        name: "\(table.name) to denoise",
        expected: "a table with columns of numbers that vary",
        found: "none"
      )
    }
    encoded = try encoding.encoded(table)
    let width = min(max(4 * encoding.width, 64), 512)
    autoencoder = Autoencoder(
      encoder: denoiser.architecture ?? .dense(hidden: [width, width], activation: .silu),
      // Wide: not the narrow place but the noise keeps the network from copying.
      bottleneck: .deterministic(latent: min(max(encoding.width, 4), 256)),
      objective: .squaredError,
      corruption: denoiser.noise(for: .table).corruption,
      fields: encoding.layout
    )
    run = try denoiser.run(
      .table(encoding),
      .autoencoder(autoencoder),
      on: split,
      of: (table.name, table.fingerprint),
      session
    )
  }

  /// Trains, evaluates, and makes the model with its evaluation.
  func fitted() async throws -> FittedDenoiser {
    let source = EncodedRows(encoded).selecting(split.seen)
    let (learned, record) = try await run.network(
      autoencoder,
      on: source,
      itemShape: source.itemShape
    )
    let network = TableDenoising(encoding: encoding, network: learned)
    let evaluation = try await evaluation(of: network)
    return try FittedDenoiser(denoiser, run, record, evaluation, .table(network))
  }

  private func evaluation(of network: TableDenoising) async throws -> Evaluation {
    let rows = EncodedRows(encoded).selecting(split.report)
    let width = rows.itemShape.elementCount
    var clean = [Float](repeating: 0, count: rows.count * width)
    var span = clean.mutableSpan
    let all = Array(0..<rows.count)
    rows.copyItems(all.span, into: &span)
    let noise = denoiser.noise(for: .table).typical
    var generator = SeededGenerator.named("noise", seed: denoiser.learning.seed)
    let changed = noise.added(to: clean, &generator)
    var noisy = clean
    let places = network.numberPlaces
    for row in 0..<rows.count {
      for (value, field) in places where clean[row * width + encoding.width + field] > 0 {
        noisy[row * width + value] = changed[row * width + value]
      }
    }
    let results = try await network.network.reconstruct(
      TensorSource(Tensor(noisy, shape: [rows.count, width])),
      on: run.session.engine
    )
    // Where σ is known, x / (1 + σ²) is the best that a single value of deviation 1 allows.
    var shrinking: Double = 1
    if case .gaussian(let deviation) = noise {
      shrinking = 1 / (1 + Double(deviation) * Double(deviation))
    }
    var methods = ["network", "noisy", "mean", "linear shrinkage"].map {
      (name: $0, losses: [Double](repeating: 0, count: rows.count))
    }
    var count = 0
    for row in 0..<rows.count {
      for (value, field) in places where clean[row * width + encoding.width + field] > 0 {
        let truth = Double(clean[row * width + value])
        let given = Double(noisy[row * width + value])
        let result = Double(results.scalars[row * encoding.width + value])
        for (method, guess) in [result, given, 0, given * shrinking].enumerated() {
          methods[method].losses[row] += (guess - truth) * (guess - truth)
        }
        count += 1
      }
    }
    return Evaluation(
      .table,
      of: table.name,
      split: split.reportRows,
      noise: noise.description,
      methods: methods,
      valueCount: count
    )
  }
}
