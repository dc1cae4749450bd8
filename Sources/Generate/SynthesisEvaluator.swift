internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassTensors

/// Measures how alike generated items are to real ones.
struct SynthesisEvaluator: Sendable {
  let model: SynthesisNetwork
  /// Where the random numbers of the report come from.
  let seed: UInt64
  /// How many codes and images bound the probability of images.
  let boundSize: BoundSize
  /// Whether trivial means are evaluated too.
  var comparesWithBaselines = true
  /// The classes of the items of the data, where they are known.
  var classes: ItemClasses?

  /// The rows of a table that are generated to be evaluated.
  private static let generatedCount = 5_000

  /// Makes the report of some items of data.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - evaluated: The items to evaluate by; `nil` is all.
  ///   - learned: The items that were trained on, where they are at hand.
  ///   - kind: What the evaluated items are to the model.
  func report(
    _ data: Dataset,
    evaluated: [Int]?,
    learned: [Int]?,
    as kind: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws -> SynthesisReport {
    let source = try model.source(data, rows: evaluated)
    var report = SynthesisReport(
      dataName: data.name,
      kind: model.fields.kind,
      rows: kind,
      itemCount: source.count,
      latent: model.latent,
      activeUnits: try await activeUnits(source, on: engine),
      mixtureCount: model.codes?.count ?? 0,
      tables: nil,
      bound: nil,
      classes: nil,
      notes: notes(kind)
    )
    switch (data, model.fields) {
    case (.table(let table), _):
      let real = evaluated.map { table.rows($0) } ?? table
      report.tables = try await tables(real, learned: learned.map { table.rows($0) }, on: engine)
    case (.series(let series), .series(let fields)):
      report.tables = try await tables(series, fields, evaluated, learned, on: engine)
    case (.images, _):
      report.bound = try await bound(source, on: engine)
      if let learned, let evaluated {
        report.classes = try await agreement(
          data,
          evaluated: evaluated,
          learned: learned,
          on: engine
        )
      }
    default: break
    }
    return report
  }

  /// The numbers of codes whose mean varies over items by more than 0.01.
  private func activeUnits(_ source: any BatchSource, on engine: ComputeEngine) async throws -> Int
  {
    let codes = try await model.network.encode(source, on: engine)
    return codes.activeUnits
  }

  // MARK: Tables

  private func tables(
    _ real: Table,
    learned: Table?,
    on engine: ComputeEngine
  ) async throws -> SynthesisReport.Tables {
    let generated = try await model.newTable(Self.generatedCount, seed: seed, on: engine)
    var prior: Table?
    if model.codes != nil {
      prior = try await model.newTable(Self.generatedCount, seed: seed, isPrior: true, on: engine)
    }
    var result = try scores(of: generated, prior: prior, real: real, learned: learned)
    if let learned {
      result.problems = TableValidity.problems(of: generated, against: learned)
      result.privacy = try DistanceToClosestRecord(
        generated: generated,
        heldOut: real,
        learned: learned
      )
    }
    return result
  }

  private func tables(
    _ series: SeriesSet,
    _ fields: SeriesFields,
    _ evaluated: [Int]?,
    _ learned: [Int]?,
    on engine: ComputeEngine
  ) async throws -> SynthesisReport.Tables {
    let names = fields.encoding.fields.map(\.name)
    let numbers = try SeriesFields.numbers(of: series).selecting(names)
    // Windows of whole length alone, whose steps can be told.
    func windows(_ places: [Int]) -> Table {
      let whole = places.filter { series.range(of: $0).count == fields.window }
      return fields.lagged(
        numbers.rows(whole.flatMap { Array(series.range(of: $0)) }),
        count: whole.count
      )
    }
    let count = max(Self.generatedCount / fields.window, 64)
    func made(isPrior: Bool) async throws -> Table {
      let table = try await model.newTable(count, seed: seed, isPrior: isPrior, on: engine)
      return fields.lagged(try table.selecting(names), count: count)
    }
    return try scores(
      of: try await made(isPrior: false),
      prior: model.codes == nil ? nil : try await made(isPrior: true),
      real: windows(evaluated ?? Array(0..<series.count)),
      learned: learned.map(windows)
    )
  }

  private func scores(
    of generated: Table,
    prior: Table?,
    real: Table,
    learned: Table?
  ) throws -> SynthesisReport.Tables {
    let own = try TableSimilarity(of: generated, to: real)
    return SynthesisReport.Tables(
      generatedCount: generated.rowCount,
      generated: score(own),
      fromPrior: try prior.map { score(try TableSimilarity(of: $0, to: real)) },
      independent: try comparesWithBaselines
        ? score(TableSimilarity(of: (learned ?? real).mixedUp(seed: seed), to: real)) : nil,
      learned: try comparesWithBaselines
        ? learned.map { score(try TableSimilarity(of: $0, to: real)) } : nil,
      weakestColumns: Array(own.columns.prefix(3)),
      weakestPairs: Array(own.pairs.prefix(3)),
      problems: [],
      privacy: nil
    )
  }

  private func score(_ similarity: TableSimilarity) -> SynthesisReport.Score {
    SynthesisReport.Score(
      columnShapes: similarity.columnShapes,
      pairTrends: similarity.pairTrends
    )
  }

  private func notes(_ kind: EvaluationSplit) -> [String] {
    var notes: [String] = []
    if case .table(let columns) = model.fields {
      let names = columns.filter { $0.count == 0 }.map(\.name)
      if !names.isEmpty {
        notes.append(
          "Nothing is trained on what names rows alone; it is numbered anew: "
            + "\(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? " and others" : "")."
        )
      }
    }
    if model.fields.kind == .series {
      notes.append("Windows that overlap share rows, held out or not: the scores flatter a little.")
    }
    if kind == .trainedOn {
      notes.append("There were too few items to hold some out: copies cannot be told.")
    }
    return notes
  }
}

extension Tensor {
  /// The columns of `[rows, columns]` that vary by more than 0.01.
  ///
  /// Reference: Burda, Grosse, Salakhutdinov, 2015, arXiv:1509.00519, section 5.1.
  fileprivate var activeUnits: Int {
    let (rows, columns) = (shape[0], shape[1])
    return (0..<columns).count { column in
      let values = (0..<rows).map { Double(scalars[$0 * columns + column]) }
      let mean = values.reduce(0, +) / Double(max(rows, 1))
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } > 0.01 * Double(max(rows, 1))
    }
  }
}

extension Table {
  /// The columns of the table, each with its cells in an order of its own.
  fileprivate func mixedUp(seed: UInt64) -> Table {
    Table(
      name: name,
      columns: columns.enumerated().map { place, column in
        var order = Array(0..<rowCount)
        Permutation.shuffle(&order, seed: seed, purpose: 0x636f_6c75, number: UInt64(place))
        return column.rows(order)
      }
    )
  }
}
