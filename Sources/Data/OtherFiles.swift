extension Dataset {
  /// The files of a folder, and the matches of a pattern, that are no part of these data and that could be read;
  /// names that begin with a point are not counted.
  package func otherFileCount(in path: String) -> Int {
    switch self {
    case .table: return (try? TableParts(path: path))?.leftOutCount ?? 0
    case .series: return 0
    case .images(let images):
      return images.files.isEmpty ? 0 : Self.others(images.count + images.unreadable.count, path)
    case .sounds(let sounds): return Self.others(sounds.count + sounds.unreadable.count, path)
    }
  }

  /// How many more files than some are in and below a folder.
  private static func others(_ count: Int, _ path: String) -> Int {
    guard case .folder? = try? FolderListing.kind(of: path),
      let files = try? FolderListing.files(below: path)
    else { return 0 }
    return max(files.count - count, 0)
  }
}

extension TableData {
  /// For each column of a schema the cells that are none of its levels, or no dates.
  ///
  /// - Throws: What is wrong with the file of a table that is not in memory; a text among its numbers.
  package func unknownCounts(of schema: TableSchema) throws(DatasetError) -> [String: Int] {
    var counts: [String: Int] = [:]
    for column in schema.columns {
      guard let found = sample[column: column.name] else { continue }
      if stored == nil, column.content == .numbers, let row = found.firstText {
        let text = found.text(row) ?? ""
        throw .table(.notANumber(path: name, column: column.name, row: row + 1, text: text))
      }
      let count = found.unknownCount(of: column, isSample: stored != nil)
      if count > 0 { counts[column.name] = count }
    }
    guard let stored, !counts.isEmpty else { return counts }
    // The sample shows which columns may have some.
    let columns = schema.columns.filter { counts[$0.name] != nil }
    let reader = try stored.reader(of: TableSchema(columns: columns))
    while try reader.next() != nil {}
    return reader.unknownCounts
  }
}

extension Table.Column {
  /// The row of the first cell of a column of texts that is no number.
  fileprivate var firstText: Int? {
    if case .numbers = cells { return nil }
    return (0..<count).first { !isMissing($0) && number($0) == nil }
  }

  /// The cells that are none of the levels of a column of a schema; all of a sample in which texts stand for numbers.
  fileprivate func unknownCount(of column: TableSchema.Column, isSample: Bool) -> Int {
    switch (column.content, cells) {
    case (.texts, _), (.numbers, .numbers): return 0
    case (.numbers, _): return isSample ? count - missingCount : 0
    case (.codes(let levels), .codes(let codes, let found)):
      let known = DeclaredLevels(levels)
      let isUnknown = found.map { known.place(of: $0) == nil }
      return isUnknown.contains(true) ? codes.count { $0 >= 0 && isUnknown[Int($0)] } : 0
    case (.codes(let levels), _):
      let known = DeclaredLevels(levels)
      return (0..<count).count { row in text(row).map { known.place(of: $0) == nil } ?? false }
    }
  }
}

extension TableSchema {
  /// Lets another table be read as one of these columns was, where it leaves open what its cells are: whether the
  /// few of a column are numbers or dates, the order of day and month, a comma before decimals, and what numbers
  /// count that are dates.
  package func suggest(to options: inout DatasetOptions) {
    for column in columns where options.columnKinds[column.name] == nil {
      if let epoch = column.dateFormat?.epoch {
        options.columnKinds[column.name] = .date
        options.epochs[column.name] = epoch
      } else if let day = column.dateFormat?.day, day.month == .number,
        day.order != .yearMonthDay, options.dateOrders[column.name] == nil
      {
        options.dateOrders[column.name] = day.order
      }
      if column.writing?.decimal == .comma { options.hasDecimalComma = true }
      if column.content == .numbers, column.kind != .constant {
        options.expectedKinds[column.name] = column.kind
      }
    }
  }
}
