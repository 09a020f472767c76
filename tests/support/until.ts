/**
 * Asks again, with a breath between, until `probe` gives something other than false, null or
 * undefined. @throws Error with the last answer after `withinMs`.
 */
export async function until<T>(
  probe: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<NonNullable<T>> {
  const endsAt = Date.now() + withinMs;
  for (;;) {
    const found = await probe();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > endsAt) throw new Error(`not met within ${withinMs} ms: ${String(probe)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
