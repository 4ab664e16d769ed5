/** The same work for many things, some of them at a time. */

/**
 * Calls `body` for each item, in their order, at most `atOnce` at a time. After a failure nothing more is begun; what is
 * under way ends first, then the first failure is thrown.
 */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  body: (item: T, hand: number) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failure: { readonly error: unknown } | undefined;
  const work = async (hand: number) => {
    for (let next = rest.next(); !next.done && !failure; next = rest.next()) {
      try {
        await body(next.value, hand);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, (_, hand) => work(hand)));
  if (failure) throw failure.error;
}
