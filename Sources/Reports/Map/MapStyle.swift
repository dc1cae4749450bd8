/// The rules of a map's page beside those of every page.
enum MapStyle {
  static let rules = """
    main.wide { max-width: 1180px; padding-top: 32px; }
    main.wide h1 { font-size: 1.6rem; }
    .map-sides { display: none; gap: 32px; align-items: start; }
    .with-script .map-sides { display: grid; grid-template-columns: minmax(0, 1fr) 300px; }
    #map { display: block; width: 100%; max-width: 760px; aspect-ratio: 1; touch-action: none;
      border: 1px solid var(--faint); border-radius: 8px; background: var(--inset); cursor: crosshair; }
    #map:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .map-buttons { margin: 10px 0; display: flex; gap: 6px; }
    .map-buttons button, .key { font: inherit; font-size: 0.9rem; color: var(--ink); cursor: pointer;
      background: var(--inset); border: 1px solid var(--faint); border-radius: 6px; padding: 3px 10px; }
    .map-buttons button:hover, .key:hover { border-color: var(--dim); }
    .keys { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 1em; }
    .key { display: inline-flex; align-items: center; gap: 7px; }
    .key i { width: 11px; height: 11px; border-radius: 50%; flex: none; }
    .key small { color: var(--dim); }
    .key[aria-pressed="false"] { opacity: 0.45; text-decoration: line-through; }
    .scale i { display: inline-block; width: 160px; height: 11px; border-radius: 4px; }
    body .map-panel section:nth-of-type(n) { margin: 0 0 28px; padding: 0; border: 0; }
    .map-panel h2 { font-size: 0.95rem; color: var(--dim); margin: 0 0 6px; }
    .map-panel p { margin: 0 0 8px; min-height: 1.6em; font-variant-numeric: tabular-nums; }
    .map-panel table { font-size: 0.85rem; width: 100%; }
    .map-panel th, .map-panel td { padding: 3px 8px 3px 0; }
    .map-panel th { color: var(--dim); }
    .map-panel td { overflow-wrap: anywhere; }
    .map-panel .scroll { max-height: 340px; overflow-y: auto; }
    .pixels { width: 168px; border-radius: 6px; image-rendering: pixelated; background: var(--inset); }
    @media (max-width: 820px) {
      .with-script .map-sides { grid-template-columns: minmax(0, 1fr); }
      .map-panel { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
    }
    :root { \(colors(\.light)) }
    @media (prefers-color-scheme: dark) { :root { \(colors(\.dark)) } }

    """

  private static func colors(_ tone: (_ colors: (light: String, dark: String)) -> String) -> String
  {
    FigureStyle.colors.enumerated().map { "--c\($0): \(tone($1));" }.joined(separator: " ")
  }
}
