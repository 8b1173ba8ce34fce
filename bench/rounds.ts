type Contenders = Record<string, (() => Promise<unknown>) | undefined>
type Results<C> = {
  [Name in keyof C]: Array<C[Name] extends (() => Promise<infer Result>) | undefined ? Result : never>
}

/** Runs every contender once a round, so that all of them meet the same disturbances of the machine. */
export async function inRounds<C extends Contenders>(rounds: number, contenders: C): Promise<Results<C>> {
  const results: Record<string, unknown[]> = {}
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      if (!run) continue
      results[name] ??= []
      results[name].push(await run())
    }
  }
  return results as Results<C>
}

/** The middle value; of an even number the mean of both in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

export const medianOf = <T>(results: readonly T[], figure: (result: T) => number | null | undefined): number =>
  median(results.map(figure).filter((value) => value !== null && value !== undefined))
