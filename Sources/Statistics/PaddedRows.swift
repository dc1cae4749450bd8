package import HourglassTensors

/// Rows of numbers in pieces of eight, so that their products take one instruction for eight.
package struct PaddedRows: Sendable {
  package typealias Piece = SIMD8<Float>

  /// The number of rows.
  package let count: Int
  /// The numbers of a row.
  package let width: Int
  /// The pieces of a row, the last one filled up with 0.
  package let pieceCount: Int
  /// All pieces, row by row.
  private(set) var pieces: [Piece]

  /// Takes rows `[count, width]`.
  package init(_ rows: Tensor) {
    self.init(count: rows.shape[0], width: rows.shape[1])
    for row in 0..<count {
      for column in 0..<width {
        pieces[row * pieceCount + column / 8][column % 8] = rows.scalars[row * width + column]
      }
    }
  }

  /// Rows of zeros.
  package init(count: Int, width: Int) {
    self.count = count
    self.width = width
    pieceCount = (width + 7) / 8
    pieces = Array(repeating: .zero, count: count * pieceCount)
  }

  /// Some rows in the order of their numbers.
  package func rows(_ numbers: [Int]) -> PaddedRows {
    var result = PaddedRows(count: numbers.count, width: width)
    for (place, number) in numbers.enumerated() {
      for piece in 0..<pieceCount {
        result.pieces[place * pieceCount + piece] = pieces[number * pieceCount + piece]
      }
    }
    return result
  }

  /// The mean and the standard deviation of each column; 1 for a column that does not vary.
  package var moments: (means: [Piece], factors: [Piece]) {
    var means = [Piece](repeating: .zero, count: pieceCount)
    var squares = means
    for row in 0..<count {
      for piece in 0..<pieceCount { means[piece] += pieces[row * pieceCount + piece] }
    }
    for piece in means.indices { means[piece] /= Float(max(count, 1)) }
    for row in 0..<count {
      for piece in 0..<pieceCount {
        let difference = pieces[row * pieceCount + piece] - means[piece]
        squares[piece] += difference * difference
      }
    }
    let factors = squares.map { sum in
      let deviation = (sum / Float(max(count, 1))).squareRoot()
      return 1 / deviation.replacing(with: 1, where: deviation .< 1e-6)
    }
    return (means, factors)
  }

  /// The rows with columns brought to mean 0 and deviation 1 by some moments, and a last column of 1.
  package func standardized(_ moments: (means: [Piece], factors: [Piece])) -> PaddedRows {
    var result = PaddedRows(count: count, width: width + 1)
    for row in 0..<count {
      let start = row * result.pieceCount
      for piece in 0..<pieceCount {
        let value = pieces[row * pieceCount + piece]
        result.pieces[start + piece] = (value - moments.means[piece]) * moments.factors[piece]
      }
      // Places behind the last column are (0 - 0) times something: 0.
      result.pieces[start + width / 8][width % 8] = 1
    }
    return result
  }

  /// The product of each row with a vector of `pieceCount` pieces.
  package func products(_ vector: ArraySlice<Piece>) -> [Float] {
    let (all, vector) = (pieces.span, Array(vector))
    let other = vector.span
    return (0..<count).map { row in
      var sum = Piece.zero
      let start = row * pieceCount
      for piece in 0..<pieceCount { sum += all[start + piece] * other[piece] }
      return sum.sum()
    }
  }

  /// Adds rows times weights to a vector of pieces.
  package func addSum(weights: [Float], to vector: inout [Piece], at offset: Int = 0) {
    let all = pieces.span
    var place = vector.mutableSpan
    for row in 0..<count where weights[row] != 0 {
      let weight = weights[row]
      let start = row * pieceCount
      for piece in 0..<pieceCount { place[offset + piece] += all[start + piece] * weight }
    }
  }
}
