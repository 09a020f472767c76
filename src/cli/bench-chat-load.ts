import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** One streamed answer to ask for. */
export type StreamCall = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What a stream was like for its reader. */
export type StreamOutcome = {
  /** From sending the request to the first event that holds text. */
  readonly firstTokenMs: number;
  readonly chunks: number;
  /** `performance.now()` when the request was sent. */
  readonly startedAtMs: number;
};

export type Wave = {
  readonly streams: number;
  /** Streams of one reader, one after the other. The first is not counted as a measurement. */
  readonly streamsPerReader: number;
  /** Readers begin evenly spread over this time; 0: all at one instant. */
  readonly spreadMs: number;
  /** The call of a reader, made anew for each stream. */
  readonly callOf: (reader: number) => StreamCall;
};

export type WaveOutcome = {
  /** Of the streams begun while all readers were reading. */
  readonly firstTokensMs: readonly number[];
  readonly chunks: number;
  readonly messages: number;
};

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Keeps `streams` readers reading; each opens its next stream when the last has ended. */
export async function runWave(wave: Wave): Promise<WaveOutcome> {
  const readers = Array.from({ length: wave.streams }, (_, index) => index);
  const outcomes = await Promise.all(
    readers.map(async (reader) => {
      if (wave.spreadMs > 0) await pause((wave.spreadMs * reader) / wave.streams);
      const seen: StreamOutcome[] = [];
      for (let count = 0; count < wave.streamsPerReader; count += 1) {
        seen.push(await readStream(wave.callOf(reader)));
      }
      return seen;
    }),
  );
  const counted = wave.streamsPerReader > 1 ? outcomes.map((seen) => seen.slice(1)) : outcomes;
  return {
    firstTokensMs: counted.flat().map((outcome) => outcome.firstTokenMs),
    chunks: outcomes.flat().reduce((sum, outcome) => sum + outcome.chunks, 0),
    messages: outcomes.flat().length,
  };
}

/** An event with text; the role chunk's text is empty. */
const textEvent = /"content":"(?!")/g;

/** Reads one answer to its end. @throws Error for a refusal or an answer cut short. */
export function readStream(call: StreamCall): Promise<StreamOutcome> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const asking = request(call.url, { method: "POST", headers: call.headers, agent }, (answer) => {
      let firstTokenMs: number | null = null;
      let chunks = 0;
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        const whole = text + piece;
        const end = whole.lastIndexOf("\n\n") + 2;
        const found = end < 2 ? 0 : (whole.slice(0, end).match(textEvent)?.length ?? 0);
        text = end < 2 ? whole : whole.slice(Math.max(end - "data: [DONE]\n\n".length, 0));
        if (found > 0) firstTokenMs ??= performance.now() - startedAtMs;
        chunks += found;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode !== 200 || firstTokenMs === null || !text.includes("[DONE]")) {
          reject(new Error(`${call.url} answered ${answer.statusCode ?? 0}: ${text.slice(-400)}`));
        } else resolve({ firstTokenMs, chunks, startedAtMs });
      });
    });
    asking.on("error", reject);
    asking.end(call.body);
  });
}

/** Lets go of the connections that were kept. */
export function closeConnections(): void {
  agent.destroy();
}
