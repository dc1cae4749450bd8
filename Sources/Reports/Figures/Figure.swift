/// Something that can be drawn: plain values in, a drawing out.
///
/// The same values give the same bytes. Values that are not finite are left out; no values at all
/// give a drawing that says so.
package protocol Figure: Sendable {
  /// The figure drawn.
  var drawing: Drawing { get }
}

/// A drawing in the marks of SVG, for a page or as a file of its own.
package struct Drawing: Hashable, Sendable, Figure {
  /// The width in pixels of a screen, at full size.
  package let width: Double
  /// The height in pixels of a screen, at full size, without the title.
  package let height: Double
  /// What the drawing shows, in a few words; read to those who cannot see it.
  package let title: String
  /// A second line of the title; may be empty.
  package let subtitle: String
  /// The marks.
  let body: String

  /// The drawing itself.
  package var drawing: Drawing { self }

  /// The drawing as a file of its own, with its title above it, on white.
  package var svgFile: String {
    let top = title.isEmpty ? 0.0 : 66.0
    let size = "\(Markup.number(width)) \(Markup.number(height + top))"
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" class="figure" \
      font-family="\(FigureStyle.fonts)">
      <title>\(name)</title>
      <style>\(FigureStyle.lightRules)</style>
      <rect width="100%" height="100%" fill="#ffffff"/>

      """
    if top > 0 {
      text += SVG.text(title, x: 24, y: 34, size: 19, weight: 600)
      text += SVG.text(subtitle, x: 24, y: 56, size: 13, tone: .dim)
    }
    text += "<g transform=\"translate(0 \(Markup.number(top)))\">\n\(body)</g>\n</svg>\n"
    return text
  }

  /// The drawing within a page that has the style of figures.
  var inline: String {
    """
    <svg class="figure" viewBox="0 0 \(Markup.number(width)) \(Markup.number(height))" \
    style="max-width:\(Markup.number(width))px;min-width:\(Markup.number(min(width, 460)))px" \
    role="img" aria-label="\(name)">
    \(body)</svg>

    """
  }

  private var name: String {
    Markup.escaped(subtitle.isEmpty ? title : "\(title): \(subtitle)")
  }
}
