/** Longer texts are worked out each time, so that no device fills the memory with them. */
const LONGEST = 200

/**
 * The same function, with its last results at hand: for pure functions of short texts that a fleet repeats a thousand times.
 * Results are shared, so they must not be changed.
 *
 * @param most results at hand at one time
 */
export function remember<R>(compute: (text: string) => R, most = 4096): (text: string) => R {
  const known = new Map<string, R>()
  return (text) => {
    if (text.length > LONGEST) return compute(text)
    let result = known.get(text)
    if (result === undefined) {
      result = compute(text)
      if (known.size >= most) known.clear()
      known.set(text, result)
    }
    return result
  }
}
