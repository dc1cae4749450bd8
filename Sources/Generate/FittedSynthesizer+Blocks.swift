internal import HourglassAutoencoders
package import HourglassData
internal import HourglassEncodings
package import HourglassEngines
internal import HourglassModelFiles
internal import HourglassSystem
internal import HourglassTasksCommon

extension FittedSynthesizer {
  /// The most cells, pixels or values of all items that are held at once: 2 GiB of numbers.
  private static let mostCells = 1 << 28
  /// The most new texts of all columns, all different, that are held at once.
  private static let mostTexts = 1 << 24

  /// Checks that so many items can be held.
  func requireHeld(_ count: Int) throws(TaskError) {
    try requireSetting(count >= 1, "the number of items", "at least 1", count)
    let values = kind == .table ? columns.count : encoding.valueCount
    try requireItems(count, atMost: max(Self.mostCells / max(values, 1), 1))
    try requireTexts(count)
  }

  private func requireTexts(_ count: Int) throws(TaskError) {
    let texts = model.fields.forms.count
    if texts > 0 { try requireItems(count, atMost: Self.mostTexts / texts) }
  }

  private func requireItems(_ count: Int, atMost most: Int) throws(TaskError) {
    try requireSetting(
      count <= most,
      "the number of items",
      "at most \(NumberText.grouped(most)), which memory has to hold",
      NumberText.grouped(count)
    )
  }

  /// Gives the rows of a table or of windows that `generated` gives, block by block, so that not all of them have to
  /// be held.
  ///
  /// - Parameters:
  ///   - count: The number of items, at least 1.
  ///   - seed: Where all random numbers come from.
  ///   - engine: Where it is computed.
  ///   - body: Takes the rows of a block, and how many items are made by then.
  /// - Throws: `invalidSetting` for a count out of range, or more rows with new texts than can be held; `unsuitedKind`
  ///   for images; what `body` throws.
  package func forEachBlock(
    _ count: Int,
    seed: UInt64 = 0,
    on engine: ComputeEngine = ComputeEngine(),
    _ body: (_ rows: Table, _ made: Int) async throws -> Void
  ) async throws {
    try requireSetting(count >= 1, "the number of items", "at least 1", count)
    guard kind != .images else {
      throw TaskError.unsuitedKind(
        name: header.provenance.dataName,
        job: "generate rows from",
        expected: "a table or a series",
        found: kind.phrase
      )
    }
    try requireTexts(count)
    try await model.forEachTable(count, seed: seed, on: engine, body)
  }
}
