/**
 * The options of each task as a form shows them.
 *
 * An option has an `id`, a `label`, a `type` (number, select, text, check, list, data, column) and a `path` in the
 * request, or `read` and `apply`; `isMain` options are open, the others under "More options"; `shows` says
 * whether it is there for a kind of data and the values of the others.
 */

const trains = (context) => !context.isApplied;
const isOf = (...kinds) => (context) => kinds.includes(context.kind);
const both = (...tests) => (context) => tests.every((test) => test(context));

const dimensions = { id: "dimensions", path: ["options", "shape", "dimensions"] };

const network = [
  {
    id: "hidden", path: ["options", "shape", "hidden"], label: "Layers", type: "text", shows: trains,
    hint: "Widths of the fully connected layers, such as 512,256. Chosen from the data where it is empty.", pattern: "[0-9]+(,[0-9]+)*",
  },
  {
    id: "architecture", path: ["options", "shape", "architecture"], label: "Kind of layers", type: "select",
    choices: [["", "Chosen from the data"], ["dense", "Fully connected"], ["convolutional", "Convolutional"]],
    shows: both(trains, isOf("images", "sounds", "series")),
  },
];

const reduce = [
  {
    id: "purpose", label: "Purpose", type: "select", isMain: true, shows: trains,
    choices: [["map", "A map: neighbors stay together in 2 dimensions"], ["table", "A smaller table: values are kept"]],
    read: (request) => (request.options?.preserve === "neighbors" || !request.options?.shape ? "map" : "table"),
    apply(request, value, { isApplied }) {
      if (isApplied) { delete request.options?.preserve; delete request.options?.shape; return; }
      request.options ??= {};
      if (value === "map") {
        request.options.preserve = "neighbors";
        request.options.shape = { ...request.options.shape, dimensions: "2" };
      } else delete request.options.preserve;
    },
  },
  {
    ...dimensions, label: "Dimensions", type: "text", isMain: true, fallback: "8", pattern: "auto|[0-9]+",
    hint: "How many numbers describe an item; auto finds the smallest number that keeps 95 % of the variance.",
    shows: (context) => trains(context) && context.purpose === "table",
  },
  {
    id: "neighbors", path: ["options", "neighbors"], label: "Neighbors", type: "number", min: 2, max: 200, placeholder: "15",
    hint: "How many nearest items count as the neighbors of an item.",
    shows: (context) => trains(context) && context.purpose === "map",
  },
  ...network,
];

const features = [
  {
    id: "probe", path: ["options", "probe"], label: "Column to predict", type: "column", isMain: true, empty: "None",
    hint: "It is left out of training; simple models then predict it from the features.", shows: isOf("table"),
  },
  {
    id: "labels", path: ["options", "labels"], label: "Labels to predict", type: "data", isMain: true, empty: "None",
    hint: "A file with a label for each item, such as an IDX file of labels or a table.", shows: isOf("images", "sounds"),
  },
  {
    ...dimensions, label: "Number of features", type: "text", isMain: true, pattern: "[0-9]+", placeholder: "Chosen from the data", shows: trains,
  },
  {
    id: "mirror", path: ["options", "mirrorImages"], label: "Mirror images", type: "select", shows: both(trains, isOf("images")),
    choices: [["", "As the images are"], ["alike", "Get the same features"], ["apart", "Get different features"]],
  },
  ...network,
];

const match = [
  {
    id: "database", path: ["options", "database"], label: "Name of the database", type: "text", isMain: true, required: true,
    pattern: "[^\\/\\\\.][^\\/\\\\]*",
    hint: "Items are added to the database where one of this name exists.",
  },
  {
    id: "dimensions", path: ["options", "dimensions"], label: "Numbers in a signature", type: "number", min: 2, max: 1024, placeholder: "32",
    hint: "More distinguish more items and take more space.", shows: trains,
  },
  {
    id: "names", label: "Names that are stored already", type: "select",
    choices: [["", "Refuse them"], ["replace", "Replace the items"], ["keep", "Keep the items as they are"]],
    read: (request) => ["replace", "keep"].find((key) => request.options?.names?.[key]) ?? "",
    apply(request, value) {
      request.options ??= {};
      if (value) request.options.names = { [value]: true };
      else delete request.options.names;
    },
  },
];

