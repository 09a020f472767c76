import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** File contents by path from the root of a tree. */
export type Files = Readonly<Record<string, string>>;

/**
 * Copies the named entries of our tree into a folder of its own, where offences may be planted.
 * Installed packages are linked, not copied.
 */
export function copyTree(root: string, entries: readonly string[], planted: Files = {}): string {
  const copy = realpathSync(mkdtempSync(path.join(tmpdir(), "pho-chat-planted-")));
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"), "dir");
  for (const entry of entries)
    cpSync(path.join(root, entry), path.join(copy, entry), { recursive: true });
  plant(copy, planted);
  return copy;
}

export function plant(copy: string, files: Files): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    writeFileSync(path.join(copy, file), text);
  }
}

export function removeTree(copy: string): void {
  rmSync(copy, { recursive: true, force: true });
}
