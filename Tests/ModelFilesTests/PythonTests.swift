import Foundation
import HourglassModelFiles
import HourglassTensors
import HourglassTestSupport
import Testing

@Suite struct PythonTests {
  @Test(
    .enabled(
      if: Python.has("safetensors.numpy"),
      "needs python3 with the packages safetensors and numpy (HOURGLASS_TEST_PYTHON)"
    )
  )
  func pythonReadsWhatWeWrite() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("ours.safetensors").path
      var header = exampleHeader
      header.configuration = .object(["note": .string("\"\\\n\u{1} ü🕰")])
      try ModelFile.write(
        tensors: awkwardTensors,
        blobs: ["order": .init([.min, .max] as [Int64])],
        header: header,
        to: path
      )
      let (status, output) = try Python.run(
        """
        import json, sys
        from safetensors import safe_open
        with safe_open(sys.argv[1], framework="np") as file:
            for name in sorted(file.keys()):
                tensor = file.get_tensor(name)
                print(json.dumps(name), tensor.dtype, list(tensor.shape), tensor.tobytes().hex())
            header = json.loads(file.metadata()["hourglass"])
            print(header["provenance"]["seed"], json.dumps(header["configuration"]["note"]))
        """,
        path
      )
      #expect(status == 0)
      #expect(
        output == #"""
          "empty" float32 [3, 0] \#("")
          "encoder.0.bias" float32 [2] ffff7f7f00008000
          "encoder.0.weight" float32 [2, 3] cdcccc3d000000800000807f000080ff0000c07f01000000
          "gr\u00f6\u00dfe \"\\\n" float32 [1, 1, 1, 1, 1, 1, 1, 1] 0000803f
          "order" int64 [2] 0000000000000080ffffffffffffff7f
          "scalar" float32 [] 0000803e
          18446744073709551615 "\"\\\n\u0001 \u00fc\ud83d\udd70"

          """#
      )
    }
  }
}
