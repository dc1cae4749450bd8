package import HourglassEvaluation
package import HourglassSystem

/// One page of results: HTML that needs nothing beside itself, no network and no script.
package struct ReportPage: Sendable {
  /// A piece of a section.
  package enum Element: Sendable {
    /// Command lines as they were typed, to be copied.
    case command(String)
    /// What a program printed, in its own lines.
    case output(String)
    /// A drawing with words under it.
    case figure(any Figure, caption: String)
    /// An image of a file with words under it.
    case image(ImageFile, caption: String)
    /// How well a model does, beside its baselines.
    case evaluation(Evaluation)
    /// A table with words above it; both texts may be empty.
    case table(NumberTable, caption: String)
    /// A sentence or a few.
    case paragraph(String)
    /// What is known of something: names and what they stand for.
    case facts([Fact], title: String)
    /// A remark of lesser weight.
    case note(String)
  }

  /// A name and what it stands for.
  package struct Fact: Hashable, Sendable {
    /// The name, such as `Trained on`.
    package var name: String
    /// What it stands for.
    package var text: String

    /// Takes both.
    package init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// A part of the page under a heading of its own.
  package struct Section: Sendable {
    /// The heading, short, for it stands in the contents too; empty where the page has one section.
    package var heading: String
    /// What the section is about, in a sentence; may be empty.
    package var summary: String
    /// The pieces of the section.
    package var elements: [Element]

    /// Takes a section.
    package init(_ heading: String, summary: String = "", _ elements: [Element]) {
      self.heading = heading
      self.summary = summary
      self.elements = elements
    }
  }

  /// The title of the page.
  package var title: String
  /// The paragraphs under the title.
  package var introduction: [String]
  /// The sections; the page has contents where there is more than one.
  package var sections: [Section]
  /// A line at the end of the page; may be empty.
  package var footer: String

  /// Takes the parts of a page.
  package init(
    title: String,
    introduction: [String] = [],
    sections: [Section],
    footer: String = ""
  ) {
    self.title = title
    self.introduction = introduction
    self.sections = sections
    self.footer = footer
  }

  /// Writes the page beside its place and then puts it there, whole or not at all.
  package func write(to path: String) throws(FileError) {
    try AtomicFile.replace(path, with: Array(html.utf8))
  }
}

extension ReportPage {
  /// The page as the text of a file; the same values give the same text.
  package var html: String {
    let hasContents = sections.count > 1
    return """
      \(PageHead.text(title: title))
      <body\(hasContents ? " class=\"with-contents\"" : "")>
      \(hasContents ? contents : "")<main>
      <header>
      <h1>\(Markup.escaped(title))</h1>
      \(introduction.map { "<p class=\"lead\">\(Markup.escaped($0))</p>\n" }.joined())</header>
      \(sections.enumerated().map { text(of: $1, at: $0) }.joined())\
      \(footer.isEmpty ? "" : "<footer>\(Markup.escaped(footer))</footer>\n")</main>
      </body>
      </html>

      """
  }

  private var contents: String {
    let items = sections.enumerated().map { index, section in
      "<li><a href=\"#\(identifier(index))\">\(Markup.escaped(section.heading))</a></li>\n"
    }
    return "<nav aria-label=\"Contents\">\n<ol>\n\(items.joined())</ol>\n</nav>\n"
  }

  /// The name of a section in addresses: from its heading, with its number so that no two are alike.
  private func identifier(_ index: Int) -> String {
    let words = sections[index].heading.lowercased().unicodeScalars.map { scalar in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
    }
    return "s\(index + 1)-" + String(words.prefix(40))
  }

  private func text(of section: Section, at index: Int) -> String {
    var text = "<section id=\"\(identifier(index))\">\n"
    if !section.heading.isEmpty { text += "<h2>\(Markup.escaped(section.heading))</h2>\n" }
    if !section.summary.isEmpty {
      text += "<p class=\"summary\">\(Markup.escaped(section.summary))</p>\n"
    }
    return text + section.elements.map(self.text).joined() + "</section>\n"
  }

  /// A word of a command line; the hyphens of an option are no place to break the line.
  private static func word(_ word: Substring) -> String {
    let text = Markup.escaped(String(word))
    return word.hasPrefix("-") ? "<i>\(text)</i>" : text
  }

  private func caption(_ text: String) -> String {
    text.isEmpty ? "" : "<figcaption>\(Markup.escaped(text))</figcaption>\n"
  }

  private func text(of element: Element) -> String {
    switch element {
    case .command(let lines):
      let marked = lines.split(separator: "\n", omittingEmptySubsequences: true).map { line in
        "<span>\(line.split(separator: " ").map(Self.word).joined(separator: " "))</span>"
      }
      return "<pre class=\"command\"><code>\(marked.joined())</code></pre>\n"
    case .output(let lines):
      // Rows of a table, which have spaces between their columns, are scrolled to; sentences wrap.
      let marked = lines.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        let isRow = line.drop(while: { $0 == " " }).contains("  ")
        let text = Markup.escaped(String(line))
        return isRow ? "<i>\(text)</i>" : text
      }
      return "<pre class=\"output\">\(marked.joined(separator: "\n"))</pre>\n"
    case .figure(let figure, let caption):
      return
        "<figure>\n<div class=\"scroll\">\(figure.drawing.inline)</div>\n\(self.caption(caption))</figure>\n"
    case .image(let image, let caption):
      return "<figure>\n<img class=\"image\" alt=\"\(Markup.escaped(caption))\" "
        + "src=\"\(image.dataAddress)\">\n\(self.caption(caption))</figure>\n"
    case .evaluation(let evaluation): return evaluation.html
    case .table(let table, let caption):
      return "<figure class=\"table\">\n\(self.caption(caption))\(table.html)</figure>\n"
    case .paragraph(let words): return "<p>\(Markup.escaped(words))</p>\n"
    case .facts(let facts, let title):
      let rows = facts.map { fact in
        "<div><dt>\(Markup.escaped(fact.name))</dt><dd>\(Markup.escaped(fact.text))</dd></div>\n"
      }
      let heading = title.isEmpty ? "" : "<h3>\(Markup.escaped(title))</h3>\n"
      return heading + "<dl class=\"facts\">\n\(rows.joined())</dl>\n"
    case .note(let words): return "<p class=\"note\">\(Markup.escaped(words))</p>\n"
    }
  }
}

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
