import { englishTexts } from "./demo-answers-en.ts";
import { vietnameseTexts } from "./demo-answers-vi.ts";
import type { CompletionMessage } from "./stream-completion.ts";

/**
 * An answer grows with the model: economy gives `brief`, standard adds `detail`, premium adds
 * `depth`.
 */
export type DemoAnswer = {
  readonly brief: string;
  readonly detail: string;
  readonly depth: string;
};

type StarterTopic = "sky" | "code" | "maths" | "cooking" | "leave";
type ProductTopic =
  "product" | "budget" | "engine" | "receipt" | "plans" | "connect" | "topUp" | "privacy";

export type DemoTopic = StarterTopic | ProductTopic | "hello" | "thanks" | "unknown";

export type DemoTexts = {
  /** The first line of every answer: nobody shall take it for the word of an AI. */
  readonly label: string;
  readonly nothingToContinue: string;
  readonly answers: Readonly<Record<DemoTopic, DemoAnswer>>;
};

export type DemoLength = keyof DemoAnswer;

/** What a question is about, by words without diacritics; the first that fits wins. */
const topics: readonly (readonly [DemoTopic, readonly RegExp[]])[] = [
  [
    "sky",
    [
      /bau troi.*(xanh|mau)/,
      /(xanh|mau).*bau troi/,
      /troi.*xanh/,
      /\bsky\b.*(blue|colou?r)/,
      /blue.*\bsky\b/,
    ],
  ],
  ["sky", [/rayleigh/]],
  ["maths", [/bac hai/, /quadratic/, /cong thuc (nghiem|toan)/, /\bmaths?\b.*(formula|example)/]],
  [
    "code",
    [
      /debounce/,
      /typescript/,
      /vi du.*(\bma\b|code)/,
      /(code|function) (block|example|sample)/,
      /(doan|khoi) ma\b/,
    ],
  ],
  [
    "leave",
    [
      /nghi (phep|om)/,
      /(xin|don) nghi/,
      /(annual|sick|of|my|a|polite) leave/,
      /leave (request|e-?mail|letter|of)/,
    ],
  ],
  ["leave", [/day off/]],
  [
    "cooking",
    [/pho (bo|ga)\b/, /(nau|cook|recipe|cong thuc|make).*pho\b/, /pho\b.*recipe/, /beef noodle/],
  ],
  [
    "topUp",
    [
      /nap (them|tien)/,
      /top.?up/,
      /thanh toan/,
      /chuyen khoan/,
      /payment/,
      /\bpay\b/,
      /vietqr|sepay/,
    ],
  ],
  ["topUp", [/mua them/, /add (money|funds)/]],
  [
    "connect",
    [
      /api.?key/,
      /khoa api/,
      /\bkeys?\b/,
      /openai|anthropic|gemini|claude|ollama/,
      /ket noi/,
      /\bconnect/,
    ],
  ],
  ["connect", [/\.env/, /mo hinh that/, /real model/]],
  [
    "plans",
    [
      /\bgoi\b/,
      /bang gia/,
      /\bplans?\b/,
      /pricing/,
      /subscription/,
      /starter|premium|ultimate/,
      /mien phi/,
    ],
  ],
  [
    "receipt",
    [
      /bien nhan/,
      /hoa don/,
      /receipt/,
      /ton bao nhieu/,
      /(what|much) (does|did|do).*cost/,
      /(cost|price) (of|per)/,
    ],
  ],
  ["receipt", [/chi phi (cua|moi|mot)/]],
  ["budget", [/ngan sach/, /budget/, /(dang|tam) giu/, /\bh[eo]ld\b/, /reserved/, /het tien/]],
  [
    "engine",
    [
      /(chon|doi) mo hinh/,
      /mo hinh nao/,
      /tu dong/,
      /bo may/,
      /engine/,
      /which model/,
      /\bauto\b/,
      /routing/,
    ],
  ],
  ["engine", [/(choose|pick|select)s?\b.*model/]],
  ["privacy", [/rieng tu/, /bao mat/, /du lieu/, /privacy|private/, /my data/, /secur(e|ity)/]],
  [
    "product",
    [/pho ?chat/, /day la gi/, /ban la ai/, /lam (duoc )?gi/, /gioi thieu/, /who are you/],
  ],
  ["product", [/what (is this|are you|can you)/]],
  ["hello", [/^(xin chao|chao|hello|hi|hey|alo)\b/]],
  ["thanks", [/cam on/, /thank/]],
];

