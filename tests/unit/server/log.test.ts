import { DrizzleQueryError } from "drizzle-orm/errors";
import { expect, it } from "vitest";
import { errorForLog } from "@/server/log.ts";

it("logs of a failed statement what failed and where, never the texts it carried", () => {
  const cause = Object.assign(new Error("duplicate"), { code: "23505" });
  const failed = new DrizzleQueryError("insert into payments values ($1)", ["NGUYEN VAN A"], cause);
  const logged = JSON.stringify(errorForLog(failed));
  expect(logged).not.toContain("NGUYEN VAN A");
  expect(logged).not.toContain("insert into");
  expect(logged).toContain("23505");
  expect(logged).toContain("log.test.ts");
});

it("logs other errors whole, with what caused them", () => {
  const error = new Error("the mail server said no", { cause: new Error("timeout") });
  expect(JSON.stringify(errorForLog(error))).toContain("the mail server said no: timeout");
});
