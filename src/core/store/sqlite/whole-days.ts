const DAY_MS = 86_400_000

/** Days since 1970, as SQLite divides. */
export const dayOf = (time: number) => Math.trunc(time / DAY_MS)

/** Identities and agents are seen by the day: a row is written for the first reading of a day that is not covered yet. */
export const OF_ANOTHER_DAY = `excluded.first_seen / ${DAY_MS} < first_seen / ${DAY_MS} OR excluded.last_seen / ${DAY_MS} > last_seen / ${DAY_MS}`
