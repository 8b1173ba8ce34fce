const MOST = 4096

/**
 * The same function, with its last results at hand: for pure functions of short texts that a fleet repeats a thousand times.
 * Results are shared, so they must not be changed.
 */
export function remember<R>(compute: (text: string) => R): (text: string) => R {
  const known = new Map<string, R>()
  return (text) => {
    let result = known.get(text)
    if (result === undefined) {
      result = compute(text)
      if (known.size >= MOST) known.clear()
      known.set(text, result)
    }
    return result
  }
}
