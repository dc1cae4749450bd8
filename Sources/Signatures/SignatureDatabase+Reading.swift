internal import GRDB

/// An item as it stands in its table.
struct ItemRecord {
  let id: Int64
  let name: String
  let metadata: [String: String]
  let hasThumbnail: Bool
}

/// A signature of the table, with its vector as little-endian bytes of single precision.
struct SignatureRecord {
  let item: Int64
  let ordinal: Int64
  let position: Double
  let vector: [UInt8]
}

extension SignatureDatabase {
  /// The items in the order in which they were added, without their signatures' numbers.
  ///
  /// Throws `SignatureError.damaged` where what the file holds cannot be right.
  package func items() throws(SignatureError) -> [StoredItem] {
    try read { database in
      let records = try self.itemRecords(database)
      let width = try self.dimension(database) ?? 0
      var sums = [Int64: (count: Int, sum: [Double])](minimumCapacity: records.count)
      try self.forEachSignature(database, dimension: width) { record in
        guard let vector = Vectors.numbers(record.vector) else {
          throw self.damage("the numbers of a signature should be finite and of a usable size")
        }
        var entry =
          sums.removeValue(forKey: record.item) ?? (0, [Double](repeating: 0, count: width))
        entry.count += 1
        for (index, value) in vector.enumerated() { entry.sum[index] += Double(value) }
        sums[record.item] = entry
      }
      return records.map { record in
        let entry = sums[record.id] ?? (0, [])
        return StoredItem(
          id: record.id,
          name: record.name,
          metadata: record.metadata,
          signatureCount: entry.count,
          coordinates: entry.sum.map { Float($0 / Double(entry.count)) },
          hasThumbnail: record.hasThumbnail
        )
      }
    }
  }

  /// Every signature with the name of its item, in the order of the items and the positions.
  package func signatures() throws(SignatureError) -> [StoredSignature] {
    try read { database in
      let names = Dictionary(
        try self.itemRecords(database).map { ($0.id, $0.name) },
        uniquingKeysWith: { first, _ in first }
      )
      var result: [StoredSignature] = []
      let width = try self.dimension(database) ?? 0
      try self.forEachSignature(database, dimension: width) { record in
        guard let name = names[record.item], let vector = Vectors.numbers(record.vector) else {
          throw self.damage("a signature should belong to an item and have usable numbers")
        }
        result.append(StoredSignature(name: name, position: record.position, vector: vector))
      }
      return result
    }
  }

  /// The thumbnail of an item as the bytes of an image file; none where it has none.
  package func thumbnail(of name: String) throws(SignatureError) -> [UInt8]? {
    try read { database in
      let limit = Schema.largestThumbnail
      let sql = """
        SELECT CASE WHEN length(thumbnail) <= \(limit) THEN thumbnail END FROM item WHERE name = ?
        """
      guard let row = try Row.fetchOne(database, sql: sql, arguments: [name]) else {
        throw SignatureError.noSuchItems(file: self.path, names: [name])
      }
      return Schema.bytes(row, 0)
    }
  }

  /// The model that makes the signatures; none where none was kept.
  package func model() throws(SignatureError) -> StoredModel? {
    try read { database in
      guard
        let row = try Row.fetchOne(database, sql: "SELECT kind, fingerprint, file FROM model")
      else { return nil }
      guard
        let kind = Schema.text(row, 0), let fingerprint = Schema.text(row, 1),
        let file = Schema.bytes(row, 2)
      else { throw self.damage("its model should be a blob with two texts") }
      return StoredModel(kind: kind, fingerprint: fingerprint, file: file)
    }
  }

  /// The calibration; none where none was kept.
  package func calibration() throws(SignatureError) -> FalseAcceptCalibration? {
    try read { database in
      guard let value = try Schema.setting(database, "calibration") else { return nil }
      guard
        case .string(let text) = value,
        let found = JSON.value(FalseAcceptCalibration.self, of: text)
      else { throw self.damage("its calibration should be a JSON text of sorted distances") }
      return found
    }
  }

