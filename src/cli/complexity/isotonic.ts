/**
 * The nearest curve that never falls, each point counting by its mass > 0.
 * Source: pool adjacent violators (Ayer et al. 1955).
 */
export function neverFalling(
  values: readonly number[],
  mass: readonly number[],
): readonly number[] {
  const pools: { value: number; mass: number; count: number }[] = [];
  values.forEach((value, at) => {
    let pool = { value, mass: mass[at] ?? 1, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.value > pool.value;
      last = pools.at(-1)
    ) {
      pools.pop();
      const both = last.mass + pool.mass;
      const mean = (last.value * last.mass + pool.value * pool.mass) / both;
      pool = { value: mean, mass: both, count: last.count + pool.count };
    }
    pools.push(pool);
  });
  return pools.flatMap(({ value, count }) => Array.from({ length: count }, () => value));
}

/** The nearest curve that never rises: the mirror image of `neverFalling`. */
export function neverRising(values: readonly number[], mass: readonly number[]): readonly number[] {
  const mirrored = neverFalling(
    values.map((value) => -value),
    mass,
  );
  return mirrored.map((value) => -value);
}
