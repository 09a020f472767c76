import { goldenStreams, type GoldenWire } from "./golden-streams.ts";

/** A golden stream that was spoilt, and what a person gets of it. */
export type MalformedStream = {
  readonly name: string;
  /** In base64: it need not be text. */
  readonly body: string;
  readonly becomes: "the answer" | "a part" | "an error";
};

const MEBIBYTE = 1_048_576;

/** The whole body, event by event, each with its blank line. */
const eventsOf = (body: string) => body.split(/(?<=\n\n)/);

export function malformedStreams(wire: GoldenWire): readonly MalformedStream[] {
  const { body } = goldenStreams[wire];
  const events = eventsOf(body);
  const whole = (name: string, spoilt: string | Buffer) => stream(name, spoilt, "the answer");
  /** Put between the second word and the third. */
  const between = (text: string) => body.replace(third(events), (event) => text + event);
  return [
    whole("as agreed", body),
    whole("lines that end in CRLF", body.replaceAll("\n", "\r\n")),
    whole("comments between and before events", `: hello\n\n${between(": still here\n\n")}`),
    whole("a comment of 1 MB", between(`: ${"x".repeat(MEBIBYTE)}\n\n`)),
    whole("unknown fields of the protocol", between("retry: 3000\nid: 7\n\n")),
    whole("no blank after the colon", body.replaceAll("data: ", "data:")),
    whole("a blank line too many", between("\n\n\n")),
    ...(wire === "anthropic" ? ofAnthropic(body, between) : ofOpenAi(body, between)),
    stream("cut in the middle of an event", cutAt(body, third(events), 20), "a part"),
    stream("cut in the middle of a letter", cutInLetter(body), "a part"),
    stream("an event that is no JSON", between(bad(wire, "{not json")), "a part"),
    stream("nothing", "", "an error"),
    stream("a page of HTML", "<html><body>Bad gateway</body></html>", "an error"),
    stream("blank lines only", "\n\n\n\n", "an error"),
    stream("a first event that is no JSON", bad(wire, "{not json"), "an error"),
  ];
}

function ofOpenAi(body: string, between: (text: string) => string): MalformedStream[] {
  const unknown = JSON.stringify({ object: "unheard.of", choices: [], news: ["much"] });
  const line = JSON.stringify({ choices: [], padding: "x".repeat(MEBIBYTE) });
  const twice = body.replace("data: [DONE]\n\n", "data: [DONE]\n\ndata: [DONE]\n\n");
  return [
    stream("an unknown event", between(`data: ${unknown}\n\n`), "the answer"),
    stream("a line of 1 MB", between(`data: ${line}\n\n`), "the answer"),
    stream("the end said twice", twice, "the answer"),
    stream("the end not said", body.replace("data: [DONE]\n\n", ""), "the answer"),
    stream("events after the end", `${body}data: ${unknown}\n\n`, "the answer"),
    stream(
      "an event over two lines",
      body.replaceAll(',"choices"', ',\ndata: "choices"'),
      "the answer",
    ),
  ];
}

function ofAnthropic(body: string, between: (text: string) => string): MalformedStream[] {
  const event = (type: string, rest: object = {}) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const stop = event("message_stop");
  return [
    stream("an unknown event", between(event("unheard_of", { news: ["much"] })), "the answer"),
    stream(
      "a line of 1 MB",
      between(event("ping", { padding: "x".repeat(MEBIBYTE) })),
      "the answer",
    ),
    stream("the end said twice", `${body}${stop}`, "the answer"),
    stream("the end not said", body.replace(stop, ""), "the answer"),
    stream("events after the end", `${body}${event("ping")}`, "the answer"),
    stream(
      "an event over two lines",
      body.replaceAll(',"delta"', ',\ndata: "delta"'),
      "the answer",
    ),
  ];
}

const bad = (wire: GoldenWire, json: string) =>
  wire === "anthropic" ? `event: content_block_delta\ndata: ${json}\n\n` : `data: ${json}\n\n`;

function stream(
  name: string,
  body: string | Buffer,
  becomes: MalformedStream["becomes"],
): MalformedStream {
  return {
    name,
    body: (typeof body === "string" ? Buffer.from(body) : body).toString("base64"),
    becomes,
  };
}

/** The event that holds the third word. */
function third(events: readonly string[]): string {
  const found = events.find((event) => event.includes("trời"));
  if (found === undefined) throw new Error("the golden stream has lost its third word");
  return found;
}

const cutAt = (body: string, event: string, characters: number) =>
  body.slice(0, body.indexOf(event) + characters);

/** Up to the second of the bytes of the noodle bowl. */
function cutInLetter(body: string): Buffer {
  const bytes = Buffer.from(body, "utf8");
  return bytes.subarray(0, bytes.indexOf("🍜") + 2);
}
