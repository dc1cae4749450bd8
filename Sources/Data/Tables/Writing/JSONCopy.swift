/// A copy of JSON lines with some of their values replaced, and values added for keys that are missing.
struct JSONCopy: RowCopy {
  private let plan: TableParser.Plan
  private var changes: CellChanges?
  var output: [UInt8] = []
  private(set) var row = 0
  private(set) var line = 1
  /// The bytes of a line that has not ended.
  private var pending: [UInt8] = []

  init(plan: TableParser.Plan) { self.plan = plan }

  mutating func begin(_ table: Table, given: Table?) {
    changes = CellChanges(table, given: given)
    row = 0
  }

  var isFinished: Bool { row >= (changes?.rowCount ?? 0) }

  mutating func consume(_ bytes: Span<UInt8>, isLast: Bool) throws(DatasetError) -> Int {
    for index in bytes.indices {
      let byte = bytes[index]
      let isBlank = byte <= CSVDialect.space
      // What follows the last row belongs to the next one, but for blank lines.
      if isFinished && pending.isEmpty && !isBlank { return index }
      if isFinished && pending.isEmpty {
        output.append(byte)
      } else {
        pending.append(byte)
        if byte == CSVDialect.lineFeed { try endLine() }
      }
    }
    return bytes.count
  }

  mutating func finish() throws(DatasetError) { if !pending.isEmpty { try endLine() } }

  private mutating func endLine() throws(DatasetError) {
    defer {
      pending.removeAll(keepingCapacity: true)
      line += 1
    }
    if pending.allSatisfy({ $0 <= CSVDialect.space }) {
      output += pending
      return
    }
    do throws(JSONLine.Failure) {
      write(try JSONLine(pending))
    } catch {
      throw .notJSON(path: plan.path, line: line, found: error.found)
    }
    row += 1
  }

  /// Writes the line with its changes.
  private mutating func write(_ object: JSONLine) {
    var last = [Int?](repeating: nil, count: plan.names.count)
    for (index, member) in object.members.enumerated() {
      if let place = plan.keys?.place(of: member.key) { last[place] = index }
    }
    var replaced: [Int: String] = [:]
    var added: [(name: String, value: String)] = []
    for (column, index) in last.enumerated() {
      guard let changes,
        let text = changes.text(column, row, isMissing: isMissing(object, index, column))
      else { continue }
      let value = written(text, column)
      if let index {
        replaced[index] = value
      } else {
        added.append((plan.keys?.names[column] ?? plan.names[column], value))
      }
    }
    var start = 0
    for (index, member) in object.members.enumerated() {
      guard let value = replaced[index] else { continue }
      output += pending[start..<member.range.lowerBound]
      output += Array(value.utf8)
      start = member.range.upperBound
    }
    output += pending[start..<max(start, object.end)]
    let isSpaced = object.members.first.map { pending[$0.range.lowerBound - 1] == 0x20 } ?? true
    for (index, member) in added.enumerated() {
      if index > 0 || !object.members.isEmpty { output += Array((isSpaced ? ", " : ",").utf8) }
      JSONLine.append(member.name, to: &output)
      output += Array(((isSpaced ? ": " : ":") + member.value).utf8)
    }
    output += pending[object.end...]
  }

  private func isMissing(_ object: JSONLine, _ index: Int?, _ column: Int) -> Bool {
    guard let index, let changes else { return true }
    let member = object.members[index]
    switch member.value {
    case .null: return true
    case .string(let text): return changes.isMissing(column, text, isQuoted: true, plan)
    case .bare:
      return changes.isMissing(column, Array(pending[member.range]), isQuoted: false, plan)
    case .nested: return false
    }
  }

  /// A cell as a value of JSON.
  private func written(_ text: String, _ column: Int) -> String {
    if text.isEmpty { return "null" }
    if !plan.format.areQuoted[column] && JSONLine.isBare(text) { return text }
    var bytes: [UInt8] = []
    JSONLine.append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
