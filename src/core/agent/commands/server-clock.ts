import type { Clock } from '../../lifecycle/clock.ts'

/** The time of the server, as it told it last: what expires by its clock is judged by its clock. */
export interface ServerClock {
  /** @param time RFC 3339, as it came just now */
  set(time: string): void
  /** Milliseconds since 1970; null before it was told. */
  now(): number | null
}

export function createServerClock(clock: Clock): ServerClock {
  let ahead: number | null = null
  return {
    set(time) {
      const told = Date.parse(time)
      // by the steady clock: that of this machine may be set at any moment
      if (!Number.isNaN(told)) ahead = told - clock.monotonic()
    },
    now: () => (ahead === null ? null : ahead + clock.monotonic()),
  }
}
