// The files of the page and of the interface, as they are in Sources/Service.
//
// #embed (C23, an extension of clang before) takes the bytes as they are, in milliseconds; as literals of Swift they
// took minutes. The compiler lists the files among the dependencies of this one, so that a build notices their changes.
// A new file of the page is written here twice: its bytes, and its name; a test compares the names with the folder.
#include "CHourglassPages.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t openapi_json[] = {
#embed "../Service/openapi.json"
};
static const uint8_t examples_json[] = {
#embed "../Service/Examples/examples.json"
};
static const uint8_t penguins_csv[] = {
#embed "../Service/Examples/penguins.csv"
};
static const uint8_t api_js[] = {
#embed "../Service/Studio/api.js"
};
static const uint8_t array_images_js[] = {
#embed "../Service/Studio/array-images.js"
};
static const uint8_t cells_js[] = {
#embed "../Service/Studio/cells.js"
};
static const uint8_t chart_js[] = {
#embed "../Service/Studio/chart.js"
};
static const uint8_t columns_js[] = {
#embed "../Service/Studio/columns.js"
};
static const uint8_t csv_js[] = {
#embed "../Service/Studio/csv.js"
};
static const uint8_t data_js[] = {
#embed "../Service/Studio/data.js"
};
static const uint8_t dialog_js[] = {
#embed "../Service/Studio/dialog.js"
};
static const uint8_t dom_js[] = {
#embed "../Service/Studio/dom.js"
};
static const uint8_t evaluation_js[] = {
#embed "../Service/Studio/evaluation.js"
};
static const uint8_t format_js[] = {
#embed "../Service/Studio/format.js"
};
static const uint8_t hints_js[] = {
#embed "../Service/Studio/hints.js"
};
static const uint8_t hourglass_svg[] = {
#embed "../Service/Studio/hourglass.svg"
};
static const uint8_t index_html[] = {
#embed "../Service/Studio/index.html"
};
static const uint8_t items_js[] = {
#embed "../Service/Studio/items.js"
};
static const uint8_t job_js[] = {
#embed "../Service/Studio/job.js"
};
static const uint8_t lines_js[] = {
#embed "../Service/Studio/lines.js"
};
static const uint8_t live_js[] = {
#embed "../Service/Studio/live.js"
};
static const uint8_t map_decoder_js[] = {
#embed "../Service/Studio/map-decoder.js"
};
static const uint8_t map_points_js[] = {
#embed "../Service/Studio/map-points.js"
};
static const uint8_t map_js[] = {
#embed "../Service/Studio/map.js"
};
static const uint8_t models_js[] = {
#embed "../Service/Studio/models.js"
};
static const uint8_t names_js[] = {
#embed "../Service/Studio/names.js"
};
static const uint8_t options_js[] = {
#embed "../Service/Studio/options.js"
};
static const uint8_t pair_js[] = {
#embed "../Service/Studio/pair.js"
};
static const uint8_t parts_css[] = {
#embed "../Service/Studio/parts.css"
};
static const uint8_t reading_js[] = {
#embed "../Service/Studio/reading.js"
};
static const uint8_t result_detect_js[] = {
#embed "../Service/Studio/result-detect.js"
};
static const uint8_t result_features_js[] = {
#embed "../Service/Studio/result-features.js"
};
static const uint8_t result_generate_js[] = {
#embed "../Service/Studio/result-generate.js"
};
static const uint8_t result_impute_js[] = {
#embed "../Service/Studio/result-impute.js"
};
static const uint8_t result_match_js[] = {
#embed "../Service/Studio/result-match.js"
};
static const uint8_t result_pairs_js[] = {
#embed "../Service/Studio/result-pairs.js"
};
static const uint8_t result_reduce_js[] = {
#embed "../Service/Studio/result-reduce.js"
};
static const uint8_t result_js[] = {
#embed "../Service/Studio/result.js"
};
static const uint8_t results_css[] = {
#embed "../Service/Studio/results.css"
};
static const uint8_t runs_js[] = {
#embed "../Service/Studio/runs.js"
};
static const uint8_t selection_js[] = {
#embed "../Service/Studio/selection.js"
};
static const uint8_t setup_js[] = {
#embed "../Service/Studio/setup.js"
};
static const uint8_t start_js[] = {
#embed "../Service/Studio/start.js"
};
static const uint8_t steps_js[] = {
#embed "../Service/Studio/steps.js"
};
static const uint8_t studio_css[] = {
#embed "../Service/Studio/studio.css"
};
static const uint8_t studio_js[] = {
#embed "../Service/Studio/studio.js"
};
static const uint8_t tasks_js[] = {
#embed "../Service/Studio/tasks.js"
};