  /// The text under a key of the caller's own; none where there is none.
  package func note(for key: String) throws(SignatureError) -> String? {
    try read { database in
      guard case .string(let text) = try Schema.setting(database, "note." + key) else { return nil }
      return text
    }
  }

  // MARK: - For the index

  func itemRecords(_ database: Database) throws -> [ItemRecord] {
    // Sizes are checked before the texts are read.
    let sql = """
      SELECT id, CASE WHEN length(CAST(name AS BLOB)) <= \(Schema.longestName) THEN name END,
        CASE WHEN length(CAST(metadata AS BLOB)) <= \(Schema.largestMetadata) THEN metadata END,
        thumbnail IS NOT NULL
      FROM item ORDER BY id
      """
    var records: [ItemRecord] = []
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      guard
        let id = Schema.integer(row, 0), id > records.last?.id ?? .min,
        let name = Schema.text(row, 1), !name.isEmpty, let text = Schema.text(row, 2),
        let metadata = JSON.value([String: String].self, of: text)
      else {
        throw damage("an item should have a number, a name and metadata, found other values")
      }
      records.append(
        ItemRecord(
          id: id,
          name: name,
          metadata: metadata,
          hasThumbnail: Schema.integer(row, 3) == 1
        )
      )
    }
    return records
  }

  /// Calls a closure with each signature, in the order of the items and their positions.
  func forEachSignature(
    _ database: Database,
    dimension: Int,
    _ body: (SignatureRecord) throws -> Void
  ) throws {
    let precision = try self.precision(database)
    let size = dimension * precision.size
    let sql = """
      SELECT item, ordinal, position,
        CASE WHEN typeof(vector) = 'blob' AND length(vector) = \(size) THEN vector END
      FROM signature ORDER BY item, ordinal
      """
    var last: (item: Int64, ordinal: Int64, position: Double) = (.min, -1, 0)
    let rows = try Row.fetchCursor(database, sql: sql)
    while let row = try rows.next() {
      guard
        let item = Schema.integer(row, 0), let ordinal = Schema.integer(row, 1),
        let position = Schema.number(row, 2), position.isFinite,
        let vector = Schema.bytes(row, 3)
      else {
        throw damage("a signature should have a position and \(dimension) numbers, found others")
      }
      let follows =
        item == last.item
        ? ordinal == last.ordinal + 1 && position > last.position
        : item > last.item && ordinal == 0
      guard follows, dimension > 0 else {
        throw damage("the signatures of an item should follow each other from 0 on")
      }
      last = (item, ordinal, position)
      try body(
        SignatureRecord(
          item: item,
          ordinal: ordinal,
          position: position,
          vector: precision.singlePrecision(vector)
        )
      )
    }
  }
}

extension SignatureDatabase {
  /// Loads every signature into memory, and the graph that an approximate search walks where the
  /// method asks for one.
  ///
  /// The graph is kept in a file beside the database, `NAME.index`. Where that is missing, damaged, or
  /// made of signatures that the database no longer has, it is made anew, which takes minutes for a
  /// million signatures; where it cannot be written, the graph is used and not kept. Signatures that
  /// were added since are compared one by one until there are many of them.
  ///
  /// - Parameter progress: Called with the share of a new graph that is done; it may throw to
  ///   cancel.
  ///
  /// Throws what `index()` throws, and what `progress` throws.
  package func index(
    for method: SearchMethod,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> SignatureIndex {
    try index(for: method, .standard, progress: progress)
  }

  /// What is known of the approximate search of this database, where a graph is kept beside it.
  ///
  /// Whether the graph is still of the signatures that are stored, only a search finds out.
  package func keptApproximation() -> ApproximateSearch? {
    GraphCache(path: GraphCache.path(besideDatabase: path)).header()?.search
  }

  package func index(
    for method: SearchMethod,
    _ settings: GraphSettings,
    progress: (Double) throws -> Void
  ) throws -> SignatureIndex {
    let index = try index()
    let isLarge = index.count * index.dimension >= GraphSettings.automaticSize
    guard method != .exact, isLarge || method == .approximate else { return index }
    let path = GraphCache.path(besideDatabase: path)
    return try index.graphed(keptIn: path, settings, progress: progress)
  }
}
