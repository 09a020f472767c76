import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type OldDoor = {
  readonly url: string;
  readonly stop: () => Promise<void>;
};

/**
 * The chat door of an earlier commit as a process of its own, from that commit's files with our
 * packages. @returns null where the history does not hold the commit.
 */
export async function startDoorOf(
  commit: string,
  settings: Readonly<Record<string, string>>,
): Promise<OldDoor | null> {
  const tree = await mkdtemp(join(tmpdir(), "pho-previous-"));
  const isUnpacked = await run("sh", ["-c", `git archive ${commit} | tar -x -C "${tree}"`])
    .then(() => run("test", ["-f", join(tree, "package.json")]))
    .then(
      () => true,
      () => false,
    );
  if (!isUnpacked) {
    await rm(tree, { recursive: true, force: true });
    return null;
  }
  await symlink(resolve("node_modules"), join(tree, "node_modules"));
  const child = spawn(process.execPath, ["--import", "tsx", "tests/support/http-door-main.ts"], {
    cwd: tree,
    env: { ...process.env, ...settings },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = (await Promise.race([
    once(child.stdout, "data"),
    ended.then(() => ["the earlier release did not start"]),
  ])) as [Buffer | string];
  return {
    url: line.toString().trim(),
    stop: async () => {
      child.stdin.end();
      await ended;
      await rm(tree, { recursive: true, force: true });
    },
  };
}
