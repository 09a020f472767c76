/**
 * What our door is measured against: the least a Next route can do with a provider's stream, which
 * is to pass it on as it comes.
 */
export async function POST(request) {
  const upstream = await fetch(`${process.env.SIMULATOR_URL}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer none", "content-type": "application/json" },
    body: await request.text(),
    signal: request.signal,
  });
  return new globalThis.Response(upstream.body, {
    status: upstream.status,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" },
  });
}
