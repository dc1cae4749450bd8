internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassEvaluation
internal import HourglassStatistics
internal import HourglassTensors

extension SynthesisEvaluator {
  /// The images whose nearest ones are looked for.
  private static let askedCount = 500
  /// The most training images that they are looked for among.
  private static let learnedCount = 10_000

  /// How often images that were made of a class look like it; `nil` where the model has no classes.
  ///
  /// - Parameters:
  ///   - data: The images.
  ///   - evaluated: Those that were held out.
  ///   - learned: Those that were trained on.
  func agreement(
    _ data: Dataset,
    evaluated: [Int],
    learned: [Int],
    on engine: ComputeEngine
  ) async throws -> Evaluation.Table? {
    guard let classes, case .network(let model) = model, let names = model.classes?.names else {
      return nil
    }
    let learnedNames = Set(names)
    func some(_ rows: [Int], _ count: Int) -> [Int] {
      let known = rows.filter { row in
        classes.places[row].map { learnedNames.contains(classes.names[$0]) } ?? false
      }
      let step = max(known.count / count, 1)
      return stride(from: 0, to: known.count, by: step).prefix(count).map { known[$0] }
    }
    func name(_ row: Int) -> String? { classes.places[row].map { classes.names[$0] } }
    let (among, asked) = (some(learned, Self.learnedCount), some(evaluated, Self.askedCount))
    guard !among.isEmpty else { return nil }
    let real = try model.source(data, rows: among)
    func share(_ items: any BatchSource, _ labels: [String?]) async throws -> Double {
      let nearest = try await NearestNeighbors(real).nearest(to: items, count: 1, on: engine)
      let right = zip(nearest.rows, labels).count { name(among[max(Int($0), 0)]) == $1 }
      return Double(right) / Double(max(labels.count, 1))
    }
    let each = max(Self.askedCount / names.count, 1)
    var scalars: [Float] = []
    for name in names {
      scalars += try await model.values(each, of: name, seed: seed, on: engine)
    }
    let shape = Shape([each * names.count] + model.fields.encoding.itemShape.dimensions)
    func row(_ name: String, _ items: any BatchSource, _ labels: [String?]) async throws
      -> Evaluation.Method
    {
      Evaluation.Method(name, [try await share(items, labels), Double(labels.count)])
    }
    var rows = [
      try await row(
        "generated images",
        TensorSource(Tensor(scalars, shape: shape)),
        names.flatMap { [String?](repeating: $0, count: each) }
      )
    ]
    if !asked.isEmpty {
      let real = try model.source(data, rows: asked)
      rows.append(try await row("held-out images", real, asked.map(name)))
    }
    return Evaluation.Table(
      "Agreement of the class with that of the nearest training image, \(names.count) classes",
      metrics: [
        Evaluation.Metric("agreement", better: .higher, format: .percent(1)),
        Evaluation.Metric("images", better: .neither, format: .fixed(0)),
      ],
      methods: rows
    )
  }
}
