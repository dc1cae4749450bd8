extension BrokenFile {
  /// IDX and CIFAR-10 files.
  static let images: [BrokenFile] = [
    BrokenFile("two-bytes.idx", "found a file of 2") { [0, 0] },
    BrokenFile("magic.idx", "found the byte 0x01") { [1, 0, 8, 1, 0, 0, 0, 0] },
    BrokenFile("kind.idx", "found 0x07") { [0, 0, 7, 1] + Bytes.big(4) + [1, 2, 3, 4] },
    BrokenFile("rank-0.idx", "found 0") { [0, 0, 8, 0, 1] },
    BrokenFile("rank-255.idx", "found 255") {
      [0, 0, 8, 255] + [UInt8](repeating: 1, count: 1_100)
    },
    BrokenFile("sizes-cut.idx", "found a file of 12") {
      [0, 0, 8, 3] + Bytes.big(4) + Bytes.big(2)
    },
    BrokenFile("data-cut.idx", "found 143") { Array(Made.images(count: 9, side: 4).dropLast()) },
    BrokenFile("data-over.idx", "found more") { Made.images(count: 9, side: 4) + [0] },
    BrokenFile("none.idx", "found the dimensions [0, 4, 4]") { Made.images(count: 0, side: 4) },
    BrokenFile("no-side.idx", "found the dimensions [9, 0, 0]") {
      [0, 0, 8, 3] + Bytes.big(9) + Bytes.big(0) + Bytes.big(0)
    },
    BrokenFile("huge.idx", "found [2147483647, 2147483647, 2147483647]") {
      [0, 0, 8, 3] + Bytes.big(0x7fff_ffff) + Bytes.big(0x7fff_ffff) + Bytes.big(0x7fff_ffff)
    },
    BrokenFile("promises.idx", "promise 37632000000 bytes of values, found 3") {
      [0, 0, 0x0e, 3] + Bytes.big(60_000) + Bytes.big(280) + Bytes.big(280) + [1, 2, 3]
    },
    BrokenFile(
      "nan.idx",
      "found nan in item 1",
      verbs: [["reduce", "-o", "out.csv", "--epochs", "1"]]
    ) {
      [0, 0, 0x0d, 3] + Bytes.big(3) + Bytes.big(2) + Bytes.big(1)
        + Array(repeatElement([0x7f, 0xc0, 0, 0], count: 6).joined())
    },
    BrokenFile(
      "infinite.idx",
      "found another value in item 1",
      verbs: [["reduce", "-o", "out.csv", "--epochs", "1"]]
    ) {
      [0, 0, 0x0d, 2] + Bytes.big(3) + Bytes.big(2)
        + Array(repeatElement([0x7f, 0x80, 0, 0], count: 6).joined())
    },
    BrokenFile(
      "labels.idx",
      "found 3 labels (IDX data with one dimension)",
      verbs: [["reduce", "-o", "out.csv", "--epochs", "1"]]
    ) {
      Made.labels([1, 2, 3])
    },
    BrokenFile("data_batch_1.bin", "found the byte 0x03") {
      [UInt8](repeating: 3, count: 3_073 * 2 - 1)
    },
    BrokenFile("test_batch.bin", "found none") { [UInt8](repeating: 77, count: 3_073 * 2) },
  ]

  /// NPY files.
  static let arrays: [BrokenFile] = [
    BrokenFile("magic.npy", "found another beginning") { [0x93, 0x4e, 0x55, 0x4d] },
    BrokenFile("version.npy", "found the version 9.0") {
      Bytes.npy(Bytes.npyHeader("<f4", "3, 2"), data: 24, version: 9)
    },
    BrokenFile("length.npy", "found that it stops early") {
      [0x93] + Array("NUMPY".utf8) + [1, 0, 0xff, 0xff] + Array("{'descr'".utf8)
    },
    BrokenFile("header.npy", "found one without descr, fortran_order and shape") {
      Bytes.npy("not a dictionary", data: 24)
    },
    BrokenFile("unclosed.npy", "found one without descr, fortran_order and shape") {
      Bytes.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, ", data: 24)
    },
    BrokenFile("nested.npy", "found records with fields") {
      Bytes.npy("{'descr': " + String(repeating: "[", count: 30_000), data: 24)
    },
    BrokenFile("objects.npy", "found elements of the type |O") {
      Bytes.npy(Bytes.npyHeader("|O", "3, 2"), data: 24)
    },
    BrokenFile("complex.npy", "found elements of the type <c16") {
      Bytes.npy(Bytes.npyHeader("<c16", "3, 2"), data: 96)
    },
    BrokenFile("texts.npy", "found elements of the type <U7") {
      Bytes.npy(Bytes.npyHeader("<U7", "3"), data: 84)
    },
    BrokenFile("negative.npy", "found one without descr, fortran_order and shape") {
      Bytes.npy(Bytes.npyHeader("<f4", "-3, 2"), data: 24)
    },
    BrokenFile("overflow.npy", "found the shape [4294967296, 4294967296, 8]") {
      Bytes.npy(Bytes.npyHeader("<f8", "4294967296, 4294967296, 8"), data: 24)
    },
    BrokenFile("digits.npy", "found one without descr, fortran_order and shape") {
      Bytes.npy(Bytes.npyHeader("<f8", "99999999999999999999999999"), data: 24)
    },
    BrokenFile("promises.npy", "found 24") {
      Bytes.npy(Bytes.npyHeader("<f4", "2000000000, 2"), data: 24)
    },
    BrokenFile("cut.npy", "found 23") { Bytes.npy(Bytes.npyHeader("<f4", "3, 2"), data: 23) },
    BrokenFile("over.npy", "found more") { Bytes.npy(Bytes.npyHeader("<f4", "3, 2"), data: 25) },
    BrokenFile("one-number.npy", "found the shape []") {
      Bytes.npy(Bytes.npyHeader("<f4", ""), data: 4)
    },
    BrokenFile("none.npy", "found the shape [0, 2]") {
      Bytes.npy(Bytes.npyHeader("<f4", "0, 2"), data: 0)
    },
  ]

  private static let good = Bytes.npy(Bytes.npyHeader("<f4", "3, 2"), data: 24)

  /// NPZ files.
  static let archives: [BrokenFile] = [
    BrokenFile("empty.npz", "found an archive without NumPy arrays") { Bytes.zip([]) },
    BrokenFile("cut.npz", "found no directory at its end") {
      Array(Bytes.zip([Bytes.Member(bytes: good)]).dropLast(30))
    },
    BrokenFile("no-directory.npz", "found that it stops early") {
      Bytes.zip([Bytes.Member(bytes: good)], directory: 1 << 30)
    },
    BrokenFile("count.npz", "found a damaged directory") {
      Bytes.zip([Bytes.Member(bytes: good)], count: 60_000)
    },
    BrokenFile("offset.npz", "found that it stops early") {
      Bytes.zip([Bytes.Member(bytes: good, offset: 1 << 30)])
    },
    BrokenFile("inward.npz", "found no entry where the directory says") {
      Bytes.zip([Bytes.Member(bytes: good, offset: 7)])
    },
    BrokenFile("size.npz", "found an entry that ends behind the file") {
      Bytes.zip([Bytes.Member(bytes: good, size: 1 << 30, packedSize: 1 << 30)])
    },
    BrokenFile("bomb.npz", "found an entry that promises too many bytes") {
      Bytes.zip([
        Bytes.Member(
          bytes: Array(try Bytes.golden("zeros.gz").dropFirst(10)),
          method: 8,
          size: 0x7fff_ffff
        )
      ])
    },
    BrokenFile("sum.npz", "found an entry whose checksum (CRC-32) is wrong") {
      Bytes.zip([Bytes.Member(bytes: good, sum: 1)])
    },
    BrokenFile("secret.npz", "found it encrypted") {
      Bytes.zip([Bytes.Member(bytes: good, flags: 1)])
    },
    BrokenFile("method.npz", "found the method 14") {
      Bytes.zip([Bytes.Member(bytes: good, method: 14)])
    },
    BrokenFile("deflate.npz", "found damaged compressed data") {
      Bytes.zip([Bytes.Member(bytes: good, method: 8)])
    },
    BrokenFile("text.npz", "found an archive without NumPy arrays") {
      Bytes.zip([Bytes.Member(name: "readme.txt", bytes: [65])])
    },
    BrokenFile("other.npz", "found x", options: ["--array", "y"]) {
      Bytes.zip([Bytes.Member(bytes: good)])
    },
  ]
}
