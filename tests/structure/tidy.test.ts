import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { settingNames } from "@/server/env.ts";
import { catalogueOffences, flatten, placeholdersOf, readCatalogue } from "./catalogue-rules.ts";
import * as tidy from "./tidy-rules.ts";

const root = path.resolve(import.meta.dirname, "../..");

const trackedFiles = () =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((line) => line !== "");

describe("the tree", () => {
  it.each([
    ["keeps the closed file set of a feature", tidy.closedFileSet],
    ["has a README of at most 60 lines in every feature", tidy.featureReadmes],
    ["gives every feature its place in the import order", tidy.featuresInOrder],
    ["has no file or folder with an empty name", tidy.bannedFileNames],
    ["names files and folders in kebab-case", tidy.kebabCaseNames],
    ["has no file of more than 300 lines", tidy.fileSizes],
    ["has no page or route of more than 60 lines", tidy.pageSizes],
    ["leaves no notes for later", tidy.noLeftovers],
    ["runs every test", tidy.noPassedOverTests],
    ["pins every version", tidy.exactVersions],
  ])("%s", (_rule, check) => {
    expect(check(root)).toEqual([]);
  });

  it("lists exactly our settings in .env.example", () => {
    expect(tidy.envExample(root, settingNames)).toEqual([]);
  });

  it("has exactly the fixed entries at its top level", () => {
    expect(tidy.topLevelEntries(trackedFiles())).toEqual([]);
  });
});

describe("the message catalogues", () => {
  it("have the same keys and placeholders in Vietnamese and English, and no empty text", () => {
    expect(catalogueOffences(readCatalogue(root, "vi"), readCatalogue(root, "en"))).toEqual([]);
  });

  it.each([
    ["Xin chào", []],
    ["{name} còn {amount, number} ₫", ["amount", "name"]],
    ["{count, plural, one {# message of {owner}} other {# messages}}", ["count", "owner"]],
    ["Read <link>this {what}</link>", ["<link>", "what"]],
    ["'{'literal'}' {real}", ["real"]],
  ])("name the placeholders of %j", (message, names) => {
    expect([...placeholdersOf(message)].sort()).toEqual(names);
  });

  it.each([
    [
      { a: "x" },
      { b: "x" },
      ["a: stands in one catalogue only", "b: stands in one catalogue only"],
    ],
    [{ a: { b: "{n} tin" } }, { a: { b: "{m} messages" } }, ["a.b: placeholders differ (n / m)"]],
    [{ a: " " }, { a: "x" }, ["a: empty"]],
    [{ a: "{n} tin" }, { a: "{n, plural, one {# message} other {# messages}}" }, []],
  ])("are compared: %j with %j", (left, right, offences) => {
    expect(catalogueOffences(flatten(left), flatten(right))).toEqual(offences);
  });
});
