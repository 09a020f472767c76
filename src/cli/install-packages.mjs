import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { runCommand, StepFailure } from "./steps.mjs";

const marker = "node_modules/.pho-installed";

export const installAdvice =
  "check that the npm registry can be reached and that the disk has 2 GB free, then try again; " +
  "`npm ci` by itself shows more";

/**
 * Brings node_modules to package-lock.json, and does nothing when it is there already.
 * @param {{ isVerbose: boolean, signal?: AbortSignal }} options
 * @returns {Promise<string>} what was done
 */
export async function installPackages({ isVerbose, signal }) {
  const lock = await readFile("package-lock.json", "utf8");
  const wanted = fingerprint(lock);
  const installed = await readFile(marker, "utf8").catch(() => "");
  if (installed === wanted && (await agrees(lock))) return "unchanged";
  const isThereAlready = await agrees(lock);
  if (!isThereAlready) {
    const [command, ...first] = npmCommand();
    // Building needs the development packages, whatever NODE_ENV says.
    const parameters = [
      ...first,
      "ci",
      "--include=dev",
      "--include=optional",
      "--no-audit",
      "--no-fund",
    ];
    const outcome = await runCommand(command, parameters, { isVerbose, signal });
    if (outcome.exitCode !== 0) {
      throw new StepFailure("npm could not install the packages", {
        advice: installAdvice,
        output: outcome.output,
      });
    }
  }
  await writeFile(marker, wanted);
  return isThereAlready ? "unchanged" : "installed";
}

/** The same lock means other files on another platform. @param {string} lock */
function fingerprint(lock) {
  return createHash("sha256").update(`${process.platform} ${process.arch}\n${lock}`).digest("hex");
}

/**
 * Whether npm's own record of its last complete install says what the lock says. npm writes it
 * last, so an interrupted install leaves none.
 * @param {string} lock
 */
async function agrees(lock) {
  const record = await readFile("node_modules/.package-lock.json", "utf8").catch(() => null);
  if (record === null) return false;
  const { packages: present } = JSON.parse(record);
  const { packages: wanted } = JSON.parse(lock);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = present[path];
    if (found === undefined)
      return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

/** The npm that started us, else the one beside node. @returns {[string, ...string[]]} */
function npmCommand() {
  const npm = process.env.npm_execpath;
  if (npm !== undefined && /npm-cli\.c?js$/.test(npm)) return [process.execPath, npm];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}
