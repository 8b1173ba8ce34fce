/** CSI, OSC and other escape sequences (ECMA-48), 7-bit and C1 forms. Each part stops at the next ESC: linear time. */
const ESCAPE_SEQUENCE =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-~]/g

/** Controls, formats (bidi, zero width, soft hyphen, tags), lone surrogates, and what is drawn as nothing at all. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

/** More combining marks than any script needs climb over the lines above. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu

/** Far more than any object of the Printer-MIB holds (255 octets), and little enough for every later step. */
const LONGEST = 4096

/**
 * A text of a device, harmless on a terminal, in a log and in a cell: escape sequences, C0 and C1 controls, DEL,
 * bidi overrides and isolates, zero-width characters and lone surrogates are gone, white space is single blanks.
 * Visible text of any script stays as it is. At most 4,096 UTF-16 units of the input are looked at.
 */
export function cleanText(text: string): string {
  return text
    .slice(0, LONGEST)
    .replace(ESCAPE_SEQUENCE, '')
    .replace(/[\t-\r\x85\p{Zl}\p{Zp}]/gu, ' ')
    .replace(UNSEEN, '')
    .replace(PILED_MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim()
}