const denoise = [
  {
    id: "source", label: "What is clean?", type: "select", isMain: true, shows: trains,
    choices: (context) => [
      ["add", "These are clean: add noise, to see how well it is removed"],
      ["other", "Other data are clean; these are noisy"],
      ...(context.kind === "images" ? [["noisy", "Nothing: these are noisy, and there are no clean ones"]] : []),
    ],
    read: (request) => (request.options?.noisyOnly ? "noisy" : request.options?.addNoise || !request.files?.learnFrom ? "add" : "other"),
    apply(request, value) {
      const options = request.options ??= {};
      if (value === "noisy") options.noisyOnly = true;
      else delete options.noisyOnly;
      if (value === "add") options.addNoise = true;
      else if (value === "noisy" || !request.options.addNoise) delete options.addNoise;
      else delete options.addNoise;
    },
  },
  {
    id: "learnFrom", path: ["files", "learnFrom"], label: "Clean data to train on", type: "data", isMain: true, empty: "These data themselves",
    shows: (context) => trains(context) && context.source !== "noisy",
  },
  {
    id: "noise", path: ["options", "noise"], label: "Kind of noise", type: "select", isMain: true,
    choices: (context) => ({
      sounds: [["", "White noise of unknown level"], ["snr:5", "White noise at 5 dB"], ["snr:-5..20", "White noise at -5 to 20 dB"]],
      images: [
        ["", "Gaussian of unknown level"], ["gaussian:0.1", "Gaussian, deviation 0.1"], ["gaussian:0.25", "Gaussian, deviation 0.25"],
        ["poisson:30", "Poisson, as of a dim camera"], ["speckle:0.2", "Speckle, as of radar"],
        ...(context.source === "noisy" ? [] : [["salt-and-pepper:0.05", "Salt and pepper"], ["jpeg:10..60", "JPEG losses"]]),
      ],
    })[context.kind] ?? [["", "Gaussian, 0.3 deviations of a column"]],
    shows: isOf("images", "sounds"), allowsOther: true,
  },
  {
    id: "reference", path: ["options", "reference"], label: "Clean ones of these, to compare with", type: "data", empty: "None",
    shows: (context) => ["images", "sounds"].includes(context.kind) && context.source !== "add",
  },
];

const detect = [
  {
    id: "learnFrom", path: ["files", "learnFrom"], label: "Normal data to train on", type: "data", isMain: true, shows: trains,
    empty: "These data themselves (they may contain anomalies)",
    hint: "Data that you know to be normal give better results.",
  },
  {
    id: "falseAlarms", path: ["options", "falseAlarms"], label: "False-alarm rate", type: "number", isMain: true, min: 0.0001, max: 0.5, step: "any",
    placeholder: "0.01", hint: "The share of normal items that may be reported. You can move it afterwards.",
    shows: (context) => !context.falseDiscoveries,
  },
  {
    id: "labels", path: ["options", "labels"], label: "Column with known anomalies", type: "column", isMain: true, empty: "None",
    hint: "It is left out of training, and the findings are compared with it.", shows: isOf("table", "series"),
  },
  {
    id: "falseDiscoveries", path: ["options", "falseDiscoveries"], label: "False discovery rate", type: "number", min: 0.001, max: 0.9, step: "any",
    hint: "Selects the anomalies together, so that at most this share of them is normal; in place of the false-alarm rate.",
  },
  {
    id: "latent", path: ["options", "latent"], label: "Latent dimensions", type: "number", min: 1, max: 1024, placeholder: "Chosen from the data", shows: trains,
  },
  {
    id: "references", path: ["options", "references"], label: "Rows kept in the model", type: "number", min: 0, max: 1048576, placeholder: "20000",
    hint: "Distances to them are part of the score; 0 keeps no row of your data in the model.", shows: trains,
  },
];

const generate = [
  { id: "count", path: ["options", "count"], label: "How many to make", type: "number", isMain: true, min: 1, max: 1e7, placeholder: "As many as were trained on" },
  {
    id: "conditions", path: ["options", "conditions"], label: "Only with", type: "list", isMain: true,
    placeholder: "sex=Female", hint: "One COLUMN=VALUE a line; of images label=3.", shows: isOf("table", "images"),
  },
  { id: "balance", path: ["options", "balance"], label: "As many of each", type: "column", isMain: true, empty: "As in the data", shows: isOf("table") },
  {
    id: "constraints", path: ["options", "constraints"], label: "Rules that every row satisfies", type: "list", shows: isOf("table"),
    placeholder: "hired <= left", hint: "One a line, such as age >= 18, net + tax = total, unique(seat, day).",
  },
  {
    id: "labels", path: ["options", "labels"], label: "Labels of the images", type: "data", empty: "None", shows: both(trains, isOf("images")),
  },
  {
    id: "modelType", path: ["options", "modelType"], label: "Kind of model", type: "select", shows: both(trains, isOf("table")),
    choices: [["", "Chains of decision trees"], ["vae", "Variational autoencoder"]],
  },
  { id: "evaluateOn", path: ["options", "evaluateOn"], label: "Data to compare with", type: "data", empty: "A part that is held out" },
  { id: "latent", path: ["options", "latent"], label: "Latent dimensions", type: "number", min: 1, max: 1024, placeholder: "Chosen from the data", shows: trains },
];

