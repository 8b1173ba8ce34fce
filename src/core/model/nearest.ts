/**
 * The candidate that `word` was most likely meant to be: the one with the fewest letters inserted, dropped, replaced or
 * swapped, if at most a third of them; case does not count. Null when none is near.
 */
export function findNearest(word: string, candidates: readonly string[]): string | null {
  if (word.length > 64) return null
  let best: string | null = null
  let bestDistance = Math.floor(word.length / 3) + 1
  for (const candidate of candidates) {
    const distance = countEdits(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Optimal string alignment distance: a swap of neighbours counts as one edit. */
function countEdits(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      const [left, up, diagonal] = [row[j - 1], last[j], last[j - 1]] as [number, number, number]
      let edits = Math.min(left + 1, up + 1, diagonal + cost)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) edits = Math.min(edits, (beforeLast[j - 2] as number) + 1)
      row.push(edits)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] as number
}
