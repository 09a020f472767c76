/** How much and how long a reader may leave unread. */
export type WireLimits = {
  /** From here on the writer is asked to wait. */
  readonly pauseBytes: number;
  /** From here on the reader is given up: the writer did not or could not wait. */
  readonly cutBytes: number;
  /** A reader that takes nothing of what waits for this long is given up. */
  readonly stallMs: number;
};

export const wireLimits: WireLimits = {
  pauseBytes: 256 * 1024,
  cutBytes: 1024 * 1024,
  stallMs: 30_000,
};

/** At most this much is handed on at once, so that what lies in the socket's buffer stays small. */
const PIECE_BYTES = 64 * 1024;

export type Wire = {
  readonly body: ReadableStream<Uint8Array>;
  /** Aborted when the reader went away or was given up. */
  readonly gone: AbortSignal;
  /** Promises when there is room again, if there is none now. After `gone` it does nothing. */
  readonly write: (text: string) => Promise<void> | undefined;
  /** Ends the body after what was written. */
  readonly close: () => void;
};

const encoder = new TextEncoder();

/**
 * The byte stream under a streamed answer. Bytes are handed on only as they are asked for, so what
 * a slow reader has not read is counted exactly, and bounded.
 */
export function openWire(requestSignal: AbortSignal, limits: WireLimits = wireLimits): Wire {
  const state = new WireState(limits);
  const leave = () => {
    state.giveUp();
  };
  if (requestSignal.aborted) leave();
  else requestSignal.addEventListener("abort", leave, { once: true });
  return {
    body: state.body,
    gone: state.gone.signal,
    write: (text) => state.write(encoder.encode(text)),
    close: () => {
      requestSignal.removeEventListener("abort", leave);
      state.close();
    },
  };
}

class WireState {
  readonly body: ReadableStream<Uint8Array>;
  readonly gone = new AbortController();
  readonly #limits: WireLimits;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #isClosing = false;
  /** Set while the reader waits for more. */
  #giveNext: (() => void) | null = null;
  /** Set while the writer waits for room. */
  #makeRoom: (() => void) | null = null;
  #room: Promise<void> | undefined;
  #stall: NodeJS.Timeout | null = null;

  constructor(limits: WireLimits) {
    this.#limits = limits;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#controller = null;
          this.giveUp();
        },
      },
      { highWaterMark: 0 },
    );
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#controller === null || this.#isClosing) return undefined;
    if (this.#giveNext !== null) {
      this.#controller.enqueue(bytes);
      this.#wakeReader();
      return undefined;
    }
    this.#unread.push(bytes);
    this.#unreadBytes += bytes.byteLength;
    if (this.#unreadBytes > this.#limits.cutBytes) {
      this.giveUp();
      return undefined;
    }
    this.#stall ??= setTimeout(() => this.giveUp(), this.#limits.stallMs);
    if (this.#unreadBytes <= this.#limits.pauseBytes) return undefined;
    this.#room ??= new Promise((resolve) => {
      this.#makeRoom = resolve;
    });
    return this.#room;
  }

  close(): void {
    if (this.#controller === null || this.#isClosing) return;
    this.#isClosing = true;
    if (this.#unread.length === 0) this.#end();
  }

  /** The reader is gone, or is taken for gone: nothing is kept for it any more. */
  giveUp(): void {
    this.#controller?.error(new Error("the reader did not read"));
    this.#forget();
    this.gone.abort();
  }

  #pull(): Promise<void> | undefined {
    if (this.#controller === null) return undefined;
    if (this.#unread.length === 0) {
      return new Promise((resolve) => {
        this.#giveNext = resolve;
      });
    }
    this.#controller.enqueue(this.#takePiece());
    if (this.#unread.length > 0) this.#stall?.refresh();
    else if (this.#isClosing) this.#end();
    else this.#stopStall();
    if (this.#unreadBytes <= this.#limits.pauseBytes) this.#wakeWriter();
    return undefined;
  }

  #takePiece(): Uint8Array {
    let count = 0;
    let bytes = 0;
    for (const chunk of this.#unread) {
      if (count > 0 && bytes + chunk.byteLength > PIECE_BYTES) break;
      count += 1;
      bytes += chunk.byteLength;
    }
    const taken = this.#unread.splice(0, count);
    this.#unreadBytes -= bytes;
    return taken.length === 1 ? (taken[0] ?? new Uint8Array()) : Buffer.concat(taken);
  }

  #end(): void {
    this.#controller?.close();
    this.#forget();
  }

  #forget(): void {
    this.#controller = null;
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#stopStall();
    this.#wakeReader();
    this.#wakeWriter();
  }

  #stopStall(): void {
    if (this.#stall !== null) clearTimeout(this.#stall);
    this.#stall = null;
  }

  #wakeReader(): void {
    this.#giveNext?.();
    this.#giveNext = null;
  }

  #wakeWriter(): void {
    this.#makeRoom?.();
    this.#makeRoom = null;
    this.#room = undefined;
  }
}
