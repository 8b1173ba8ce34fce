import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../src/core/lifecycle/clock.ts'

const LONGEST_TIMER = 2 ** 31 - 1

/** A clock that runs so many times faster than the real one, and whose wall clock can be set. */
export class FastClock implements Clock {
  readonly #factor: number
  readonly #began = performance.now()
  #wall: number

  /** @param start milliseconds since 1970 at its beginning */
  constructor(factor: number, start = Date.now()) {
    this.#factor = factor
    this.#wall = start
  }

  now(): number {
    return Math.trunc(this.#wall + this.monotonic())
  }

  monotonic(): number {
    return (performance.now() - this.#began) * this.#factor
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    const real = Math.min(LONGEST_TIMER, milliseconds / this.#factor)
    await wait(real, undefined, { signal }).catch(() => undefined)
  }

  /** Sets the wall clock forward, or back. Sleepers notice nothing. */
  jump(milliseconds: number): void {
    this.#wall += milliseconds
  }
}
