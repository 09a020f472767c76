/** A feature flag's row. `rolloutPercent` of subjects see it on; the lists win over the share. */
export type FeatureFlag = {
  readonly key: string;
  readonly enabled: boolean;
  readonly rolloutPercent: number;
  readonly allowedUserIds: readonly string[];
  readonly deniedUserIds: readonly string[];
};

const BUCKETS = 10_000;

/**
 * The subject's fixed place in [0, 10,000) for a flag: FNV-1a over both, finalised as in
 * MurmurHash3 so that near names spread. A larger share keeps everybody of the smaller one.
 */
export function rolloutBucket(flagKey: string, subjectId: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${flagKey}\u0000${subjectId}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % BUCKETS;
}

/**
 * Whether a flag is on for a person. An absent or malformed flag gives `fallback`, its safe
 * default.
 */
export function isFlagOn(
  flag: FeatureFlag | undefined,
  userId: string,
  fallback: boolean,
): boolean {
  if (flag === undefined || !(flag.rolloutPercent >= 0 && flag.rolloutPercent <= 100))
    return fallback;
  if (flag.deniedUserIds.includes(userId)) return false;
  if (flag.allowedUserIds.includes(userId)) return true;
  return flag.enabled && rolloutBucket(flag.key, userId) < flag.rolloutPercent * (BUCKETS / 100);
}
