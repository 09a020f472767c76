import { randomBytes } from "node:crypto";
import {
  appendFile,
  chmod,
  chown,
  link,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import {
  chooseServerUser,
  findPostgresBinaries,
  runAs,
  type PostgresBinaries,
  type ServerUser,
} from "./postgres-binaries.ts";

/** The files of one embedded server and as whom it runs. */
export type PostgresCluster = {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly directory: string;
  readonly logFile: string;
  readonly portFile: string;
  readonly settingsFile: string;
  readonly password: string;
  readonly isNew: boolean;
};

export const superuser = "pho";

const logBytesMax = 5_000_000;
const halfMadeAgeMs = 10 * 60_000;

/**
 * Opens the cluster `<dataDir>/postgres`, making it when there is none. A cluster appears under its
 * name only when it is complete: an interrupted start leaves a half-made folder of another name,
 * which the next one removes.
 * @throws Error with a sentence for the person at the terminal.
 */
export async function openCluster(dataDir: string): Promise<PostgresCluster> {
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const directory = join(dataDir, "postgres");
  const binaries = await findPostgresBinaries();
  const user = await chooseServerUser(binaries, directory);
  const isNew = !(await exists(join(directory, "PG_VERSION")));
  if (isNew && (await exists(directory))) {
    throw new Error(
      `${directory} holds something that is not a PostgreSQL data folder: move it away`,
    );
  }
  const password = await readPassword(join(dataDir, "postgres-password"), isNew);
  if (isNew) await createCluster({ binaries, user, dataDir, password });
  else await giveTo(user, directory);
  const logFile = join(dataDir, "postgres.log");
  await prepareLog(logFile, user);
  return {
    binaries,
    user,
    directory,
    logFile,
    portFile: join(dataDir, "postgres-port"),
    settingsFile: join(directory, "pho.conf"),
    password,
    isNew,
  };
}

/**
 * Writes what the server reads at its next start; `postgresql.conf` stays as initdb made it but for
 * one include.
 */
export async function writeServerSettings(
  cluster: PostgresCluster,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  );
  await writeFile(cluster.settingsFile, lines.join(""), { mode: 0o600 });
  await ownBy(cluster.user, cluster.settingsFile);
}

type NewCluster = {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly dataDir: string;
  readonly password: string;
};

async function createCluster(input: NewCluster): Promise<void> {
  await removeHalfMade(input.dataDir);
  const suffix = randomBytes(4).toString("hex");
  const building = join(input.dataDir, `postgres-new-${suffix}`);
  const passwordFile = join(input.dataDir, `postgres-new-${suffix}.password`);
  try {
    await mkdir(building, { mode: 0o700 });
    await ownBy(input.user, building);
    await writeFile(passwordFile, input.password, { mode: 0o600 });
    await ownBy(input.user, passwordFile);
    const made = await runAs(input.user, input.binaries.initdb, [
      `--pgdata=${building}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // PostgreSQL's own locale: sorting is the same on every machine and survives its upgrades.
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
    ]);
    if (made.exitCode !== 0) {
      throw new Error(
        `PostgreSQL could not make its data folder in ${input.dataDir}:\n${made.output.trim()}`,
      );
    }
    await appendFile(join(building, "postgresql.conf"), "\ninclude_if_exists = 'pho.conf'\n");
    await rename(building, join(input.dataDir, "postgres")).catch(async (error: unknown) => {
      // Another starter was faster; with the same password, so its cluster is as good as ours.
      if (!(await exists(join(input.dataDir, "postgres", "PG_VERSION")))) throw error;
    });
  } finally {
    await rm(passwordFile, { force: true });
    await rm(building, { recursive: true, force: true });
  }
}

async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith("postgres-new-")) continue;
    const path = join(dataDir, name);
    const changedAtMs = (await stat(path).catch(() => null))?.mtimeMs ?? 0;
    // A younger one may be in the hands of a starter that is at work right now.
    if (Date.now() - changedAtMs > halfMadeAgeMs) await rm(path, { recursive: true, force: true });
  }
}

async function readPassword(file: string, isNew: boolean): Promise<string> {
  const known = await readFile(file, "utf8").catch(() => null);
  if (known !== null) return known.trim();
  if (!isNew) {
    throw new Error(
      `the database's password file ${file} is gone: put it back, or move the whole folder away to begin anew`,
    );
  }
  const draft = `${file}-${randomBytes(4).toString("hex")}`;
  await writeFile(draft, randomBytes(24).toString("base64url"), { mode: 0o600 });
  // Of several starters at once exactly one gives the name; all read the same.
  await link(draft, file).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  await rm(draft);
  return (await readFile(file, "utf8")).trim();
}

async function prepareLog(logFile: string, user: ServerUser): Promise<void> {
  const bytes = (await stat(logFile).catch(() => null))?.size ?? 0;
  if (bytes > logBytesMax) await rename(logFile, `${logFile}.1`);
  await appendFile(logFile, "");
  await chmod(logFile, 0o600);
  await ownBy(user, logFile);
}

/** A cluster copied or unpacked by root belongs to root, which the server must not be. */
async function giveTo(user: ServerUser, directory: string): Promise<void> {
  if (user.ids === null || (await stat(directory)).uid === user.ids.uid) return;
  await ownBy(user, directory);
  const names = await readdir(directory, { recursive: true });
  for (const name of names) await ownBy(user, join(directory, name));
}

async function ownBy(user: ServerUser, path: string): Promise<void> {
  if (user.ids !== null) await chown(path, user.ids.uid, user.ids.gid);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
