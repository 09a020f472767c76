import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** A check looks at one tree and returns a sentence per offence; an empty list is a pass. */
export type TidyCheck = (root: string) => readonly string[];

const skippedFolders = new Set(["node_modules", ".git", ".next", ".data", ".out"]);

const textFile = /\.(ts|tsx|mjs|cjs|js|json|css|md|sql)$/;

/**
 * Files under `folder` (relative to `root`, "/"-separated, sorted), without what tools generate.
 */
function filesUnder(root: string, folder: string): readonly string[] {
  const start = path.join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true })
    .flatMap((entry) => {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesUnder(root, name);
      return entry.isFile() ? [name] : [];
    })
    .sort();
}

const read = (root: string, file: string) => readFileSync(path.join(root, file), "utf8");

const linesOf = (root: string, file: string) =>
  read(root, file).replace(/\n$/, "").split("\n").length;

const foldersIn = (root: string, folder: string) =>
  existsSync(path.join(root, folder))
    ? readdirSync(path.join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
    : [];

const inFeature =
  /^(README\.md|schema\.ts|router\.ts|store\.ts|store\/[a-z0-9-]+\.ts|ui\/[a-z0-9-/.]+\.(ts|tsx|css)|[a-z0-9-]+\.ts)$/;

/**
 * A feature holds README.md, schema.ts, router.ts, store.ts or store/*.ts, verb files and ui/;
 * nothing else.
 */
export const closedFileSet: TidyCheck = (root) =>
  filesUnder(root, "src/features").flatMap((file) => {
    const [, , feature = "", ...rest] = file.split("/");
    const inside = rest.join("/");
    if (!inFeature.test(inside)) return [`${file}: not in the closed file set of a feature`];
    const hasBothStores =
      inside === "store.ts" && existsSync(path.join(root, `src/features/${feature}/store`));
    return hasBothStores ? [`${file}: a feature has store.ts or store/, not both`] : [];
  });

/** Every feature says what it owns. */
export const featureReadmes: TidyCheck = (root) =>
  foldersIn(root, "src/features").flatMap((feature) => {
    const readme = `src/features/${feature}/README.md`;
    if (!existsSync(path.join(root, readme))) return [`${readme}: missing`];
    return linesOf(root, readme) > 60 ? [`${readme}: longer than 60 lines`] : [];
  });

/** Every feature has its place in the import order (its left neighbours may not be imported). */
export const featuresInOrder: TidyCheck = (root) => {
  const ordered = read(root, ".dependency-cruiser.cjs");
  return foldersIn(root, "src/features")
    .filter((feature) => !ordered.includes(`"${feature}"`))
    .map((feature) => `src/features/${feature}: not in featureOrder of .dependency-cruiser.cjs`);
};

const bannedNames = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "types",
  "service",
  "services",
  "index",
]);

/** Names that say nothing about their content are banned in src, for files and folders. */
export const bannedFileNames: TidyCheck = (root) =>
  filesUnder(root, "src").flatMap((file) => {
    const banned = file.split("/").find((part) => bannedNames.has(part.replace(/\..*$/, "")));
    return banned === undefined ? [] : [`${file}: "${banned}" says nothing; name the content`];
  });

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const nextFolder = /^(\([a-z-]+\)|\[[a-z-]+\]|\[\.\.\.[a-z-]+\]|\[\[\.\.\.[a-z-]+\]\])$/;
const faultTest = /^F\d+[a-z]?-[a-z0-9-]+\.test\.ts$/;
const mutant = /^F\d+-[a-z0-9-]+\.patch$/;

