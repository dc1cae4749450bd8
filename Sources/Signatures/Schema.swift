internal import GRDB

/// The tables of a signature database, and the limits of what they may hold.
///
/// A vector is a blob of little-endian numbers; the setting `element` names their precision. The setting
/// `revision` counts the changes, so that something derived from the database can check whether it is stale.
enum Schema {
  /// The format that this version writes, kept as SQLite's `user_version`.
  static let version = 1

  /// The bytes `HGSG`, kept as SQLite's `application_id`.
  static let applicationID = 0x4847_5347

  /// The most bytes of a name.
  static let longestName = 1024

  /// The most bytes of an item's metadata as JSON.
  static let largestMetadata = 1 << 20

  /// The most bytes of a thumbnail.
  static let largestThumbnail = 16 << 20

  /// The most bytes of a model; SQLite itself ends at 1,000,000,000.
  static let largestModel = 900_000_000

  /// The most numbers of a signature.
  static let largestDimension = 65_536

  /// The largest magnitude of a number, so that sums of squares stay within single precision.
  static let largestNumber: Float = 1e15

  /// The tables, as SQLite keeps their text.
  static let tables: [String: String] = [
    "item": """
    CREATE TABLE item (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, \
    metadata TEXT NOT NULL, thumbnail BLOB)
    """,
    "signature": """
    CREATE TABLE signature (item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE, \
    ordinal INTEGER NOT NULL, position REAL NOT NULL, vector BLOB NOT NULL, \
    PRIMARY KEY (item, ordinal)) WITHOUT ROWID
    """,
    "model": """
    CREATE TABLE model (id INTEGER PRIMARY KEY CHECK (id = 1), kind TEXT NOT NULL, \
    fingerprint TEXT NOT NULL, file BLOB NOT NULL)
    """,
    "setting": """
    CREATE TABLE setting (key TEXT PRIMARY KEY NOT NULL, value NOT NULL) WITHOUT ROWID
    """,
  ]

  /// Whether nothing has been stored in the database, by any program.
  static func isEmpty(_ database: Database) throws -> Bool {
    try integer(database, "PRAGMA application_id") == 0
      && integer(database, "PRAGMA user_version") == 0
      && integer(database, "SELECT count(*) FROM sqlite_master") == 0
  }

  /// Makes the tables; the caller holds a transaction.
  static func create(_ database: Database) throws {
    for name in tables.keys.sorted() { try database.execute(sql: tables[name] ?? "") }
    try database.execute(
      sql: "INSERT INTO setting (key, value) VALUES ('element', ?), ('revision', 0)",
      arguments: [SignaturePrecision.float32.rawValue]
    )
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Throws unless the tables are those of a database that this version reads.
  static func check(_ database: Database, file: String) throws {
    if try isEmpty(database) { throw SignatureError.unfinished(file: file) }
    guard try integer(database, "PRAGMA application_id") == Int64(applicationID) else {
      throw SignatureError.otherApplication(file: file)
    }
    let found = try integer(database, "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw SignatureError.newerFormat(file: file, found: Int(found), supported: version)
    }
    let sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    var present: [String: String] = [:]
    for row in try Row.fetchAll(database, sql: sql) {
      present[text(row, 0) ?? ""] = text(row, 1) ?? ""
    }
    guard found == version, present == tables else {
      throw SignatureError.damaged(
        file: file,
        finding: "its tables should be those of format \(version), found others"
      )
    }
    guard try precision(database) != nil else {
      throw SignatureError.damaged(
        file: file,
        finding: "the numbers of its signatures should be of the type "
          + SignaturePrecision.allCases.map(\.rawValue).joined(separator: " or ")
      )
    }
  }

  /// The precision of the vectors; none where the file names one that is not known.
  static func precision(_ database: Database) throws -> SignaturePrecision? {
    guard case .string(let name) = try setting(database, "element") else { return nil }
    return SignaturePrecision(rawValue: name)
  }

  /// The value of a setting; none where it is not set.
  static func setting(_ database: Database, _ key: String) throws -> DatabaseValue.Storage? {
    let sql = "SELECT value FROM setting WHERE key = ?"
    return try DatabaseValue.fetchOne(database, sql: sql, arguments: [key])?.storage
  }

  /// Sets a setting.
  static func set(_ database: Database, _ key: String, to value: DatabaseValue) throws {
    try database.execute(
      sql: "INSERT INTO setting (key, value) VALUES (?, ?) "
        + "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      arguments: [key, value]
    )
  }

  /// Counts a change of the items.
  static func countChange(_ database: Database) throws {
    try database.execute(sql: "UPDATE setting SET value = value + 1 WHERE key = 'revision'")
  }

  /// The one integer that a statement gives; none where it gives something else.
  static func integer(_ database: Database, _ sql: String) throws -> Int64? {
    try Row.fetchOne(database, sql: sql).flatMap { integer($0, 0) }
  }

  // Columns are asked for by their storage: conversions trap on what they do not expect.

  /// An integer of a row; none where there is something else.
  static func integer(_ row: Row, _ column: Int) -> Int64? {
    if case .int64(let value) = (row[column] as DatabaseValue).storage { return value }
    return nil
  }

  /// A number of a row; none where there is something else.
  static func number(_ row: Row, _ column: Int) -> Double? {
    switch (row[column] as DatabaseValue).storage {
    case .double(let value): value
    case .int64(let value): Double(value)
    default: nil
    }
  }

  /// A text of a row; none where there is something else.
  static func text(_ row: Row, _ column: Int) -> String? {
    if case .string(let value) = (row[column] as DatabaseValue).storage { return value }
    return nil
  }

  /// The bytes of a blob of a row; none where there is something else.
  static func bytes(_ row: Row, _ column: Int) -> [UInt8]? {
    if case .blob(let value) = (row[column] as DatabaseValue).storage { return [UInt8](value) }
    return nil
  }
}
