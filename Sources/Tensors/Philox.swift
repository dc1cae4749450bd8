internal import HourglassSystem

/// The Philox4x32-10 function and the transforms from its words to distributions.
///
/// Reference: Salmon et al., 2011, doi:10.1145/2063384.2063405.
package enum Philox {
  /// Four random words for a key and a counter.
  package static func block(
    key: UInt64,
    counter: (UInt32, UInt32, UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let product0 = UInt64(c0) * 0xD251_1F53
      let product1 = UInt64(c2) * 0xCD9E_8D57
      let next0 = UInt32(truncatingIfNeeded: product1 >> 32) ^ c1 ^ k0
      let next2 = UInt32(truncatingIfNeeded: product0 >> 32) ^ c3 ^ k1
      c1 = UInt32(truncatingIfNeeded: product1)
      c3 = UInt32(truncatingIfNeeded: product0)
      c0 = next0
      c2 = next2
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }

  /// A number of the uniform distribution on [0, 1) from a word.
  package static func uniform(_ word: UInt32) -> Float {
    Float(word >> 8) * 0x1p-24
  }

  /// Two independent normal numbers from two words.
  ///
  ///     u = (a + 1/2) 2^-24,  r = sqrt(-2 ln u),  (r cos 2πv, r sin 2πv)
  ///
  /// Reference: Box, Muller, 1958, "A note on the generation of random normal deviates",
  /// doi:10.1214/aoms/1177706645.
  package static func normals(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
    let u = (Double(first >> 8) + 0.5) * 0x1p-24
    let v = Double(second >> 8) * 0x1p-24
    let radius = (-2 * log(u)).squareRoot()
    let angle = 2 * Double.pi * v
    return (Float(radius * cos(angle)), Float(radius * sin(angle)))
  }
}
