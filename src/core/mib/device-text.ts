const MAX_CHARACTERS = 1024
/** What is looked at; long enough for 1,024 characters behind any padding that makes sense. */
const MAX_INPUT = 16_384

/** ECMA-48 strings and control sequences with ESC or C1 introducers, the PJL exit code, then any two-character escape. */
const ESCAPE_SEQUENCES =
  /\x1b%-12345X|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/g
const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g
/** Bidirectional controls, zero-width characters, invisible operators, byte order marks and tags. */
const INVISIBLE = /[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu

/**
 * Text of a device made safe to print, log and compare: escape sequences, control characters and line breaks become one
 * space, bidirectional and invisible characters go, white space is trimmed and collapsed, lone surrogates become U+FFFD.
 * At most 1,024 UTF-16 units come back.
 */
export function cleanDeviceText(text: string): string {
  const clean = text
    .slice(0, MAX_INPUT)
    .replace(ESCAPE_SEQUENCES, ' ')
    .replace(CONTROLS, ' ')
    .toWellFormed()
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (clean.length <= MAX_CHARACTERS) return clean
  const end = /[\ud800-\udbff]/.test(clean.charAt(MAX_CHARACTERS - 1)) ? MAX_CHARACTERS - 1 : MAX_CHARACTERS
  return clean.slice(0, end).trimEnd()
}