#define FILE_OF(path, bytes) {path, bytes, sizeof bytes}

static const struct {
  const char *name;
  const uint8_t *bytes;
  size_t size;
} files[] = {
    FILE_OF("openapi.json", openapi_json),
    FILE_OF("Examples/examples.json", examples_json),
    FILE_OF("Examples/penguins.csv", penguins_csv),
    FILE_OF("Studio/api.js", api_js),
    FILE_OF("Studio/array-images.js", array_images_js),
    FILE_OF("Studio/cells.js", cells_js),
    FILE_OF("Studio/chart.js", chart_js),
    FILE_OF("Studio/columns.js", columns_js),
    FILE_OF("Studio/csv.js", csv_js),
    FILE_OF("Studio/data.js", data_js),
    FILE_OF("Studio/dialog.js", dialog_js),
    FILE_OF("Studio/dom.js", dom_js),
    FILE_OF("Studio/evaluation.js", evaluation_js),
    FILE_OF("Studio/format.js", format_js),
    FILE_OF("Studio/hints.js", hints_js),
    FILE_OF("Studio/hourglass.svg", hourglass_svg),
    FILE_OF("Studio/index.html", index_html),
    FILE_OF("Studio/items.js", items_js),
    FILE_OF("Studio/job.js", job_js),
    FILE_OF("Studio/lines.js", lines_js),
    FILE_OF("Studio/live.js", live_js),
    FILE_OF("Studio/map-decoder.js", map_decoder_js),
    FILE_OF("Studio/map-points.js", map_points_js),
    FILE_OF("Studio/map.js", map_js),
    FILE_OF("Studio/models.js", models_js),
    FILE_OF("Studio/names.js", names_js),
    FILE_OF("Studio/options.js", options_js),
    FILE_OF("Studio/pair.js", pair_js),
    FILE_OF("Studio/parts.css", parts_css),
    FILE_OF("Studio/reading.js", reading_js),
    FILE_OF("Studio/result-detect.js", result_detect_js),
    FILE_OF("Studio/result-features.js", result_features_js),
    FILE_OF("Studio/result-generate.js", result_generate_js),
    FILE_OF("Studio/result-impute.js", result_impute_js),
    FILE_OF("Studio/result-match.js", result_match_js),
    FILE_OF("Studio/result-pairs.js", result_pairs_js),
    FILE_OF("Studio/result-reduce.js", result_reduce_js),
    FILE_OF("Studio/result.js", result_js),
    FILE_OF("Studio/results.css", results_css),
    FILE_OF("Studio/runs.js", runs_js),
    FILE_OF("Studio/selection.js", selection_js),
    FILE_OF("Studio/setup.js", setup_js),
    FILE_OF("Studio/start.js", start_js),
    FILE_OF("Studio/steps.js", steps_js),
    FILE_OF("Studio/studio.css", studio_css),
    FILE_OF("Studio/studio.js", studio_js),
    FILE_OF("Studio/tasks.js", tasks_js),
};

size_t hg_page_count(void) { return sizeof files / sizeof *files; }

const char *hg_page_name(size_t index) { return files[index].name; }

size_t hg_page_size(size_t index) { return files[index].size; }

void hg_page_copy(size_t index, uint8_t *to) { memcpy(to, files[index].bytes, files[index].size); }
