/** So many accepted in a row, and the next may be twice as large. */
const STREAK = 8

/** How many items go into one request: halved where it is refused whole, until the one is found that is to blame. */
export interface BatchSize {
  readonly items: number
  accepted(): void
  /** @param items how many there were, more than one */
  refused(items: number): void
  /** The one to blame was found. */
  reset(): void
}

export function createBatchSize(most: number): BatchSize {
  let items = most
  let streak = 0
  return {
    get items() {
      return items
    },
    accepted() {
      streak += 1
      if (streak < STREAK) return
      items = Math.min(most, items * 2)
      streak = 0
    },
    refused(count) {
      items = Math.max(1, Math.floor(count / 2))
      streak = 0
    },
    reset() {
      items = most
      streak = 0
    },
  }
}
