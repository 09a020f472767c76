/**
 * Preloaded into a process whose clock is to be wrong: `Date` is ahead of the machine's by
 * PHO_TEST_DATE_SHIFT_MS. Durations (`performance.now`) stay true, as on a machine with a wrong
 * clock.
 */
const shiftMs = Number(process.env["PHO_TEST_DATE_SHIFT_MS"] ?? "0");
const TrueDate = globalThis.Date;
const now = () => TrueDate.now() + shiftMs;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) => {
    const instance: object = Reflect.construct(
      target,
      args.length === 0 ? [now()] : args,
      newTarget,
    );
    return instance;
  },
  apply: () => new TrueDate(now()).toString(),
  get: (target, property, receiver) =>
    property === "now" ? now : (Reflect.get(target, property, receiver) as unknown),
});
