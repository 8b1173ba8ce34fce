/** Levels of arrays and objects that an item may have: beyond any printer, and within what writes JSON by recursion. */
export const MAX_DEPTH = 500

/** True where `value` has more than `levels` levels of arrays and objects in it. */
export function isDeeperThan(value: object, levels: number): boolean {
  if (levels === 0) return true
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key]
    if (typeof part === 'object' && part !== null && isDeeperThan(part, levels - 1)) return true
  }
  return false
}
