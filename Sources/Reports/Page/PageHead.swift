/// The beginning of every page, up to the end of its head.
enum PageHead {
  /// The text for a title, not escaped yet, and rules of style beside those of all pages.
  static func text(title: String, rules: String = "") -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(Markup.escaped(title))</title>
    <style>
    \(PageStyle.rules)\(rules)</style>
    </head>
    """
  }
}
