import { useEffect, useState } from 'react'

/** At most so many frames in a second come from changes of rows. */
const SHORTEST_MS = 100

/**
 * Renders again after a change: the first at once, those that follow closely together.
 * @param every_ms also so often without any change; null for never
 */
export function useTick(
  sources: ReadonlyArray<{ subscribe(listener: () => void): () => void }>,
  every_ms: number | null,
): void {
  const [, setTick] = useState(0)
  useEffect(() => {
    let timer: NodeJS.Timeout | null = null
    let last = 0
    const render = () => {
      timer = null
      last = performance.now()
      setTick((tick) => tick + 1)
    }
    const onChange = () => {
      if (timer !== null) return
      const left = SHORTEST_MS - (performance.now() - last)
      if (left <= 0) render()
      else timer = setTimeout(render, left)
    }
    const leave = sources.map(({ subscribe }) => subscribe(onChange))
    const clock = every_ms === null ? null : setInterval(render, every_ms)
    return () => {
      for (const end of leave) end()
      if (timer !== null) clearTimeout(timer)
      if (clock !== null) clearInterval(clock)
    }
  }, [sources, every_ms])
}
