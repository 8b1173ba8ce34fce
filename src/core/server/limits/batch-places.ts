const PLACES = 2

/** How many batches of each agent the server holds: while they come, and until they are written. */
export interface BatchPlaces {
  /** A function that gives the place back; null when the agent has no more of them. */
  take(agent_id: string): (() => void) | null
}

/** One agent with many large batches leaves room for the others. */
export function createBatchPlaces(): BatchPlaces {
  const taken = new Map<string, number>()
  return {
    take(agent_id) {
      const before = taken.get(agent_id) ?? 0
      if (before >= PLACES) return null
      taken.set(agent_id, before + 1)
      return () => {
        const left = (taken.get(agent_id) as number) - 1
        if (left === 0) taken.delete(agent_id)
        else taken.set(agent_id, left)
      }
    },
  }
}
