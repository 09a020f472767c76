import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Next's packages are those of the whole project: the app is built in tests/.out/plain-app. */
const root = dirname(fileURLToPath(new URL("../../", import.meta.url)));

/** @type {import("next").NextConfig} */
const config = { poweredByHeader: false, turbopack: { root }, outputFileTracingRoot: root };

export default config;
