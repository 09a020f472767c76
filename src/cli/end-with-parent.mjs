import process from "node:process";

/**
 * Loaded into the web server before everything else: ends it when the process that started it is
 * killed; otherwise it would keep the port.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
