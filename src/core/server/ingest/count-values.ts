/** Values that a batch may hold: 600 for each of 5,000 readings, where a printer read whole has some 250. */
export const MAX_VALUES = 3_000_000

const [COMMA, BRACKET, BRACE] = [0x2c, 0x5b, 0x7b]

/**
 * At least as many values as the JSON in `bytes` has: commas and opening brackets, those inside of texts as well. A few
 * bytes of JSON can become hundreds in memory, so this is looked at before anything is read.
 */
/** True where there may be more than `MAX_VALUES`; most batches are too small for it, and need no counting. */
export function hasTooManyValues(bytes: Uint8Array): boolean {
  return bytes.length > 2 * MAX_VALUES && countValues(bytes) > MAX_VALUES
}

function countValues(bytes: Uint8Array): number {
  let count = 1
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === COMMA || byte === BRACKET || byte === BRACE) count++
  }
  return count
}
