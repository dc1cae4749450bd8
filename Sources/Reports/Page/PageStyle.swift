/// The style sheets and the script of pages, which are files of their own.
enum PageStyle {
  /// All rules of a page, those of the figures among them: light and dark, narrow and wide, screen and paper.
  static let rules = text(PackageResources.page_css)
    .replacing("/* figures, light */", with: FigureStyle.lightRules)
    .replacing("/* figures, dark */", with: FigureStyle.darkRules)

  /// The rules of a map's page beside those of every page.
  static let mapRules = text(PackageResources.map_css)
    .replacing("/* light */", with: colors(\.light))
    .replacing("/* dark */", with: colors(\.dark))

  /// The script of a map's page: it draws the points, and shows what lies under the pointer.
  ///
  /// It writes texts as texts alone, never as markup, and asks nothing of a network.
  static let mapScript = text(PackageResources.map_js)

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func colors(_ tone: (_ colors: (light: String, dark: String)) -> String) -> String
  {
    FigureStyle.colors.enumerated().map { "--c\($0): \(tone($1));" }.joined(separator: " ")
  }
}
