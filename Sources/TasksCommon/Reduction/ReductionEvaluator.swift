/// Measures how well an autoencoder and its baselines reconstruct rows, and how well their latent vectors
/// preserve neighbors.
package struct ReductionEvaluator: Sendable {
  package let network: FittedAutoencoder
  package let baseline: ReductionBaseline
  package let encoding: ItemEncoding
  /// The number of kinds of patches of patch features; `nil` where rows are the items' own values.
  package var patchKinds: Int?

  package init(network: FittedAutoencoder, baseline: ReductionBaseline, encoding: ItemEncoding) {
    self.network = network
    self.baseline = baseline
    self.encoding = encoding
  }

  /// Evaluates some rows.
  package func evaluation(
    _ rows: EncodedRows,
    of dataName: String,
    as split: EvaluationSplit,
    on engine: ComputeEngine
  ) async throws -> Evaluation {
    let own = try await network.squaredErrors(rows, on: engine).scalars.map { Double($0) }
    let errors = try await baseline.errors(of: rows, on: engine)
    var metrics = [
      Evaluation.Metric("MSE", better: .lower), Evaluation.Metric("R²", better: .higher),
    ]
    var methods = [
      Evaluation.Method("autoencoder", values(own, errors, rows)),
      Evaluation.Method("PCA", isBaseline: true, values(errors.principalComponents, errors, rows)),
      Evaluation.Method("mean", isBaseline: true, values(errors.means, errors, rows)),
    ]
    if let preservation = NeighborhoodPreservation(rows) {
      let items = preservation.items
      let codes = [try await network.encode(items, on: engine), baseline.codes(of: items)]
      let scores = try await preservation.scores(of: codes, on: engine)
      metrics += [
        Evaluation.Metric("trustworthiness", better: .higher, format: .fixed(3)),
        Evaluation.Metric("\(preservation.count)-NN kept", better: .higher, format: .percent(1)),
      ]
      for (place, score) in scores.enumerated() {
        methods[place].values += [score.trustworthiness, score.kept]
      }
      methods[2].values += [nil, nil]
    }
    let size = NumberText.grouped(rows.valueCount)
    let latent = NumberText.counted(network.autoencoder.latent, "dimension")
    return Evaluation(
      title: "\(split.title(rows.count, nouns, of: dataName)), \(size) -> \(latent)",
      split: split,
      itemCount: rows.count,
      tables: [Evaluation.Table(metrics: metrics, methods: methods)],
      verdict: verdict(own, errors, as: split),
      notes: notes,
      warnings: split == .trainedOn
        ? ["there were too few \(nouns.many) to hold some out: new ones will do worse"] : []
    )
  }

  private var nouns: (one: String, many: String) {
    encoding.kind == .sounds ? ("patch", "patches") : encoding.kind.nouns
  }

  /// The mean squared error of a value, and the part of the error of the means that is explained.
  private func values(
    _ losses: [Double],
    _ errors: ReductionBaseline.Errors,
    _ rows: EncodedRows
  ) -> [Double?] {
    let (sum, whole) = (losses.reduce(0, +), errors.means.reduce(0, +))
    let explained = whole > 0 ? 1 - sum / whole : (sum == 0 ? 1 : 0)
    return [
      sum / Double(max(rows.count * rows.valueCount, 1)), explained.isNaN ? nil : explained,
    ]
  }

  private func verdict(
    _ own: [Double],
    _ errors: ReductionBaseline.Errors,
    as split: EvaluationSplit
  ) -> Verdict? {
    guard patchKinds == nil else {
      return .none(because: "features are compared by what they predict, not by reconstruction")
    }
    guard network.autoencoder.latent < encoding.valueCount else {
      return .none(
        because: "there are as many dimensions as values, of which PCA loses nothing; "
          + "compare what is predicted from them"
      )
    }
    let least = 1e-4 * errors.means.reduce(0, +)
    if split != .trainedOn, own.reduce(0, +) < least,
      errors.principalComponents.reduce(0, +) < least
    {
      return .none(because: "the errors of the autoencoder and of PCA are both close to 0")
    }
    return Verdict.ofLosses(
      "MSE",
      model: own,
      baselines: [("PCA", errors.principalComponents), ("mean", errors.means)],
      split: split,
      items: nouns.many
    )
  }

  private var notes: [String] {
    var notes: [String?] = [scale, TrainingDiagnostics.ignored(encoding.ignoredColumns)]
    if network.autoencoder.latent >= encoding.valueCount {
      notes.append("There are as many dimensions as values: nothing is compressed.")
    }
    if case .sounds = encoding {
      notes.append(
        "A patch is about one second; a sound has the mean of the vectors of its patches."
      )
    }
    return notes.compactMap(\.self)
  }

  /// What the errors are of; those of images are of values from 0 to 1.
  private var scale: String? {
    if let patchKinds {
      return
        "MSE is of the responses of images to \(patchKinds) kinds of patches, whitened in part."
    }
    return switch encoding.kind {
    case .images: nil
    case .table: "MSE is of standardized numbers, and of a 0 or 1 for each category."
    case .sounds: "MSE is of standardized log-mel bands."
    case .series: "MSE is of standardized channels."
    }
  }
}
