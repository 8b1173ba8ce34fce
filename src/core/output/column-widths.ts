/** What a column wants, in columns of the terminal. */
export interface WidthWish {
  /** Its widest cell. */
  readonly natural: number
  /** What it wants at least before others are dropped for it. */
  readonly comfort: number
  /** The highest is dropped first; 0 never. */
  readonly dropRank: number
}

const LEAST = 4

/**
 * Widths for a table of `width` columns with `gap` between two: 0 for a column that is dropped. The least important
 * columns are dropped until the others have what they want at least; what is left over is shared by those
 * that are still cut. Where even the columns that stay are too wide, the widest is narrowed.
 */
export function fitColumns(wishes: readonly WidthWish[], width: number, gap: number): number[] {
  const kept = new Set(wishes.keys())
  const need = (i: number) => Math.min((wishes[i] as WidthWish).natural, (wishes[i] as WidthWish).comfort)
  const room = () => width - gap * (kept.size - 1) - [...kept].reduce((sum, i) => sum + need(i), 0)
  while (room() < 0) {
    const last = [...kept].reduce((a, b) =>
      (wishes[b] as WidthWish).dropRank >= (wishes[a] as WidthWish).dropRank ? b : a,
    )
    if ((wishes[last] as WidthWish).dropRank === 0) break
    kept.delete(last)
  }
  const widths = wishes.map((_, i) => (kept.has(i) ? need(i) : 0))
  let over = -room()
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] as number) <= LEAST) break
    widths[widest] = (widths[widest] as number) - 1
    over--
  }
  let left = -over
  for (let grown = true; grown && left > 0; ) {
    grown = false
    for (const i of kept) {
      if (left === 0 || (widths[i] as number) >= (wishes[i] as WidthWish).natural) continue
      widths[i] = (widths[i] as number) + 1
      left--
      grown = true
    }
  }
  return widths
}