const impute = [
  {
    id: "intervals", path: ["options", "intervals"], label: "Intervals", type: "select", isMain: true, isNumber: true, fallback: "0.9", shows: isOf("table", "series"),
    choices: [["0.9", "90 % confidence"], ["0.95", "95 % confidence"], ["0.8", "80 % confidence"], ["", "None"]],
    hint: "For each filled cell a range that contains the true value with this confidence.",
  },
  {
    id: "draws", path: ["options", "draws"], label: "Further tables with drawn values", type: "number", min: 1, max: 100, placeholder: "None",
    hint: "For multiple imputation: analyze each, then pool the results.", shows: isOf("table", "series"),
  },
  {
    id: "maskRate", path: ["options", "maskRate"], label: "Share of pixels to delete and fill", type: "number", isMain: true, min: 0.01, max: 0.7, step: "any",
    placeholder: "None", hint: "Shows how well pixels are filled whose value is known.", shows: isOf("images"),
  },
  {
    id: "mask", path: ["options", "mask"], label: "Masks", type: "data", isMain: true, empty: "Transparent pixels are missing",
    hint: "Images that are white where pixels are missing.", shows: isOf("images"),
  },
  { id: "learnFrom", path: ["files", "learnFrom"], label: "Data to train on", type: "data", empty: "These data themselves", shows: trains },
  { id: "members", path: ["options", "members"], label: "Networks", type: "number", min: 1, max: 16, placeholder: "3", shows: both(trains, isOf("table", "series")) },
  {
    id: "noNeighbors", path: ["options", "noNeighbors"], label: "Keep no row of the data in the model", type: "check",
    hint: "Nearest rows then do not help.", shows: both(trains, isOf("table", "series")),
  },
];

const colorize = [
  {
    id: "learnFrom", path: ["files", "learnFrom"], label: "Color images to train on", type: "data", isMain: true, empty: "These images themselves", shows: trains,
  },
  {
    id: "colors", path: ["options", "colors"], label: "Colors", type: "select", isMain: true,
    choices: [["", "Mean: closest to the truth on average, paler"], ["vivid", "Vivid: as colorful as real ones"]],
  },
  { id: "saturation", path: ["options", "saturation"], label: "Saturation", type: "number", min: 0, max: 10, step: "any", placeholder: "1" },
  {
    id: "hints", path: ["options", "hints"], label: "Colors that are known", type: "list", placeholder: "120,80=#b22222",
    isMain: true, hasPicture: true, shows: (context) => (context.count ?? 1) === 1,
    hint: "Choose a color, then click the places that have it. Each is a line COLUMN,ROW=COLOR.",
  },
];

const training = [
  {
    id: "minutes", path: ["training", "minutes"], label: "Training time", type: "select", isMain: true, isNumber: true, shows: trains,
    choices: [["", "Until it is trained"], ["0.25", "At most 15 seconds"], ["1", "At most a minute"], ["5", "At most 5 minutes"], ["15", "At most 15 minutes"], ["60", "At most an hour"]],
    hint: "You can stop at any time and keep the best model so far.", allowsOther: true,
  },
  { id: "seed", path: ["training", "seed"], label: "Seed", type: "number", min: 0, max: 9007199254740991, placeholder: "0", hint: "The same seed gives the same model." },
  { id: "epochs", path: ["training", "epochs"], label: "Epochs at most", type: "number", min: 1, max: 1e6, placeholder: "Chosen from the data", shows: trains },
  { id: "batch", path: ["training", "batch"], label: "Items in a step", type: "number", min: 1, max: 1e6, placeholder: "Chosen from the data", shows: trains },
  { id: "learningRate", path: ["training", "learningRate"], label: "Learning rate", type: "number", min: 1e-9, max: 10, step: "any", placeholder: "Chosen from the data", shows: trains },
  { id: "first", path: ["files", "first"], label: "Only the first items", type: "number", min: 1, max: 1e9, placeholder: "All" },
  {
    id: "save", path: ["files", "save"], label: "Name of the model", type: "text", placeholder: "Named after the run", pattern: "[^\\/\\\\.][^\\/\\\\]*", shows: trains,
  },
  {
    id: "baselines", label: "Compare with baselines", type: "check", shows: trains,
    read: (request) => request.baselines !== false,
    apply(request, value) {
      if (value === false) request.baselines = false;
      else delete request.baselines;
    },
  },
];

export const options = { reduce, features, match, denoise, detect, generate, impute, colorize, training };
