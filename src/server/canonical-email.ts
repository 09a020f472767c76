/** RFC 5321's bound on a mailbox. */
const EMAIL_CHARACTERS_MAX = 254;

/**
 * The one form an address is stored and looked up in: NFKC, no invisible characters, lower case, no
 * trailing dot (as the database's `email_canonical`).
 * @returns null when the text cannot be an address of ours: plain ASCII is required, so look-alike
 * letters are refused.
 */
export function canonicalEmail(text: string): string | null {
  if (text.length > 4 * EMAIL_CHARACTERS_MAX) return null;
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .trim()
    .replace(/\.+$/, "")
    .toLowerCase();
  if (plain.length > EMAIL_CHARACTERS_MAX || !/^[\x21-\x7e]+$/.test(plain)) return null;
  return /^[^@\s"(),:;<>[\\\]]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(plain) ? plain : null;
}
