internal import HourglassData
internal import HourglassEncodings
internal import HourglassTensors

extension EncodingOptions {
  /// Tables are drawn from bins, so that every distribution is kept; pixels are probabilities.
  static let synthesis = EncodingOptions(
    binsColumns: true,
    channelScaling: .robust,
    keepsBeginnings: true,
    clipsPixels: true
  )
}

/// How items are encoded, and what else was found of them; kept in the model.
struct SynthesisFields: Codable, Hashable, Sendable {
  /// How items become numbers for a network and come back.
  private(set) var encoding: ItemEncoding
  /// Whether nearly all values of images are near 0 or 1, so that they are taken as drawings of ink.
  let isInk: Bool
  /// What the distribution of items was learned by; none in models from before there was a choice, which are
  /// variational autoencoders.
  var modelType: Synthesizer.ModelType?
  /// The names of the classes that images can be made of; none in models without classes.
  var classNames: [String]?
  /// The forms of the texts of a table that are not trained on.
  var forms: [TextForm] = []

  /// Fits to some items.
  init(_ items: RawItems, training: [Int]) throws {
    encoding = try ItemEncoding(items, training: training, .synthesis)
    isInk = encoding.isOfInk(items, training: training)
    guard case (.table(let table), .table(let columns)) = (items, encoding) else { return }
    // Of all rows: new texts equal none of them.
    forms = columns.ignoredColumns.compactMap { table[column: $0].flatMap(TextForm.init) }
  }

  /// The same for training that goes on with other items: new windows get the times and keys of these.
  func beginning(in items: RawItems, training: [Int]) throws -> SynthesisFields {
    guard case (.series(let series), .series(let windows)) = (encoding, items) else { return self }
    var result = self
    result.encoding = .series(try series.beginning(in: windows, windows: training))
    return result
  }

  /// What the items are.
  var kind: DataKind { encoding.kind }

  /// The columns of a table, those that are not trained on too; the channels of series.
  var columns: [TableEncoding.Field] { encoding.fields?.fields ?? [] }

  /// A table whose texts that are not trained on are made in their own form.
  func formed(_ table: Table, seed: UInt64) -> Table {
    forms.reduce(table) { table, form in
      guard let column = table[column: form.name] else { return table }
      return table.replacing(
        column.replacing(cells: form.drawn(table.rowCount, seed: seed))
      )
    }
  }

  /// For each column whose texts are made in their own form how many of so many rows have longer ones, as the form
  /// has too few.
  func lengthenedTexts(_ count: Int, seed: UInt64) -> [String: Int] {
    var counts: [String: Int] = [:]
    for form in forms {
      let count = form.lengthenedCount(count, seed: seed)
      if count > 0 { counts[form.name] = count }
    }
    return counts
  }

  /// What is wrong with fields that were read from a file, if anything.
  var problem: String? {
    if let problem = encoding.problem ?? forms.lazy.compactMap(\.problem).first { return problem }
    guard let classNames else { return nil }
    return Set(classNames).count == classNames.count && classNames.count <= ClassCodes.mostClasses
      ? nil : "its classes should have different names"
  }
}

extension ItemEncoding {
  /// Whether three quarters of the values of some gray images are within a tenth of 0 or 1.
  fileprivate func isOfInk(_ items: RawItems, training: [Int]) -> Bool {
    guard case (.images(let encoding), .images(let images)) = (self, items),
      encoding.isIdentity, encoding.channels == 1
    else { return false }
    var (extreme, all) = (0, 0)
    for place in stride(from: 0, to: training.count, by: max(training.count / 2_000, 1)) {
      for value in images.item(training[place]) {
        all += 1
        if value < 0.1 || value > 0.9 { extreme += 1 }
      }
    }
    return Double(extreme) >= 0.75 * Double(all)
  }
}