function isWellNamed(file: string): boolean {
  const parts = file.split("/");
  const name = parts.at(-1) ?? "";
  const folders = parts.slice(0, -1);
  const inApp = file.startsWith("src/app/");
  // Named as the collections they are drawn from.
  if (file.startsWith("tests/fixtures/routing-sample/")) return true;
  return (
    folders.every((folder) => kebab.test(folder) || (inApp && nextFolder.test(folder))) &&
    (kebab.test(name) ||
      name === "README.md" ||
      (/^tests\/(faults|e2e)\//.test(file) && faultTest.test(name)) ||
      (file.startsWith("tests/mutants/") && mutant.test(name)))
  );
}

/**
 * Files and folders are kebab-case (Next's own brackets, READMEs and the F<nn> fault tests
 * and their mutants excepted).
 */
export const kebabCaseNames: TidyCheck = (root) =>
  ["src", "drizzle", "tests"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((file) => !isWellNamed(file))
    .map((file) => `${file}: not kebab-case`);

/**
 * No file of ours is longer than 300 lines (generated migrations and message catalogues are data).
 */
export const fileSizes: TidyCheck = (root) =>
  ["src", "drizzle", "tests"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((file) => textFile.test(file) && !file.startsWith("src/messages/"))
    .flatMap((file) => {
      const count = linesOf(root, file);
      return count > 300 ? [`${file}: ${count} lines; at most 300`] : [];
    });

/** Pages and routes only mount what stands elsewhere. */
export const pageSizes: TidyCheck = (root) =>
  filesUnder(root, "src/app")
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const count = linesOf(root, file);
      return count > 60 ? [`${file}: ${count} lines; at most 60 in src/app`] : [];
    });

const leftovers = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`);

/** Work left for later is a task, not a comment. */
export const noLeftovers: TidyCheck = (root) =>
  ["src", "drizzle", "tests", "docs"]
    .flatMap((folder) => filesUnder(root, folder))
    .filter((file) => textFile.test(file) && leftovers.test(read(root, file)))
    .map((file) => `${file}: holds ${leftovers.exec(read(root, file))?.[0] ?? ""}`);

/** Every test runs, always. */
export const noPassedOverTests: TidyCheck = (root) =>
  filesUnder(root, "tests")
    .filter(
      (file) => /\.tsx?$/.test(file) && /\.(only|skip|skipIf|runIf|todo)\(/.test(read(root, file)),
    )
    .map((file) => `${file}: passes over tests`);

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  overrides: z.record(z.string(), z.string()).default({}),
});

/** Versions in package.json are exact: what was tested is what runs. */
export const exactVersions: TidyCheck = (root) => {
  const { dependencies, devDependencies, overrides } = manifest.parse(
    JSON.parse(read(root, "package.json")),
  );
  return Object.entries({ ...dependencies, ...devDependencies, ...overrides })
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} is ${version}, not an exact version`);
};

/** `.env.example` lists exactly the settings `src/server/env.ts` reads. */
export function envExample(root: string, settingNames: readonly string[]): readonly string[] {
  if (!existsSync(path.join(root, ".env.example"))) return [".env.example: missing"];
  const listed = [...read(root, ".env.example").matchAll(/^#?[ ]?([A-Z][A-Z0-9_]+)=/gm)].map(
    ([, name]) => name ?? "",
  );
  return [
    ...settingNames
      .filter((name) => !listed.includes(name))
      .map((name) => `.env.example: ${name} is missing`),
    ...listed
      .filter((name) => !settingNames.includes(name))
      .map((name) => `.env.example: ${name} is no setting`),
    ...listed
      .filter((name, index) => listed.indexOf(name) !== index)
      .map((name) => `.env.example: ${name} stands twice`),
  ];
}

const topLevel = new Set([
  ...[".ci", "docs", "drizzle", "migrations", "src", "tests"],
  ...[
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "drizzle.config.ts",
    "next.config.js",
    "vitest.config.ts",
  ],
  ...["eslint.config.mjs", ".dependency-cruiser.cjs", ".prettierrc.json", ".prettierignore"],
  ...[".env.example", ".gitignore", ".npmrc", "README.md"],
]);

/** The top of the tree is a fixed list. `trackedFiles`: paths as git lists them. */
export function topLevelEntries(trackedFiles: readonly string[]): readonly string[] {
  const present = new Set(trackedFiles.map((file) => file.split("/")[0] ?? ""));
  return [
    ...[...present]
      .filter((name) => !topLevel.has(name))
      .map((name) => `${name}: not an entry of the top level`),
    ...[...topLevel]
      .filter((name) => !present.has(name))
      .map((name) => `${name}: missing from the top level`),
  ];
}
