/**
 * The turns this process is answering now, with their readers. The provider is aborted when the
 * reader that started the turn is gone and no other reader on this process waits for it; followers
 * elsewhere then get the partial answer.
 */
type LiveTurn = {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  readers: number;
};

/** On the process, not in the module: Next loads this file once per bundle. */
declare global {
  var phoChatLiveTurns: Map<string, LiveTurn> | undefined;
}

const live = (globalThis.phoChatLiveTurns ??= new Map<string, LiveTurn>());

const keyOf = (orgId: string, turnId: string) => `${orgId}/${turnId}`;

/**
 * Prepares a turn this process is about to claim. Others that ask for the same id at once prepare
 * theirs too, so nobody sees it before it is admitted.
 * @returns its abort signal; `admit` makes it known with the reader that started it; `end` ends it.
 */
export function openLiveTurn(
  orgId: string,
  turnId: string,
): {
  readonly signal: AbortSignal;
  readonly admit: (readerSignal: AbortSignal) => void;
  readonly end: () => void;
} {
  const key = keyOf(orgId, turnId);
  const ending = new AbortController();
  const turn: LiveTurn = {
    abort: new AbortController(),
    ended: new Promise<void>((resolve) => {
      ending.signal.addEventListener("abort", () => resolve(), { once: true });
    }),
    readers: 0,
  };
  return {
    signal: turn.abort.signal,
    admit: (readerSignal) => {
      live.set(key, turn);
      void attachReader(orgId, turnId, readerSignal);
    },
    end: () => {
      if (live.get(key) === turn) live.delete(key);
      ending.abort();
    },
  };
}

/**
 * Counts a reader in until `readerSignal` aborts (it went away) or the turn ends. The last one to
 * leave aborts the provider.
 * @returns a promise of the turn's end, or null when this process is not answering it.
 */
export function attachReader(
  orgId: string,
  turnId: string,
  readerSignal: AbortSignal,
): Promise<void> | null {
  const turn = live.get(keyOf(orgId, turnId));
  if (turn === undefined) return null;
  turn.readers += 1;
  const leave = () => {
    turn.readers -= 1;
    if (turn.readers === 0) turn.abort.abort();
  };
  if (readerSignal.aborted) leave();
  else readerSignal.addEventListener("abort", leave, { once: true });
  void turn.ended.then(() => readerSignal.removeEventListener("abort", leave));
  return turn.ended;
}

/** Turns this process is answering now. */
export function liveTurnCount(): number {
  return live.size;
}

/**
 * Stops every answer of this process, as if its readers had gone: each is settled as interrupted.
 * @returns when all of them have ended.
 */
export async function abortAllTurns(): Promise<void> {
  const turns = [...live.values()];
  for (const turn of turns) turn.abort.abort();
  await Promise.all(turns.map((turn) => turn.ended));
}
