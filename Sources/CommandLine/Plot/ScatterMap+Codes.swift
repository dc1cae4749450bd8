import HourglassReports
import HourglassSystem
import HourglassTensors

extension ScatterMap {
  /// A map of the first two numbers of each code `[rows, dimensions]`, in colors.
  init(codes: Tensor, coloring: Coloring, title: String, noun: String) {
    let width = codes.shape[1]
    let rows = 0..<codes.shape[0]
    let numbers =
      width == 2 ? "two numbers each" : "the first two of \(width) numbers each"
    self.init(
      title: title,
      subtitle: "\(NumberText.counted(rows.count, noun)), \(numbers)",
      x: rows.map { Double(codes.scalars[$0 * width]) },
      y: rows.map { Double(codes.scalars[$0 * width + 1]) },
      coloring: coloring,
      axes: ("z1", "z2")
    )
  }
}
