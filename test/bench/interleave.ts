/** Takes turns between what is compared, so that the machine's moods fall on all alike. */

/** Runs each contestant once a round, in an order that shifts by one; the results of the warm-up rounds are dropped. */
export async function interleave<Name extends string, T>(
  contestants: Readonly<Record<Name, (round: number) => Promise<T> | T>>,
  options: { readonly rounds: number; readonly warmUps: number; readonly onRound?: (round: number) => void },
): Promise<Record<Name, T[]>> {
  const names = Object.keys(contestants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round < options.warmUps + options.rounds; round += 1) {
    options.onRound?.(round);
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(turn + round) % names.length] as Name;
      const result = await contestants[name](round);
      if (round >= options.warmUps) results[name].push(result);
    }
  }
  return results;
}
