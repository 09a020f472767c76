import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import type { SimulatorRecord } from "./simulator-record.ts";
import { simulatorScriptSchema } from "./simulator-script.ts";
import type { ScriptSource } from "./simulator-script.ts";

/** One request at the simulator and what it may touch. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: SimulatorRecord;
  readonly source: () => ScriptSource;
  readonly setScript: (source: ScriptSource) => void;
};

/**
 * The doors by which another process drives the simulator: GET `/__record` (the calls), POST
 * `/__script` (the default script), `/__hold`, `/__release`, `/__reset`.
 */
export async function answerControl(exchange: Exchange, path: string): Promise<void> {
  const { request, response, record, setScript } = exchange;
  const door = `${request.method ?? ""} ${path}`;
  if (door === "POST /__script") setScript(simulatorScriptSchema.parse(await json(request)));
  else if (door === "POST /__hold") record.hold();
  else if (door === "POST /__release") record.release();
  else if (door === "POST /__reset") {
    setScript({});
    record.reset();
  } else if (door !== "GET /__record") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ calls: record.calls }));
}
