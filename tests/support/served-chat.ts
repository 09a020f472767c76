import { chatJson, type Asker } from "./app-under-test.ts";

/** Asks a served app as its page would, and reads the answer to its end. @returns the stream's text. */
export async function answerOf(url: string, asker: Asker, text: string): Promise<string> {
  const response = await fetch(`${url}/webapi/chat/auto`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json", cookie: asker.cookie },
    body: chatJson({ text }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${String(response.status)}: ${answer}`);
  return answer;
}
