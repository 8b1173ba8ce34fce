import { randomInt } from 'node:crypto'
import { v7 } from 'uuid'

const MOST_FIRST = 2 ** 31

/** UUIDs of version 7 that rise while the clock does; within a millisecond they count (RFC 9562, section 6.2). */
export function prepareIds(): (now: number) => string {
  let msecs = -1
  let seq = 0
  return (now) => {
    const at = Math.max(0, Math.trunc(now))
    seq = at === msecs ? seq + 1 : randomInt(MOST_FIRST)
    msecs = at
    return v7({ msecs, seq })
  }
}
