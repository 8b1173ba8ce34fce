import type { Buffer } from 'node:buffer'

/** High bytes that Latin, Greek and Cyrillic text is made of; nothing else has them in every other place. */
const ALPHABET_ROWS: ReadonlySet<number> = new Set([0x00, 0x01, 0x03, 0x04])
const KANA_ROW = 0x30

/**
 * Which UTF-16 the bytes are in, by byte order mark or by the high bytes of their characters; null when they are not, or
 * when nothing shows it (Chinese without a mark looks like any two-byte set). A NUL cut off the end is tolerated.
 */
export function recognizeUtf16(bytes: Buffer): 'utf-16be' | 'utf-16le' | null {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  let end = bytes.length + (bytes.length & 1)
  while (end > 0 && (bytes[end - 2] ?? 0) === 0 && (bytes[end - 1] ?? 0) === 0) end -= 2
  if (looksLikeHighBytes(bytes, end, 0)) return 'utf-16be'
  return end > 2 && looksLikeHighBytes(bytes, end, 1) ? 'utf-16le' : null
}

/** True when the bytes at `offset`, `offset + 2` ... can be the high bytes and those between them the low ones. */
function looksLikeHighBytes(bytes: Buffer, end: number, offset: 0 | 1): boolean {
  let alphabet = 0
  let kana = 0
  let lowAboveAscii = 0
  for (let i = 0; i < end; i += 2) {
    const high = bytes[i + offset] ?? 0
    const low = bytes[i + 1 - offset] ?? 0
    if (low === 0) return false
    if (ALPHABET_ROWS.has(high)) alphabet++
    if (high === KANA_ROW) kana++
    if (low >= 0x80) lowAboveAscii++
  }
  const enough = (3 / 4) * (end / 2)
  return end > 0 && (alphabet >= enough || (end >= 6 && kana >= enough && lowAboveAscii > 0))
}
