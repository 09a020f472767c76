import { describe, expect, it } from "vitest";
import { createFormulaBounds, formulaAt, formulaToken } from "@/features/chat/ui/formula-rules.ts";
import {
  escapeHtml,
  imageHtml,
  isTooHeavyToFormat,
  linkHtml,
  safeHref,
} from "@/features/chat/ui/markdown-rules.ts";

describe("safeHref", () => {
  it.each([
    ["https://vi.wikipedia.org/wiki/Phở", "https://vi.wikipedia.org/wiki/Ph%E1%BB%9F"],
    ["HTTP://EXAMPLE.COM", "http://example.com/"],
    ["mailto:a@example.com", "mailto:a@example.com"],
  ])("opens %s", (href, safe) => {
    expect(safeHref(href)).toBe(safe);
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    "javascript&#58;alert(1)",
    "javascript&colon;alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "ftp://example.com",
    "//example.com",
    "/settings",
    "../x",
    "#top",
    "",
    "https://example.com@evil.example",
    "https://user:pass@evil.example",
    "view-source:https://example.com",
    "intent://x#Intent;scheme=http;end",
  ])("does not open %j", (href) => {
    expect(safeHref(href)).toBeNull();
  });
});

describe("linkHtml", () => {
  it("opens apart, without a referrer or an endorsement", () => {
    expect(linkHtml("https://a.example/?q=1&b=2", "chữ")).toBe(
      '<a href="https://a.example/?q=1&amp;b=2" title="https://a.example/?q=1&amp;b=2" target="_blank" ' +
        'rel="noopener noreferrer nofollow">chữ</a>',
    );
  });

  it("lets no quote out of the address", () => {
    expect(linkHtml('https://a.example/"onmouseover="alert(1)', "x")).not.toContain('"onmouseover');
  });

  it("keeps the label of a link it does not open", () => {
    expect(linkHtml("javascript:alert(1)", "<em>x</em>")).toBe("<em>x</em>");
  });
});

describe("imageHtml", () => {
  it("shows description and address and loads nothing", () => {
    const html = imageHtml("https://evil.example/?q=secret", 'a "b" <img src=x>');
    expect(html).toContain("a &quot;b&quot; &lt;img src=x&gt; (<a href=");
    expect(html).not.toContain("<img");
  });

  it.each(["data:image/svg+xml,<svg onload=alert(1)>", "javascript:alert(1)", "/api/x.png"])(
    "drops %j",
    (href) => {
      expect(imageHtml(href, "mô tả")).toBe("mô tả");
    },
  );
});

describe("escapeHtml", () => {
  it("leaves no markup", () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;",
    );
  });
});

describe("isTooHeavyToFormat", () => {
  const prose =
    "Ánh sáng **xanh** bị tán xạ mạnh hơn [nguồn](https://a.example) theo `1/λ⁴`.\n\n".repeat(200);

  it("formats what a model really writes", () => {
    const code = `\`\`\`js\n${"a[i] = b[i] * c[i]; // <x> &&\n".repeat(900)}\`\`\`\n`;
    const table = `| a | b |\n|---|---|\n${"| **x** | `y` |\n".repeat(120)}`;
    const list = "- **Mục**: mô tả *ngắn* với `mã`\n".repeat(300);
    for (const text of [prose, code, table, list, prose + code])
      expect(isTooHeavyToFormat(text)).toBe(false);
  });

  it.each([
    ["stars", "*a ".repeat(10_000)],
    ["underscores", "_a __a ".repeat(4_000)],
    ["open links", "[a](".repeat(1_000)],
    ["open pictures", "![a](".repeat(1_000)],
    ["brackets", "[".repeat(5_000)],
    ["quotes", ">".repeat(4_000)],
    ["lists in lists on one line", "1. ".repeat(4_000)],
    ["spaced quotes", "> ".repeat(4_000)],
    ["stars behind a false fence", `\`\`\`a\`b\n${"*a ".repeat(10_000)}`],
    ["numbered lines of one paragraph", "a\n" + "2. *a *b *c\n".repeat(3_000)],
    ["length", "a ".repeat(60_000)],
  ])("shows %s as text", (_name, text) => {
    expect(isTooHeavyToFormat(text)).toBe(true);
  });

  it("decides in milliseconds on any text", () => {
    const startedAtMs = performance.now();
    for (const piece of ["*", "[", ">", "`", "- ", "\n", " ", "~~~\n", "1. ", "$", "\t"]) {
      isTooHeavyToFormat(piece.repeat(Math.floor(99_000 / piece.length)));
    }
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});

describe("formulaAt", () => {
  it.each([
    ["$x^2$ rồi", { raw: "$x^2$", text: "x^2", isDisplay: false }],
    ["$$\nE=mc^2\n$$", { raw: "$$\nE=mc^2\n$$", text: "E=mc^2", isDisplay: true }],
    ["\\(a\\) b", { raw: "\\(a\\)", text: "a", isDisplay: false }],
    ["\\[a\nb\\]", { raw: "\\[a\nb\\]", text: "a\nb", isDisplay: true }],
  ])("finds %j", (source, formula) => {
    expect(formulaAt(source)).toEqual(formula);
  });

  it.each(["$5 and $10", "$ x$", "$x $", "$x$5", "$x\ny$", "$$", "$$$$", "\\(", "a$x$"])(
    "takes %j for text",
    (source) => {
      expect(formulaAt(source)).toBeNull();
    },
  );

  it("takes a formula for a block only when it stands alone", () => {
    expect(formulaToken("block", "$$a$$\nb")).toMatchObject({ raw: "$$a$$" });
    expect(formulaToken("block", "$$a$$ b")).toBeUndefined();
    expect(formulaToken("inline", "$$a$$ b")).toMatchObject({ displayMode: true });
  });
});

describe("createFormulaBounds", () => {
  const clock = (stepMs: number) => {
    let nowMs = 0;
    return () => (nowMs += stepMs);
  };

  it("draws a formula once", () => {
    let drawings = 0;
    const bounds = createFormulaBounds(clock(1));
    const render = (): string => `<b>${String((drawings += 1))}</b>`;
    expect([bounds.draw("k", "x", render), bounds.draw("k", "x", render)]).toEqual([
      "<b>1</b>",
      "<b>1</b>",
    ]);
  });

  it("shows the text when drawing fails or grows too large", () => {
    const bounds = createFormulaBounds(clock(1));
    const fail = (): string => {
      throw new RangeError("too deep");
    };
    expect(bounds.draw("a", "<x>", fail)).toBe("$&lt;x&gt;$");
    expect(bounds.draw("b", "y", () => "x".repeat(110_000))).toBe("$y$");
  });

  it("shows the text of the formulas past what one rendering may hold", () => {
    const bounds = createFormulaBounds(clock(0));
    const draw = (key: string): string => bounds.draw(key, key, () => "x".repeat(90_000));
    expect(["a", "b", "c", "d", "e", "f", "g"].map((key) => draw(key).length)).toEqual([
      ...Array(6).fill(90_000),
      3,
    ]);
    bounds.restart();
    expect(draw("g")).toHaveLength(90_000);
  });

  it("stops drawing when the time of one rendering is spent, and goes on at the next", () => {
    const bounds = createFormulaBounds(clock(40));
    const draw = (key: string): string => bounds.draw(key, key, () => "drawn");
    expect([draw("a"), draw("b"), draw("c")]).toEqual(["drawn", "drawn", "$c$"]);
    bounds.restart();
    expect(draw("c")).toBe("drawn");
  });
});
