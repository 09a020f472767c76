import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { isAlive } from "@/server/db/postgres-lock.ts";
import { templateVariable } from "./test-database.ts";
import { until } from "./until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Inside the tree, so that packages are found from there. */
const out = join(root, "tests/.out");

export type AppBundle = { readonly main: string; readonly preload: string };

/**
 * The product's doors and the crash points as two plain scripts, made once per run of the tests: an
 * instance that is killed and started again and again should not be translated each time.
 */
export async function appBundle(): Promise<AppBundle> {
  // The template's name holds the runner's process and the time it began.
  const folder = join(
    out,
    `app-${(process.env[templateVariable] ?? "").split("_").slice(2).join("-")}`,
  );
  const bundle = { main: join(folder, "main.mjs"), preload: join(folder, "preload.mjs") };
  if (existsSync(bundle.main)) return bundle;
  await mkdir(out, { recursive: true });
  const isOurs = await mkdir(`${folder}-making`).then(
    () => true,
    () => false,
  );
  if (isOurs) {
    await removeAbandoned();
    await make(`${folder}-making`);
    await rename(`${folder}-making`, folder);
  } else await until(() => existsSync(bundle.main), 60_000);
  return bundle;
}

async function make(outDir: string): Promise<void> {
  await build({
    ...{ root, configFile: false, logLevel: "error" },
    resolve: {
      alias: [
        { find: /^@drizzle\//, replacement: `${join(root, "drizzle")}/` },
        { find: /^@\//, replacement: `${join(root, "src")}/` },
      ],
    },
    ssr: { external: true },
    build: {
      ...{ ssr: true, outDir, emptyOutDir: false, minify: false, target: "node20" },
      rollupOptions: {
        input: {
          main: join(root, "tests/support/http-door-main.ts"),
          preload: join(root, "tests/support/crash-preload.ts"),
        },
        output: { entryFileNames: "[name].mjs" },
      },
    },
  });
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(out)) {
    const owner = Number(/^app-(\d+)-/.exec(name)?.[1]);
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    await rm(join(out, name), { recursive: true, force: true });
  }
}
