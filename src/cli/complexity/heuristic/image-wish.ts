import type { Evidence } from "@/domain/complexity/find-terms.ts";
import type { ReadText } from "@/domain/complexity/read-text.ts";

/** Wishes stand at the beginning; what a long text says later is material. */
const readLength = 600;
const clauseMax = 8;

const noun =
  "hình ảnh|bức ảnh|tấm ảnh|bức tranh|bức hình|tấm hình|hình nền|ảnh nền|ảnh đại diện|hình minh họa|ảnh minh họa|" +
  "chân dung|logo|poster|banner|avatar|icon|sticker|meme|tranh|ảnh|thiệp";
const courtesy =
  "hãy|làm ơn|vui lòng|xin|nhờ|ơi|bạn|em|anh|chị|ad|ai|giúp|hộ|giùm|dùm|cho|mình|tôi|tớ|em|với|có thể|" +
  "mình muốn|tôi muốn|muốn|cần|một|1|vài|mấy|cái|chiếc|bức|tấm|con|và|rồi|thử|đi";

const englishNoun =
  "images?|pictures?|photos?|illustrations?|drawings?|paintings?|logos?|posters?|banners?|avatars?|icons?|stickers?|" +
  "wallpapers?|portraits?|artworks?|memes?";
const adjectives = "(?:[a-z-]+ ){0,3}";

/**
 * Each pattern is anchored at the beginning of a clause and has no nested repetition over the same
 * characters.
 */
const marked = [
  new RegExp(
    `^(?:(?:${courtesy}) ){0,5}(?:tạo|vẽ|thiết kế|làm|sinh|gen|dựng)(?: (?:${courtesy}|ra|thêm)){0,5} (?:${noun})(?= |$)`,
  ),
  new RegExp(
    `^(?:(?:${courtesy}) ){0,5}(?:vẽ|phác họa)(?: (?:giúp|hộ|giùm|dùm|cho|mình|tôi|em|tớ)){0,3} (?:một|1|con|cô|chú|chàng|cái|cảnh|căn|ngôi|chiếc|cây|bông|vài|hai|ba|hình)(?= )`,
  ),
];

const unmarkedNoun =
  "hinh anh|buc anh|tam anh|buc tranh|buc hinh|tam hinh|hinh nen|anh nen|anh dai dien|hinh minh hoa|" +
  "anh minh hoa|anh chan dung|logo|poster|banner|avatar|sticker|meme|anh (?:con|co gai|mot|chu|phong canh|cho|meo)";

const unmarked = [
  new RegExp(
    `^(?:(?:hay|lam on|vui long|ban|em|giup|cho|minh|toi|co the|muon) ){0,5}(?:tao|ve|thiet ke|lam|sinh|gen)(?: (?:giup|ho|gium|dum|cho|minh|toi|em|to|mot|1|vai|cai|chiec|ra)){0,5} (?:${unmarkedNoun})(?= |$)`,
  ),
  /^(?:(?:hay|lam on|ban|co the) ){0,3}ve (?:giup|ho|gium|cho) (?:minh|toi|em|to) (?:mot |1 )?(?:con|co|chu|cai|canh|ngoi|chiec|cay|bong)(?= )/,
];

const lead =
  "(?:(?:please|hey|hi|can you|could you|would you|will you|kindly|now|i want you to|i would like you to|help me) ){0,3}";

const english = [
  new RegExp(
    `^${lead}(?:generate|create|make|design|draw|paint|render|produce|sketch|illustrate)(?: me| us)?(?: an?| the| some| my| one| two| another)? ${adjectives}(?:${englishNoun})(?= |$)`,
  ),
  new RegExp(`^${lead}(?:draw|paint)(?: me| us) (?:an?|the|some|my) [a-z]`),
  new RegExp(`^${lead}(?:draw|paint) (?:an?|some|my) (?!picture)[a-z]`),
  new RegExp(
    `^(?:i want|i need|i'd like|give me|show me) an? ${adjectives}(?:image|picture|illustration|drawing|painting|logo|poster) (?:of|for)(?= )`,
  ),
];

const clausesOf = (text: string) =>
  text
    .slice(0, readLength)
    .split(/[.!?;:,\n]+/, clauseMax)
    .map((clause) => clause.replaceAll(/\s+/g, " ").trim());

/**
 * Whether the text asks for a picture to be made. In doubt it does not: a refused question is worse
 * than a text answer to an image wish. So anything that smells of charts, code, explanations or
 * talk about pictures says no.
 */
export function isImageWish(read: ReadText, evidence: Evidence): boolean {
  if (evidence.notImage > 0 || evidence.code > 1 || evidence.maths > 1 || evidence.translation > 1)
    return false;
  const patterns = read.isUnmarked ? [...unmarked, ...english] : [...marked, ...english];
  return clausesOf(read.text).some((clause) => patterns.some((pattern) => pattern.test(clause)));
}
