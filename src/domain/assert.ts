/**
 * States what must be true here whatever the outside world does. A failure is a bug of ours, never
 * an expected refusal (those are `DomainError`s).
 * @throws Error with `claim` when `condition` is false.
 */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${claim}`);
}

/** Returns `value`, which cannot be absent here. @throws Error with `claim` when it is. */
export function present<T>(value: T | null | undefined, claim: string): T {
  assert(value !== null && value !== undefined, claim);
  return value;
}

/** Ends an exhaustive switch: does not compile while a case is missing. @throws always. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
