internal import GRDB
internal import HourglassSystem

/// A file of items with their signatures: one SQLite database.
///
/// An item has a name, metadata, perhaps a thumbnail, and one signature or several at ascending
/// positions (seconds, or indices). Several programs may read while one adds; a change is there as a
/// whole or not at all, and a program that is killed leaves a valid database. Nothing that the file
/// holds is trusted: what cannot be right is an error.
///
///     let database = try SignatureDatabase(creating: "songs.db")
///     try database.add(NewItem(name: "Fear of the Dark", signature: [0.44, 0.99]))
///     let matches = try database.index().matches(for: [0.45, 0.97], count: 1)
package final class SignatureDatabase: Sendable {
  /// The path of the file, as the user named it.
  package let path: String

  /// Whether the database was opened for reading alone.
  package let isReadOnly: Bool

  let queue: DatabaseQueue

  /// For how long a change waits for another program, in seconds.
  static let patience = 10

  /// Opens a database that is there.
  ///
  /// Throws `SignatureError` where there is no file, where it is not a signature database of a format
  /// that this version reads, and where its tables are damaged.
  package init(contentsOf path: String, readOnly: Bool = false) throws(SignatureError) {
    guard access(path, F_OK) == 0 else { throw .noSuchFile(file: path) }
    let queue = try Self.connection(to: path, readOnly: readOnly)
    try Self.translating(path) { try queue.read { try Schema.check($0, file: path) } }
    (self.path, self.isReadOnly, self.queue) = (path, readOnly, queue)
  }

  /// Makes a new database.
  ///
  /// Throws `SignatureError.alreadyExists` where there is a file that holds something.
  package convenience init(creating path: String) throws(SignatureError) {
    try self.init(making: path, mayExist: false)
  }

  /// Opens a database, or makes it where there is none.
  package convenience init(openingOrCreating path: String) throws(SignatureError) {
    try self.init(making: path, mayExist: true)
  }

  private init(making path: String, mayExist: Bool) throws(SignatureError) {
    guard !path.isEmpty else { throw .noSuchFile(file: path) }
    let queue = try Self.connection(to: path, readOnly: false)
    try Self.translating(path) {
      let isNew = try queue.read { try Schema.isEmpty($0) }
      guard isNew || mayExist else { throw SignatureError.alreadyExists(file: path) }
      if isNew {
        // With a write-ahead log readers do not wait for a writer, nor a writer for readers.
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.write { if try Schema.isEmpty($0) { try Schema.create($0) } }
      }
      try queue.read { try Schema.check($0, file: path) }
    }
    (self.path, self.isReadOnly, self.queue) = (path, false, queue)
  }

  /// The number of items.
  package var count: Int {
    get throws(SignatureError) {
      try read { Int(try Schema.integer($0, "SELECT count(*) FROM item") ?? 0) }
    }
  }

  /// The number of changes so far; an index that was loaded at another revision is stale.
  package var revision: Int {
    get throws(SignatureError) { try read { try self.revision($0) } }
  }

  /// How many numbers a signature has; none before the first item is added.
  package var dimension: Int? {
    get throws(SignatureError) { try read { try self.dimension($0) } }
  }

  /// How the numbers of the signatures are stored.
  package var precision: SignaturePrecision {
    get throws(SignatureError) { try read { try self.precision($0) } }
  }

  /// Reads the whole file and throws `SignatureError.damaged` where its pages are not in order.
  package func verify() throws(SignatureError) {
    try read { database in
      let found = try String.fetchAll(database, sql: "PRAGMA integrity_check(1)")
      guard found == ["ok"] else {
        throw SignatureError.damaged(file: self.path, finding: found.first ?? "no answer")
      }
    }
  }

  // MARK: - For the extensions of this type

  func dimension(_ database: Database) throws -> Int? {
    guard let value = try Schema.setting(database, "dimension") else { return nil }
    guard case .int64(let found) = value, (1...Int64(Schema.largestDimension)).contains(found)
    else { throw damage("the number of dimensions should be a number from 1 on") }
    return Int(found)
  }

  func precision(_ database: Database) throws -> SignaturePrecision {
    guard let found = try Schema.precision(database) else {
      throw damage("the type of the numbers of its signatures should be a known one")
    }
    return found
  }

  func revision(_ database: Database) throws -> Int {
    guard case .int64(let found) = try Schema.setting(database, "revision"), found >= 0 else {
      throw damage("the number of changes should be a number from 0 on")
    }
    return Int(found)
  }

  func damage(_ finding: String) -> SignatureError {
    .damaged(file: path, finding: finding)
  }

  func read<Result>(_ body: (Database) throws -> Result) throws(SignatureError) -> Result {
    try Self.translating(path) { try queue.read(body) }
  }

  func write<Result>(_ body: (Database) throws -> Result) throws(SignatureError) -> Result {
    guard !isReadOnly else { throw .readOnly(file: path) }
    return try Self.translating(path) { try queue.write(body) }
  }

  private static func connection(
    to path: String,
    readOnly: Bool
  ) throws(SignatureError) -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(Double(patience))
    configuration.prepareDatabase { database in
      // What a file defines may not call functions, and cells of a wrong size are refused.
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      try database.execute(sql: "PRAGMA cell_size_check = ON")
      // With a write-ahead log a power cut may take the last changes, never the database.
      if !readOnly { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
    }
    // A relative path is a file, and never one of the names that SQLite gives a meaning to.
    let name = path.hasPrefix("/") ? path : "./" + path
    return try translating(path) { try DatabaseQueue(path: name, configuration: configuration) }
  }

  private static func translating<Result>(
    _ path: String,
    _ body: () throws -> Result
  ) throws(SignatureError) -> Result {
    do {
      return try body()
    } catch let error as SignatureError {
      throw error
    } catch let error as DatabaseError {
      throw translation(of: error, path)
    } catch {
      throw .refused(file: path, code: 0, reason: "\(error)")
    }
  }

  private static func translation(of error: DatabaseError, _ path: String) -> SignatureError {
    let reason = error.message ?? "no reason given"
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notADatabase(file: path)
    case .SQLITE_CORRUPT, .SQLITE_FORMAT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA:
      return .damaged(file: path, finding: reason)
    case .SQLITE_ERROR:
      // The statements are right, so that it is the tables that are not.
      return .damaged(file: path, finding: reason)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      return .cannotOpen(file: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(file: path, seconds: patience)
    case .SQLITE_READONLY: return .readOnly(file: path)
    case .SQLITE_FULL: return .diskFull(file: path)
    default:
      return .refused(file: path, code: Int(error.extendedResultCode.rawValue), reason: reason)
    }
  }
}
