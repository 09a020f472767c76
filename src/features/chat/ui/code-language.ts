const highlighted = new Set([
  ...[
    "bash",
    "c",
    "cpp",
    "csharp",
    "css",
    "dart",
    "diff",
    "docker",
    "go",
    "graphql",
    "ini",
    "java",
    "javascript",
  ],
  ...[
    "json",
    "jsx",
    "kotlin",
    "latex",
    "lua",
    "makefile",
    "markdown",
    "markup",
    "php",
    "powershell",
    "python",
    "r",
  ],
  ...["ruby", "rust", "scala", "scss", "sql", "swift", "toml", "tsx", "typescript", "yaml"],
]);

const aliases: Record<string, string> = {
  "c++": "cpp",
  cs: "csharp",
  dockerfile: "docker",
  golang: "go",
  html: "markup",
  js: "javascript",
  kt: "kotlin",
  md: "markdown",
  mjs: "javascript",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  svg: "markup",
  tex: "latex",
  ts: "typescript",
  vue: "markup",
  xml: "markup",
  yml: "yaml",
  zsh: "bash",
};

/**
 * The language to colour a code block by, from what the model wrote behind the fence; `null`: shown
 * plain.
 */
export function codeLanguage(info: string | undefined): string | null {
  const name = /^[^\s{,:]*/.exec((info ?? "").trim().toLowerCase())?.[0] ?? "";
  const language = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  return highlighted.has(language) ? language : null;
}
