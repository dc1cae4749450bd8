internal import GRDB

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension SignatureDatabase {
  /// Stores an item, as a whole or not at all; says whether anything was stored.
  ///
  /// The first item decides how many dimensions the signatures of the database have. Throws
  /// `SignatureError` where the item cannot be stored, and where its name is taken and the policy is
  /// to refuse that.
  @discardableResult
  package func add(
    _ item: NewItem,
    ifPresent policy: ReplacementPolicy = .refuse
  ) throws(SignatureError) -> Bool {
    try add(contentsOf: [item], ifPresent: policy) > 0
  }

  /// Stores some items in one step, all or none; gives the number of those that were stored.
  @discardableResult
  package func add(
    contentsOf items: [NewItem],
    ifPresent policy: ReplacementPolicy = .refuse
  ) throws(SignatureError) -> Int {
    guard let first = items.first else { return 0 }
    let width = try first.checked()
    var names: Set<String> = []
    for item in items {
      let found = try item.checked()
      guard found == width else {
        throw .wrongDimension(
          subject: "a signature of \"\(item.name)\"",
          expected: width,
          found: found
        )
      }
      guard names.insert(item.name).inserted else { throw .duplicateName(name: item.name) }
    }
    return try write { database in
      if let expected = try self.dimension(database) {
        guard expected == width else {
          throw SignatureError.wrongDimension(
            subject: "a signature of \"\(first.name)\"",
            expected: expected,
            found: width
          )
        }
      } else {
        try Schema.set(database, "dimension", to: width.databaseValue)
      }
      var stored = 0
      for item in items where try self.store(item, policy, database) { stored += 1 }
      if stored > 0 { try Schema.countChange(database) }
      return stored
    }
  }

  /// Removes items with all that belongs to them.
  ///
  /// Throws `SignatureError.noSuchItems`, and removes nothing, where a name is not one of an item.
  package func remove(_ names: [String]) throws(SignatureError) {
    try write { database in
      var missing: [String] = []
      for name in names {
        try database.execute(sql: "DELETE FROM item WHERE name = ?", arguments: [name])
        if database.changesCount == 0 { missing.append(name) }
      }
      guard missing.isEmpty else {
        throw SignatureError.noSuchItems(file: self.path, names: missing)
      }
      if !names.isEmpty { try Schema.countChange(database) }
    }
  }

  /// Takes ready coordinates, one row for each item, all or none; gives the number stored.
  @discardableResult
  package func importCoordinates(
    _ rows: [(name: String, coordinates: [Float])],
    ifPresent policy: ReplacementPolicy = .refuse
  ) throws(SignatureError) -> Int {
    try add(
      contentsOf: rows.map { NewItem(name: $0.name, signature: $0.coordinates) },
      ifPresent: policy
    )
  }

  /// Decides how the numbers of the signatures are stored, while there are no items.
  ///
  /// Throws `SignatureError.precisionIsFixed` where there are items that are stored otherwise.
  package func setPrecision(_ precision: SignaturePrecision) throws(SignatureError) {
    try write { database in
      let found = try self.precision(database)
      guard found != precision else { return }
      guard try Schema.integer(database, "SELECT count(*) FROM item") == 0 else {
        throw SignatureError.precisionIsFixed(
          file: self.path,
          found: found.rawValue,
          asked: precision.rawValue
        )
      }
      try Schema.set(database, "element", to: precision.rawValue.databaseValue)
    }
  }

  /// Keeps the model that makes the signatures; none removes it.
  package func setModel(_ model: StoredModel?) throws(SignatureError) {
    if let size = model?.file.count, size > Schema.largestModel {
      throw .tooLarge(subject: "a model", size: size, limit: Schema.largestModel)
    }
    try write { database in
      try database.execute(sql: "DELETE FROM model")
      guard let model else { return }
      try database.execute(
        sql: "INSERT INTO model (id, kind, fingerprint, file) VALUES (1, ?, ?, ?)",
        arguments: [model.kind, model.fingerprint, Data(model.file)]
      )
    }
  }

  /// Keeps a calibration; none removes it.
  package func setCalibration(_ calibration: FalseAcceptCalibration?) throws(SignatureError) {
    try write { database in
      try database.execute(sql: "DELETE FROM setting WHERE key = 'calibration'")
      guard let calibration else { return }
      let text = try JSON.text(calibration)
      try Schema.set(database, "calibration", to: text.databaseValue)
    }
  }

  /// Keeps a text under a key of the caller's own; none removes it.
  package func setNote(_ text: String?, for key: String) throws(SignatureError) {
    try write { database in
      let key = "note." + key
      try database.execute(sql: "DELETE FROM setting WHERE key = ?", arguments: [key])
      if let text { try Schema.set(database, key, to: text.databaseValue) }
    }
  }

  private func store(
    _ item: NewItem,
    _ policy: ReplacementPolicy,
    _ database: Database
  ) throws -> Bool {
    let metadata = try JSON.text(item.metadata)
    guard metadata.utf8.count <= Schema.largestMetadata else {
      throw SignatureError.tooLarge(
        subject: "the metadata of an item",
        size: metadata.utf8.count,
        limit: Schema.largestMetadata
      )
    }
    let thumbnail = item.thumbnail.map { Data($0) }
    let present = try Row.fetchOne(
      database,
      sql: "SELECT id FROM item WHERE name = ?",
      arguments: [item.name]
    )
    let id: Int64
    if let present {
      guard policy != .refuse else {
        throw SignatureError.nameTaken(file: path, name: item.name)
      }
      guard policy == .replace, let former = Schema.integer(present, 0) else { return false }
      id = former
      try database.execute(sql: "DELETE FROM signature WHERE item = ?", arguments: [id])
      try database.execute(
        sql: "UPDATE item SET metadata = ?, thumbnail = ? WHERE id = ?",
        arguments: [metadata, thumbnail, id]
      )
    } else {
      try database.execute(
        sql: "INSERT INTO item (name, metadata, thumbnail) VALUES (?, ?, ?)",
        arguments: [item.name, metadata, thumbnail]
      )
      id = database.lastInsertedRowID
    }
    let precision = try self.precision(database)
    for signature in item.signatures {
      try Vectors.check(
        signature,
        dimension: signature.count,
        subject: "a signature of \"\(item.name)\"",
        limit: precision.largestNumber
      )
    }
    let insertion = try database.cachedStatement(
      sql: "INSERT INTO signature (item, ordinal, position, vector) VALUES (?, ?, ?, ?)"
    )
    for (ordinal, signature) in item.signatures.enumerated() {
      let vector = Data(precision.bytes(of: signature))
      try insertion.execute(arguments: [id, ordinal, item.positions[ordinal], vector])
    }
    return true
  }
}
