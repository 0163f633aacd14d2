// The layers of ARCHITECTURE.md, highest first. A folder may import itself and anything in a lower row;
// folders of one row do not see each other.
const layers = [
  ["cli"],
  ["serve"],
  ["workflows"],
  ["tasks", "retrieval", "export", "pictures"],
  ["training", "generation"],
  ["objectives", "data", "metrics"],
  ["models"],
  ["nn"],
  ["engine/autodiff", "engine/rewrites", "engine/runtimes", "hub"],
  ["engine/ops"],
  ["engine/graph", "tokenizers"],
  ["formats"],
  ["base"],
];

const walls = layers.flatMap((row, i) => {
  const above = layers.slice(0, i).flat();
  return row
    .map((folder) => ({
      name: `layer-${folder.replace("/", "-")}`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(${[...above, ...row.filter((other) => other !== folder)].join("|")})/` },
    }))
    .filter((rule) => !rule.to.path.includes("()"));
});

module.exports = {
  forbidden: [
    ...walls,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "models-apart",
      comment: "models never import each other; what they share is a layer in nn/",
      severity: "error",
      from: { path: "^src/models/([^/]+)\\.ts$", pathNot: "^src/models/(index|weights|[^/]+\\.test)\\.ts$" },
      to: {
        path: "^src/models/",
        pathNot:
          "^src/models/(model|head|inputs|decoder|encoder|encoder-decoder|side|changed-outputs|key-value-cache|causal|bert-decoder|[^/]+-layout|names|config|recurrent-config|weights)\\.ts$",
      },
    },
    {
      name: "node-only-in-named-files",
      comment: "the rest must run in a browser",
      severity: "error",
      from: {
        path: "^src/",
        pathNot: [
          "^src/(cli|serve|workflows|hub)/",
          "/(files|node|worker|onnxruntime-node)[^/]*\\.ts$",
          "\\.test\\.ts$",
        ],
      },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
  },
};
