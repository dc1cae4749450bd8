internal import HourglassAutoencoders
internal import HourglassData
internal import HourglassEngines
internal import HourglassTensors

extension SynthesisEvaluator {
  /// The images whose nearest ones are looked for.
  private static let askedCount = 500
  /// The most learned images that they are looked for among.
  private static let learnedCount = 10_000

  /// How often images that were made of a class look like it; `nil` where no classes were learned.
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
  ) async throws -> SynthesisReport.ClassAgreement? {
    guard let classes, let names = model.classes?.names else { return nil }
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
      let nearest = try await NearestItems.search(items, among: real, on: engine)
      let right = zip(nearest, labels).count { name(among[$0.place]) == $1 }
      return Double(right) / Double(max(labels.count, 1))
    }
    let each = max(Self.askedCount / names.count, 1)
    var scalars: [Float] = []
    for name in names {
      scalars += try await model.values(each, of: name, seed: seed, on: engine)
    }
    let shape = Shape([each * names.count] + model.fields.itemShape.dimensions)
    return SynthesisReport.ClassAgreement(
      classCount: names.count,
      generatedCount: shape[0],
      generated: try await share(
        TensorSource(Tensor(scalars, shape: shape)),
        names.flatMap { [String?](repeating: $0, count: each) }
      ),
      heldOut: asked.isEmpty
        ? nil : try await share(try model.source(data, rows: asked), asked.map(name))
    )
  }
}
