package import HourglassAutoencoders
internal import HourglassData
package import HourglassEncodings
package import HourglassEngines
package import HourglassStatistics
internal import HourglassTensors

/// Measures how well an autoencoder and simpler means reconstruct rows.
package struct ReductionEvaluator: Sendable {
  package let network: FittedAutoencoder
  package let baseline: ReductionBaseline
  package let encoding: ItemEncoding

  package init(network: FittedAutoencoder, baseline: ReductionBaseline, encoding: ItemEncoding) {
    self.network = network
    self.baseline = baseline
    self.encoding = encoding
  }

  /// Makes the report of some rows.
  package func report(
    _ rows: EncodedRows,
    of dataName: String,
    as kind: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws -> ReductionReport {
    let errors = try await baseline.errors(of: rows, on: engine)
    let own = try await network.squaredErrors(rows, on: engine)
    let sum = own.scalars.reduce(0.0) { $0 + Double($1) }
    return ReductionReport(
      dataName: dataName,
      rows: kind,
      rowCount: rows.count,
      dimensions: network.autoencoder.latent,
      valueCount: rows.valueCount,
      kind: encoding.kind,
      autoencoder: score(sum, errors, rows),
      principalComponents: score(errors.principalComponents, errors, rows),
      columnMeans: score(errors.means, errors, rows),
      neighbors: try await neighbors(rows, on: engine),
      notes: notes(kind)
    )
  }

  private func neighbors(
    _ rows: EncodedRows,
    on engine: ComputeEngine
  ) async throws -> ReductionReport.Neighbors? {
    guard let keeping = NeighborhoodPreservation(rows) else { return nil }
    let codes = [
      try await network.encode(keeping.items, on: engine),
      baseline.codes(of: keeping.items),
    ]
    let scores = try await keeping.scores(of: codes, on: engine)
    return ReductionReport.Neighbors(
      count: keeping.count,
      itemCount: keeping.items.count,
      autoencoder: scores[0],
      principalComponents: scores[1]
    )
  }

  private func score(
    _ sum: Double,
    _ errors: ReductionBaseline.Errors,
    _ rows: EncodedRows
  ) -> ReductionReport.Score {
    let perRow = sum / Double(max(rows.count, 1))
    return ReductionReport.Score(
      errorPerValue: perRow / Double(max(rows.valueCount, 1)),
      errorPerRow: perRow,
      varianceKept: errors.means > 0 ? 1 - sum / errors.means : (sum == 0 ? 1 : 0)
    )
  }

  private func notes(_ kind: EvaluationSplit) -> [String] {
    var notes: [String] = []
    let constant = encoding.ignoredColumns
    if !constant.isEmpty {
      let names = constant.prefix(4).joined(separator: ", ")
      let more = constant.count > 4 ? " and \(constant.count - 4) more" : ""
      notes.append(
        "Columns that never vary in learning, or tell rows apart by name, are left out: "
          + "\(names)\(more)."
      )
    }
    if network.autoencoder.latent >= encoding.valueCount {
      notes.append(
        "A code has \(network.autoencoder.latent) numbers and a row \(encoding.valueCount) that "
          + "vary: nothing needs to be lost, and PCA loses nothing."
      )
    }
    if case .sounds = encoding {
      notes.append(
        "A sound is cut into patches of about one second; its code is the mean of theirs."
      )
    }
    if kind == .trainedOn {
      notes.append("There were too few rows to hold some out: new rows will do worse.")
    }
    return notes
  }
}