const continuePattern =
  /^(hay |please )?(viet |noi )?(tiep|continue|go on|keep going|carry on)\b.{0,40}$/;
const vietnameseLetters = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ]/i;
const vietnameseWords =
  /\b(la gi|the nao|cach|giai thich|tai sao|vi sao|xin|toi|khong|viet|nau|ngan sach)\b/;

/**
 * The demo's answer to a conversation: prepared texts about the product and a few starters, in the
 * language of the question (Vietnamese, else English). "Continue" goes on where the last answer was
 * cut.
 */
export function demoAnswer(messages: readonly CompletionMessage[], length: DemoLength): string {
  const turns = messages.filter(({ role }) => role !== "system");
  const question = turns.findLastIndex(
    ({ role, text }) => role === "user" && !continuePattern.test(fold(text)),
  );
  const text = turns[question]?.text ?? turns.at(-1)?.text ?? "";
  const texts = textsFor(text);
  const whole = joinLines(partsOf(texts.answers[topicOf(text)], length).join("\n\n"));
  const said = turns.slice(question + 1).filter(({ role }) => role === "assistant");
  if (said.length === 0) return `${texts.label}\n\n${whole}`;
  const spoken = said.map((message) => message.text.replace(texts.label, "")).join("");
  const rest = restAfter(whole, spoken);
  return `${texts.label}\n\n${rest === "" ? texts.nothingToContinue : rest}`;
}

/**
 * The product's and the dish's names, and the money, are the same in both languages and tell
 * nothing.
 */
const namesInBoth = /phở( (chat|bò|gà))?|đồng|₫/gi;

function textsFor(question: string): DemoTexts {
  const telling = question.normalize("NFC").replace(namesInBoth, "");
  const isNamesOnly = telling.trim() === "" && question !== "";
  const isVietnamese = vietnameseLetters.test(telling) || vietnameseWords.test(fold(telling));
  return isVietnamese || isNamesOnly ? vietnameseTexts : englishTexts;
}

function topicOf(question: string): DemoTopic {
  const folded = fold(question);
  return (
    topics.find(([, patterns]) => patterns.some((pattern) => pattern.test(folded)))?.[0] ??
    "unknown"
  );
}

function partsOf({ brief, detail, depth }: DemoAnswer, length: DemoLength): string[] {
  if (length === "brief") return [brief];
  return length === "detail" ? [brief, detail] : [brief, detail, depth];
}

/** Lower case without diacritics; long questions are judged by their beginning. */
function fold(text: string): string {
  const plain = text.slice(0, 2_000).toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  return plain.replaceAll("đ", "d").trim();
}

const lineEndInParagraph = /(?<=\S)\n(?!\n|- |\d+\. |\||\$\$)/g;

/**
 * Line ends inside a paragraph are the source file's: they become blanks, except in code, lists and
 * tables.
 */
function joinLines(text: string): string {
  const parts = text.split(/(```[\s\S]*?```)/);
  return parts
    .map((part) => (part.startsWith("```") ? part : part.replace(lineEndInParagraph, " ")))
    .join("");
}

/**
 * What of `whole` comes after `spoken`, compared without blanks; empty when all of it was said or
 * it differs.
 */
function restAfter(whole: string, spoken: string): string {
  const heard = spoken.replace(/\s/g, "");
  let index = 0;
  for (let position = 0; position < whole.length; position += 1) {
    if (index === heard.length) return whole.slice(position).trimStart();
    const character = whole.charAt(position);
    if (/\s/.test(character)) continue;
    if (character !== heard.charAt(index)) return "";
    index += 1;
  }
  return "";
}
