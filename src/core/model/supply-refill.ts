/** Percentage points that a level has to rise by, and the percentage it has to reach. */
const LEAST_RISE = 20
const LEAST_LEVEL = 80

/** True where a level rose as it does when a supply is replaced or filled up: by 20 points or more, to 80 % or more. */
export const hasRisen = (from: number, to: number): boolean => to >= LEAST_LEVEL && to - from >= LEAST_RISE
