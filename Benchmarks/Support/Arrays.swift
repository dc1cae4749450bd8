internal import HourglassData
internal import HourglassGenerate
public import HourglassTensors

/// Arrays in the files that other programs read and write.
public enum ArrayFiles {
  /// The numbers of a NumPy array.
  ///
  /// - Throws: What keeps the file from being read.
  public static func numbers(contentsOf path: String) throws -> Tensor {
    let file = try NPYFile(contentsOf: path)
    let count = file.shape.reduce(1, *)
    return Tensor((0..<count).map { Float(file.value($0)) }, shape: Shape(file.shape))
  }

  /// Writes a NumPy array.
  ///
  /// - Throws: What keeps the file from being written.
  public static func write(_ numbers: Tensor, to path: String) throws {
    try NPYFile.write(numbers, to: path)
  }

  /// The first items of an IDX file, `[items, values]`, such as labels of one value each.
  ///
  /// - Throws: What keeps the file from being read.
  public static func items(contentsOf path: String, limit: Int) throws -> Tensor {
    let file = try IDXFile(contentsOf: path, limit: limit)
    return Tensor(file.values(), shape: [file.count, file.itemShape.elementCount])
  }
}
