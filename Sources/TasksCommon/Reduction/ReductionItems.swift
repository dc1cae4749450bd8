/// The items of a training run of a dimensionality reduction, split and encoded.
package struct ReductionItems: Sendable {
  /// How they are encoded.
  package let encoding: ItemEncoding
  /// Items that principal components are found of: those that are trained on, or some of them.
  package let principal: EncodedRows
  /// The items that evaluate the result.
  package let evaluated: EncodedRows
  /// What these are.
  package let evaluatedKind: EvaluationSplit
  /// The number of items that gradients are followed of.
  package let learningCount: Int
  /// How the trainer parts the items that it sees.
  package let validation: ValidationSplit

  private let source: Source

  private enum Source: Sendable {
    case rows(EncodedRows, seed: UInt64)
    case stored(StoredTable, TableEncoding, heldOut: [Int], evaluating: Table)
  }

  /// Parts the items and encodes them.
  ///
  /// - Parameter encoding: How they are encoded; by those that are trained on where it is left out.
  package init(
    _ data: Dataset,
    seed: UInt64,
    scaling: NumberScaling,
    encoding: ItemEncoding? = nil
  ) throws {
    if case .table(let table) = data, let stored = table.stored {
      try self.init(stored, seed: seed, scaling: scaling, encoding: encoding)
    } else {
      try self.init(RawItems(data.learnable), seed: seed, scaling: scaling, encoding: encoding)
    }
  }

  private init(
    _ items: RawItems,
    seed: UInt64,
    scaling: NumberScaling,
    encoding given: ItemEncoding?
  ) throws {
    let split = RowSplit(items, seed: seed)
    encoding =
      try given
      ?? ItemEncoding(items, training: split.training, EncodingOptions(scaling: scaling))
    let rows = try EncodedRows(items, encoding: encoding)
    principal = rows.selecting(split.training)
    evaluated = rows.selecting(split.report)
    evaluatedKind = split.reportRows
    learningCount = split.training.count
    validation = split.validation
    source = .rows(rows.selecting(split.seen), seed: seed)
  }

  /// Parts the rows of a table that is not held in memory: those that evaluate are of its sample, and
  /// the encoding and the principal components are trained on the rest of the sample.
  private init(
    _ table: StoredTable,
    seed: UInt64,
    scaling: NumberScaling,
    encoding given: ItemEncoding?
  ) throws {
    var order = Array(table.sampleRows.indices)
    Permutation.shuffle(&order, seed: seed, purpose: 0x6c61_7267, number: 0)
    let part = max(min(order.count / 20, 2_000), 1)
    let report = order[..<part].sorted()
    let stopping = order[part..<min(2 * part, part + 1_000)].sorted()
    let rest = order.dropFirst(part + stopping.count).sorted()
    let columns: TableEncoding
    switch given {
    case .table(let table): columns = table
    case .images, .sounds, .series:
      throw TaskError.otherKind(name: table.name, expected: "other data", found: "a table")
    case nil: columns = try TableEncoding(learningWhatVaries: table.sample, rest, scaling)
    }
    encoding = .table(columns)
    principal = try EncodedRows(.table(table.sample.rows(rest)), encoding: encoding)
    evaluated = try EncodedRows(.table(table.sample.rows(report)), encoding: encoding)
    evaluatedKind = .heldOut
    learningCount = table.rowCount - report.count - stopping.count
    validation = .none
    source = .stored(
      table,
      columns,
      heldOut: (report + stopping).map { table.sampleRows[$0] }.sorted(),
      evaluating: table.sample.rows(stopping)
    )
  }

  /// The sum over values of their variance over the items that principal components are found of.
  package var variance: Double {
    CenteredRows(FilledValues(principal)).squares / Double(max(principal.count, 1))
  }

  /// The items that the trainer sees, each with a neighbor where these are to be preserved; those of
  /// a large table are encoded to the disk first.
  package func learning(
    _ session: TrainingSession,
    _ preserves: DimensionReducer.Preservation?
  ) async throws -> any BatchSource {
    switch source {
    case .rows(let rows, let seed):
      guard case .neighbors(let count, _) = preserves else { return rows }
      return try await NeighborPairs(
        rows,
        learning: validation.indices(of: rows.count, seed: seed).training,
        count: count,
        seed: seed,
        on: session.engine,
        progress: { session.progress(.preparing(fraction: $0)) }
      )
    case .stored(let table, let encoding, let heldOut, let evaluating):
      return try await StoredRows.items(
        of: table,
        without: heldOut,
        evaluating: evaluating,
        encoding: encoding,
        folder: session.scratchFolder ?? ScratchFolder.standard,
        progress: { session.progress(.preparing(fraction: $0)) }
      )
    }
  }
}
