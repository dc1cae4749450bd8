import HourglassModelFiles
import HourglassTensors
import Testing

/// Files that the Python package safetensors wrote; `Scripts/goldens/make_safetensors.py` made them
/// with Python 3.11.7, safetensors 0.8.0 and numpy 2.4.6.
@Suite struct SafetensorsGoldenTests {
  // "encoder.0.weight": numpy.arange(6, dtype=numpy.float32).reshape(2, 3) / 4
  // "encoder.0.bias": numpy.array([-1.5, 3e-39], dtype=numpy.float32)
  // "decoder.0.weight": numpy.array([[[1e30]]], dtype=numpy.float32)
  @Test func readsSinglePrecision() throws {
    let file = try SafetensorsFile(bytes: golden("single-precision"), path: "golden")
    #expect(file.metadata == ["format": "np"])
    #expect(
      file.entries.map(\.name) == ["decoder.0.weight", "encoder.0.bias", "encoder.0.weight"]
    )
    #expect(
      try file.tensors() == [
        "encoder.0.weight": Tensor([0, 0.25, 0.5, 0.75, 1, 1.25], shape: [2, 3]),
        "encoder.0.bias": Tensor([-1.5, 0x1.05564p-128], shape: [2]),
        "decoder.0.weight": Tensor([1e30], shape: [1, 1, 1]),
      ]
    )
  }

  @Test(arguments: ["single-precision", "edges", "none"])
  func rewritingGivesTheSameBytes(name: String) throws {
    let bytes = try golden(name)
    let file = try SafetensorsFile(bytes: bytes, path: name)
    let rewritten = try SafetensorsFile.bytes(
      tensors: file.tensors(),
      metadata: file.metadata,
      path: name
    )
    #expect(rewritten == bytes)
  }

  @Test(
    arguments: [
      ("bool", [1, 0, 1]),
      ("u8", [0, 7, 255]),
      ("i8", [-128, 0, 127]),
      ("u16", [0, 65535]),
      ("i16", [-32768, 32767]),
      ("u32", [0, 4_294_967_040]),
      ("i32", [-16_777_216, 5]),
      ("f32", [0.1, -.infinity]),
      ("f64", [0.1, 0, .infinity]),
      ("i64", [-0x1p40, 0x1p24]),
      ("u64", [0x1p63]),
    ] as [(String, [Float])]
  )
  func convertsEveryElementType(name: String, expected: [Float]) throws {
    let file = try SafetensorsFile(bytes: golden("element-types"), path: "golden")
    #expect(try file.tensor(named: name) == Tensor(expected, shape: [expected.count]))
  }

  // numpy.array([1.5, -0.0, 65504, 6e-8, 6.1e-5, inf, -inf, nan], dtype=numpy.float16); as
  // hexadecimal numbers: 0x1.8p+0, -0x0p+0, 0x1.ffcp+15, 0x1p-24, 0x1.ff8p-15
  @Test func convertsHalfPrecision() throws {
    let file = try SafetensorsFile(bytes: golden("element-types"), path: "golden")
    let scalars = try file.tensor(named: "f16").scalars
    let expected: [Float] = [1.5, -0.0, 0x1.ffcp+15, 0x1p-24, 0x1.ff8p-15, .infinity, -.infinity]
    #expect(scalars.prefix(7).map(\.bitPattern) == expected.map(\.bitPattern))
    #expect(scalars.count == 8 && scalars[7].isNaN)
  }

  @Test func convertsBfloat16() throws {
    let file = try SafetensorsFile(bytes: golden("bfloat16"), path: "golden")
    #expect(try file.tensor(named: "bf16") == Tensor([1, -2.5, .infinity], shape: [3]))
  }

  @Test func readsScalarsAndEmptyTensorsAndEscapedNames() throws {
    let file = try SafetensorsFile(bytes: golden("edges"), path: "golden")
    #expect(file.metadata == ["note": "a \"quoted\"\ttext \u{1} and ü"])
    #expect(
      try file.tensors() == [
        "scalar": Tensor(7),
        "empty": Tensor([], shape: [2, 0, 3]),
        "another empty": Tensor([], shape: [0]),
        "quote \" backslash \\ line\n": Tensor([1], shape: [1]),
        "größe 🕰": Tensor([2], shape: [1]),
      ]
    )
  }

  @Test func givesTheBytesOfATensor() throws {
    let file = try SafetensorsFile(bytes: golden("element-types"), path: "golden")
    #expect(try file.bytes(named: "u8") == [0, 7, 255])
    #expect(try file.bytes(named: "u64") == [0, 0, 0, 0, 0, 0, 0, 0x80])
  }
}
