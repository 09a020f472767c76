import { describe, expect, it } from "vitest";
import { closingState } from "@/domain/ledger/reservation-states.ts";

describe("a hold whose work ends", () => {
  it.each([
    ["settled", "dispatched, ended by its turn", true, false],
    ["settled", "dispatched, found by recovery", true, true],
    ["released", "not dispatched, ended by its turn", false, false],
    ["expired", "not dispatched, found by recovery", false, true],
  ])("becomes %s: %s", (state, _name, isDispatched, isRecovery) => {
    expect(closingState({ isDispatched, isRecovery })).toBe(state);
  });
});
