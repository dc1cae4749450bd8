/// The style sheet of a page: light and dark, narrow and wide, screen and paper.
enum PageStyle {
  /// All rules, those of the figures among them.
  static let rules = """
    :root {
      --ink: #1b1f24; --dim: #5c6570; --faint: #e3e7eb; --paper: #ffffff; --inset: #f5f7f9;
      --accent: #0b6cb0; --bar: #d5e6f4; --good: #e6f3ee; --good-edge: #0a8f68;
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
        sans-serif;
    }
    main { max-width: 800px; margin: 0 auto; padding: 56px 40px 96px; }
    h1, h2, h3 { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
    h1 { font-size: 2.1rem; font-weight: 650; letter-spacing: -0.018em; margin: 0 0 0.5em; }
    h2 { font-size: 1.45rem; font-weight: 650; letter-spacing: -0.01em; margin: 0 0 0.3em; }
    h3 { font-size: 0.95rem; font-weight: 650; margin: 0 0 0.5em; }
    p { margin: 0 0 1em; max-width: 68ch; overflow-wrap: break-word; text-wrap: pretty; }
    .lead { font-size: 1.1rem; color: var(--dim); }
    .summary { color: var(--dim); font-size: 1.05rem; }
    section { margin-top: 56px; padding-top: 40px; border-top: 1px solid var(--faint);
      scroll-margin-top: 0; }
    body:not(.with-contents) section:first-of-type { border-top: 0; margin-top: 0; padding-top: 8px; }
    .scroll { overflow-x: auto; }
    pre {
      font: 13.5px/1.6 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
      margin: 0 0 1.4em; padding: 14px 16px; border-radius: 8px; background: var(--inset);
      overflow-x: auto; tab-size: 2;
    }
    pre.command { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
    pre.command span { display: block; padding-left: 1.5em; text-indent: -1.5em; }
    pre.command span::before { content: "$ "; color: var(--accent); user-select: none; }
    pre.command code { font: inherit; }
    pre.command i { font-style: normal; white-space: nowrap; }
    pre.output { white-space: pre-wrap; border: 1px solid var(--faint); background: none; }
    pre.output i { font-style: normal; white-space: pre; }
    figure { margin: 2em 0; }
    figure svg, img.image { display: block; width: 100%; height: auto; }
    img.image { max-width: 860px; border-radius: 6px; }
    figcaption { margin-top: 12px; color: var(--dim); font-size: 0.92rem; line-height: 1.5;
      max-width: 72ch; }
    figure.table figcaption { margin: 0 0 10px; }
    table { border-collapse: collapse; font-size: 0.93rem; line-height: 1.4;
      font-variant-numeric: tabular-nums lining-nums; }
    th, td { padding: 7px 14px 7px 0; text-align: left; font-weight: 400; vertical-align: baseline;
      border-bottom: 1px solid var(--faint); }
    thead th { color: var(--dim); font-size: 0.86rem; border-bottom-color: var(--dim); }
    th:last-child, td:last-child { padding-right: 8px; }
    .number { text-align: right; padding-left: 14px; white-space: nowrap; }
    thead .number { white-space: normal; }
    .bar { min-width: 9.5em; }
    td.bar { background: linear-gradient(var(--bar), var(--bar)) no-repeat left center;
      background-size: var(--part, 0%) 68%; }
    .best th, .best td { font-weight: 680; }
    .facts { margin: 1.6em 0; padding: 16px 18px; border-radius: 8px; background: var(--inset); }
    dl { margin: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
      gap: 10px 24px; }
    dt { color: var(--dim); font-size: 0.85rem; }
    dd { margin: 0; font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere; }
    .verdict { padding: 12px 16px; border-left: 3px solid var(--good-edge); background: var(--good);
      border-radius: 0 8px 8px 0; }
    .verdict.open { border-left-color: var(--dim); background: var(--inset); }
    .warning { padding-left: 16px; border-left: 3px solid var(--accent); }
    .note { color: var(--dim); font-size: 0.92rem; }
    a { color: var(--accent); }
    nav { padding: 18px 24px 0; font-size: 0.92rem; }
    nav ol { list-style: none; margin: 0 auto; padding: 0; display: flex; flex-wrap: wrap;
      gap: 4px 18px; max-width: 800px; }
    nav a { text-decoration: none; color: var(--dim); display: inline-block; padding: 3px 0; }
    nav a:hover, nav a:focus-visible { color: var(--accent); text-decoration: underline; }
    footer { margin-top: 64px; padding-top: 20px; border-top: 1px solid var(--faint);
      color: var(--dim); font-size: 0.88rem; }
    @media (min-width: 1120px) {
      .with-contents { display: grid; grid-template-columns: 232px minmax(0, 1fr); }
      .with-contents nav { position: sticky; top: 0; align-self: start; max-height: 100vh;
        overflow-y: auto; padding: 64px 0 32px 40px; }
      .with-contents nav ol { display: block; }
      .with-contents nav li { margin-bottom: 5px; }
      .with-contents main { margin: 0 auto; width: 100%; }
    }
    @media (max-width: 640px) {
      main { padding: 28px 18px 64px; }
      nav { padding: 14px 18px 0; }
      h1 { font-size: 1.65rem; }
      h2 { font-size: 1.3rem; }
      section { margin-top: 40px; padding-top: 28px; }
      pre { font-size: 12.5px; padding: 12px; }
      th, td { padding-right: 8px; }
      .number { padding-left: 8px; }
      .bar { min-width: 7em; }
      dl { grid-template-columns: 1fr 1fr; gap: 10px 16px; }
    }
    \(FigureStyle.lightRules)
    @media screen and (prefers-color-scheme: dark) {
    :root {
      --ink: #e8eaed; --dim: #9ba4af; --faint: #2b3037; --paper: #16191d; --inset: #1e2227;
      --accent: #5aaee8; --bar: #1d4260; --good: #15302a; --good-edge: #35c09a;
    }
    \(FigureStyle.darkRules)
    }
    @media print {
      body { display: block; font-size: 10.5pt; }
      nav { display: none; }
      main { max-width: none; padding: 0; }
      figure, .facts, .verdict, pre, tr { break-inside: avoid; }
      h2, h3, figure.table figcaption { break-after: avoid; }
      section { margin-top: 24pt; padding-top: 16pt; }
      .scroll, pre, pre.output i { overflow: visible; white-space: pre-wrap; }
      td.bar, pre, .facts, .verdict { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
}
