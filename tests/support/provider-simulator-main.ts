import { startProviderSimulator } from "./provider-simulator.ts";

/**
 * The simulator as a process of its own: `tsx tests/support/provider-simulator-main.ts [port]`
 * prints one line of JSON with its addresses and serves until SIGTERM or SIGINT. Its record is at
 * GET /__record.
 */
const simulator = await startProviderSimulator(Number(process.argv[2] ?? 0));
const { url, openAiBaseUrl, geminiBaseUrl, anthropicBaseUrl } = simulator;
process.stdout.write(
  `${JSON.stringify({ url, openAiBaseUrl, geminiBaseUrl, anthropicBaseUrl, pid: process.pid })}\n`,
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void simulator.stop().then(() => process.exit(0));
  });
}
