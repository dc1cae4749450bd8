internal import HourglassData
internal import HourglassEncodings

/// Columns of remarks: texts that are taken for a category, most of which occur once or twice, so that nothing else
/// in a row says what an empty one should be.
///
/// Such a column is left as it is where filling it is right no more often than its most frequent text is. An empty
/// remark is seldom a missing one, and a text that one row has belongs to that row.
struct RemarkColumns: Hashable, Sendable {
  /// Their names, in the order of the columns.
  let names: [String]

  /// Finds them by how deleted cells were filled.
  ///
  /// - Parameters:
  ///   - scores: Of which the first method is the result, and another one the mean.
  ///   - methods: The names of the methods.
  init(_ table: Table, _ encoding: TableEncoding, _ scores: ImputationScores, methods: [String]) {
    guard let mean = methods.firstIndex(of: ImputationScores.meanName) else {
      names = []
      return
    }
    names = encoding.fields.compactMap { field in
      guard case .levels = field.content, let column = table[column: field.name],
        Self.isOfRemarks(column), let hits = scores.hitsByColumn[field.name],
        !Self.isBetter(hits[0], than: hits[mean])
      else { return nil }
      return field.name
    }
  }

  /// Whether more than half of the texts of a column occur once or twice, and there are many of these.
  static func isOfRemarks(_ column: Table.Column) -> Bool {
    guard case .codes(let codes, let levels) = column.cells else { return false }
    var counts = [Int](repeating: 0, count: levels.count)
    for code in codes where code >= 0 { counts[Int(code)] += 1 }
    let rare = counts.count { $0 == 1 || $0 == 2 }
    return rare >= leastTexts && 2 * rare > counts.count { $0 > 0 }
  }

  /// The fewest texts of one row or two: fewer may be errors in writing a category.
  private static let leastTexts = 10

  /// Whether more cells are right than by another method, by more than some standard deviations of what chance does.
  ///
  /// Reference: McNemar, 1947, "Note on the sampling error of the difference between correlated proportions or
  /// percentages", doi:10.1007/BF02295996.
  static func isBetter(
    _ hits: [Bool],
    than others: [Bool],
    deviations: Double = 1
  ) -> Bool {
    let gained = zip(hits, others).count { $0 && !$1 }
    let lost = zip(hits, others).count { !$0 && $1 }
    return Double(gained - lost) > deviations * Double(gained + lost).squareRoot()
  }

  /// What a user should know of them; `nil` where none of them has a missing cell.
  func warning(for table: Table) -> String? {
    let missing = names.filter { (table[column: $0]?.missingCount ?? 0) > 0 }
    guard !missing.isEmpty else { return nil }
    let list = missing.prefix(4).joined(separator: ", ")
    return
      "missing cells of \(list) stay missing: most texts occur once or twice, and what would be filled in is "
      + "right no more often than the most frequent text. --fill-remarks fills them"
  }
}
