/// A public data set that is known by name.
package struct CatalogEntry: Codable, Hashable, Sendable {
  /// What it is asked for by, such as `fashion-mnist`; also the folder that its files are put in.
  package let name: String
  /// What it holds, in a few words.
  package let summary: String
  /// Who made it, and on which terms.
  package let licence: String
  /// The files that are fetched.
  package let files: [File]

  /// A file of a data set.
  package struct File: Codable, Hashable, Sendable {
    /// The name of the file that is fetched.
    package let name: String
    /// The address to fetch it from.
    package let address: String
    /// Its size in bytes.
    package let byteCount: Int
    /// Its SHA-256 digest, 64 hexadecimal digits.
    package let digest: String
    /// What is made of it; nothing where it is used as it is.
    package let preparation: Preparation?

    /// Describes a file.
    package init(
      name: String,
      address: String,
      byteCount: Int,
      digest: String,
      preparation: Preparation? = nil
    ) {
      self.name = name
      self.address = address
      self.byteCount = byteCount
      self.digest = digest
      self.preparation = preparation
    }

    /// The names of the files that there are in the end.
    package var results: [String] {
      switch preparation {
      case nil: [name]
      case .table(let name, _): [name]
      case .archive(let members): members.map(\.name)
      }
    }
  }

  /// How a file that was fetched becomes files that can be read.
  package enum Preparation: Codable, Hashable, Sendable {
    /// Lines of cells without a header become a table of this name with one.
    case table(name: String, header: [String])
    /// Some members of a compressed archive become files.
    case archive([Member])
  }

  /// A member of an archive.
  package struct Member: Codable, Hashable, Sendable {
    /// Its path in the archive.
    package let path: String
    /// The name of the file that it becomes.
    package let name: String

    /// Names a member.
    package init(path: String, name: String) {
      self.path = path
      self.name = name
    }
  }

  /// Describes a data set.
  package init(name: String, summary: String, licence: String, files: [File]) {
    self.name = name
    self.summary = summary
    self.licence = licence
    self.files = files
  }

  /// The bytes of all files that are fetched.
  package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// The names of the files that there are in the end.
  package var results: [String] { files.flatMap(\.results) }

  /// What is wrong with an entry that was read from a file, if anything.
  package var problem: String? {
    for text in [name] + files.map(\.name) + results where !Self.isPlain(text) {
      return "names should be letters, digits, '.', '_' and '-' and not begin with '.', found "
        + "'\(clipped(text))'"
    }
    for file in files {
      guard (1...Self.mostBytes).contains(file.byteCount) else {
        return
          "the size of \(file.name) should be 1 to \(Self.mostBytes) bytes, found \(file.byteCount)"
      }
      guard file.digest.count == 64, file.digest.allSatisfy(\.isHexDigit) else {
        return "the SHA-256 digest of \(file.name) should be 64 hexadecimal digits"
      }
      guard file.address.hasPrefix("https://") || file.address.hasPrefix("http://") else {
        return "the address of \(file.name) should begin with https:// or http://"
      }
    }
    return files.isEmpty ? "it should have at least one file" : nil
  }

  private static let mostBytes = 1 << 40

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 100 && !name.hasPrefix(".") && !name.hasPrefix("-")
      && name.utf8.allSatisfy { byte in
        let scalar = Unicode.Scalar(byte)
        return scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(byte))
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      }
  }
}
