/** Numbers from 0 up to but not including 1, always the same for the same seed. */
export type Random = () => number

/** A small generator (mulberry32) for faults and life: repeatable, not secret. */
export function createRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A seed of its own for the n-th of something. */
export function deriveSeed(seed: number, index: number): number {
  return Math.floor(createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))() * 4_294_967_296)
}
