#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension [UInt8] {
  /// The bytes as text of 64 characters (RFC 4648, section 4).
  var base64: String { Data(self).base64EncodedString() }
}
