/// The files of the page, which are compiled in.
enum StudioFiles {
  /// A file and its media type.
  struct File: Equatable {
    var bytes: [UInt8]
    var media: String
  }

  /// The file that a plain name stands for.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - folder: A folder to take it from in place of what is compiled in.
  static func file(_ name: String, in folder: String? = nil) throws -> File? {
    let bytes: [UInt8]? =
      if let folder {
        Array(try TextFile.contents(of: "\(folder)/\(name)").utf8)
      } else {
        all[name]
      }
    return bytes.map { File(bytes: $0, media: media(name)) }
  }

  private static func media(_ name: String) -> String {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    default: "text/javascript; charset=utf-8"
    }
  }

  /// The files by their names.
  private static let all: [String: [UInt8]] = [
    "api.js": PackageResources.api_js,
    "cells.js": PackageResources.cells_js,
    "chart.js": PackageResources.chart_js,
    "columns.js": PackageResources.columns_js,
    "csv.js": PackageResources.csv_js,
    "data.js": PackageResources.data_js,
    "dom.js": PackageResources.dom_js,
    "evaluation.js": PackageResources.evaluation_js,
    "format.js": PackageResources.format_js,
    "hourglass.svg": PackageResources.hourglass_svg,
    "index.html": PackageResources.index_html,
    "items.js": PackageResources.items_js,
    "job.js": PackageResources.job_js,
    "lines.js": PackageResources.lines_js,
    "live.js": PackageResources.live_js,
    "map-decoder.js": PackageResources.map_decoder_js,
    "map-points.js": PackageResources.map_points_js,
    "map.js": PackageResources.map_js,
    "models.js": PackageResources.models_js,
    "names.js": PackageResources.names_js,
    "options.js": PackageResources.options_js,
    "pair.js": PackageResources.pair_js,
    "parts.css": PackageResources.parts_css,
    "reading.js": PackageResources.reading_js,
    "result-detect.js": PackageResources.result_detect_js,
    "result-features.js": PackageResources.result_features_js,
    "result-generate.js": PackageResources.result_generate_js,
    "result-impute.js": PackageResources.result_impute_js,
    "result-match.js": PackageResources.result_match_js,
    "result-pairs.js": PackageResources.result_pairs_js,
    "result-reduce.js": PackageResources.result_reduce_js,
    "result.js": PackageResources.result_js,
    "results.css": PackageResources.results_css,
    "runs.js": PackageResources.runs_js,
    "selection.js": PackageResources.selection_js,
    "setup.js": PackageResources.setup_js,
    "start.js": PackageResources.start_js,
    "steps.js": PackageResources.steps_js,
    "studio.css": PackageResources.studio_css,
    "studio.js": PackageResources.studio_js,
    "tasks.js": PackageResources.tasks_js,
  ]

  /// The names of all files.
  static var names: [String] { all.keys.sorted() }
}
