import { Buffer } from 'node:buffer'
import iconv from 'iconv-lite'
import { MULTI_BYTE_SETS, SINGLE_BYTE_SETS, UTF_16_SETS } from './iana-charset.ts'
import { isOfOneScript, looksLikeAsciiWords, scorePlausibility } from './text-plausibility.ts'
import { recognizeUtf16 } from './utf-16.ts'

export interface DecodedText {
  /** As decoded, without trailing NULs. Still a stranger's: `cleanDeviceText` makes it safe to show. */
  readonly text: string
  /** IANA name in lower case. */
  readonly charset: string
  /** Why this set was believed, for a person. */
  readonly reason: string
}

const MAX_BYTES = 16_384

/** Tried in this order when neither the bytes nor the declaration tell; on equal score the earlier wins. */
const EVIDENCE_SETS = [
  'windows-1252',
  'windows-1251',
  'windows-1250',
  'iso-8859-2',
  'hp-roman8',
  'ibm850',
  'shift_jis',
  'gb18030',
  'iso-8859-5',
  'koi8-r',
]

/** Families of two-byte sets, and the rows where one of them keeps the characters of everyday. */
const EVERYDAY_ROWS = {
  gb2312: [0xb0, 0xd7],
  'euc-jp': [0xb0, 0xcf],
  big5: [0xa4, 0xc6],
  'euc-kr': [0xb0, 0xc8],
} as const
type Family = keyof typeof EVERYDAY_ROWS
const FAMILIES: Readonly<Record<string, Family>> = {
  shift_jis: 'euc-jp',
  'windows-31j': 'euc-jp',
  'euc-jp': 'euc-jp',
  gb2312: 'gb2312',
  gbk: 'gb2312',
  gb18030: 'gb2312',
  big5: 'big5',
  'big5-hkscs': 'big5',
  'euc-kr': 'euc-kr',
}

/**
 * Sets of languages that few printers speak: who declares one means it, while ISO-8859-1 or hp-roman8 is what firmware
 * declares that never looked. ISO-8859-2, -3, -4, -9, -10, -13, -14, -16, IBM 852, 857 and 775, Windows-1250, -1254, -1257.
 */
const DELIBERATE: ReadonlySet<number> = new Set([5, 6, 7, 12, 13, 109, 110, 112, 2010, 2047, 2087, 2250, 2254, 2257])

/** Below this, valid UTF-8 is a chance; above the other, a reading in an East Asian set is text. */
const ODD = 0.4
const CLEAR = 0.85

/**
 * Text of a device. `declaredCharset` is the MIBenum of prtLocalizationCharacterSet for the object's localization (RFC
 * 3805 section 2.2.1), or null. Many devices declare one set and send another, so what the bytes show comes first: UTF-16
 * by mark or pattern, or declared and spelling words of one script where ASCII and UTF-8 spell none; ASCII; UTF-8 where it
 * is valid and no mixture of scripts; then the most plausible of the declared set and the usual ones, with an advantage for
 * the declared set. ASCII that spells bytes in hexadecimal is read through. Bytes behind the 16,384th are ignored. Never
 * throws; what fits nowhere comes back as ISO-8859-1, which loses nothing.
 */
export function decodeText(bytes: Uint8Array, declaredCharset: number | null): DecodedText {
  const buffer = Buffer.from(bytes.subarray(0, MAX_BYTES))
  const utf16 = recognizeUtf16(buffer)
  const text = utf16 === null ? '' : decodeUtf16(buffer, utf16)
  if (utf16 !== null && scorePlausibility(text) !== null) {
    return { text, charset: utf16, reason: 'byte order mark or pattern of UTF-16' }
  }
  return decodeDeclaredUtf16(buffer, declaredCharset) ?? decodeBytes(buffer, declaredCharset, true)
}

/** UTF-16 that only its declaration shows: Chinese and kana have bytes that look like ASCII, or like UTF-8. */
function decodeDeclaredUtf16(bytes: Buffer, declaredCharset: number | null): DecodedText | null {
  const charset = UTF_16_SETS[declaredCharset ?? 0]
  if (charset === undefined || (bytes.length % 2 === 1 && bytes.at(-1) !== 0)) return null
  const text = decodeUtf16(bytes.subarray(0, bytes.length & ~1), charset)
  if (!/[^\x00-\x7f]/.test(text) || !isOneLanguage(text)) return null
  const others = stripPadding(bytes)
  if (looksLikeAsciiWords(others.toString('latin1'))) return null
  const utf8 = others.every((byte) => byte < 0x80) ? null : decodeUtf8(others)
  if (utf8 !== null && !isOdd(utf8.text)) return null
  return { text, charset, reason: 'declared by the device, and words of one script' }
}

/** Words in one script, and in characters of everyday where the script has too many: any two letters are some ideograph. */
function isOneLanguage(text: string): boolean {
  if (scorePlausibility(text) === null || /[\x00-\x08\x0e-\x1f]/.test(text)) return false
  const beyondAscii = text.replace(/[\x00-\x7f]/g, '')
  if (!/[\p{Script=Han}\p{Script=Hangul}]/u.test(text)) return isOfOneScript(beyondAscii)
  return (Object.keys(EVERYDAY_ROWS) as Family[]).some((family) => isEveryday(text, family))
}

function decodeBytes(padded: Buffer, declaredCharset: number | null, readHex: boolean): DecodedText {
  const bytes = stripPadding(padded)
  if (bytes.every((byte) => byte < 0x80)) {
    const text = bytes.toString('latin1')
    return (
      (readHex ? decodeHexText(text, declaredCharset) : null) ?? { text, charset: 'us-ascii', reason: 'only ASCII' }
    )
  }
  const utf8 = decodeUtf8(bytes)
  if (utf8 !== null && !isOdd(utf8.text)) return utf8
  const { score, ...decoded } = decodeByEvidence(bytes, padded, declaredCharset)
  const isClear = score >= CLEAR && FAMILIES[decoded.charset] !== undefined
  return utf8 !== null && !isClear ? utf8 : decoded
}

function stripPadding(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1)
}

/** Two letters of GB 2312 make two of UTF-8, below U+0800 and of scripts that never meet. */
function isOdd(text: string): boolean {
  if (/[\u0800-\uffff]/.test(text) || /^[\x00-\u017f]*$/.test(text)) return false
  const score = scorePlausibility(text)
  return score !== null && score < ODD && /^[\x00-\x7f\p{L}\p{M}]*$/u.test(text)
}

/** Valid UTF-8; also one that a field of fixed length cuts inside its last character, if a whole one proves the set. */
function decodeUtf8(bytes: Buffer): DecodedText | null {
  try {
    const marked = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true })
    const text = marked.replace(/^\ufeff/, '')
    if (Buffer.byteLength(marked) === bytes.length) return { text, charset: 'utf-8', reason: 'valid UTF-8' }
    const proven = /[^\x00-\x7f]/.test(marked)
    return proven ? { text, charset: 'utf-8', reason: 'valid UTF-8, cut inside its last character' } : null
  } catch {
    return null
  }
}

function decodeByEvidence(
  bytes: Buffer,
  padded: Buffer,
  declaredCharset: number | null,
): DecodedText & { readonly score: number } {
  const candidates = EVIDENCE_SETS.map((charset) => scoreCandidate(iconv.decode(bytes, charset), charset, 0))
  for (const candidate of candidates) {
    const family = FAMILIES[candidate.charset]
    if (family && !isEveryday(candidate.text, family)) candidate.score *= 0.9
    if (candidate.charset === 'gb18030' && !isWithinGb2312(bytes)) candidate.score /= 2
  }
  const declared = declaredCharset === null ? null : scoreDeclared(bytes, padded, declaredCharset)
  if (declared !== null) candidates.unshift(declared)

  const best = candidates.reduce((a, b) => (b.score > a.score ? b : a))
  const { text, charset, score } = best
  if (score < 0) return { text: bytes.toString('latin1'), charset: 'iso-8859-1', reason: 'no set fits', score }
  if (best === declared) return { text, charset, reason: 'declared by the device, and plausible', score }
  const says = declared === null ? 'nothing usable declared' : `the declared ${declared.charset} fits less well`
  return { text, charset, reason: `most plausible reading; ${says}`, score }
}

interface Candidate {
  readonly text: string
  readonly charset: string
  score: number
}

function scoreCandidate(text: string, charset: string, advantage: number): Candidate {
  const plausibility = scorePlausibility(text)
  return { text, charset, score: plausibility === null ? -1 : plausibility + advantage }
}

/** That bytes spell characters of everyday in a multi-byte set says much, that they fit a single-byte set says nothing. */
function scoreDeclared(bytes: Buffer, padded: Buffer, mibEnum: number): Candidate | null {
  const multiByte = MULTI_BYTE_SETS[mibEnum]
  if (multiByte !== undefined) {
    const text = iconv.decode(bytes, multiByte)
    return scoreCandidate(text, multiByte, isEveryday(text, FAMILIES[multiByte] as Family) ? 0.2 : 0)
  }
  const singleByte = SINGLE_BYTE_SETS[mibEnum]
  if (singleByte !== undefined)
    return scoreCandidate(iconv.decode(bytes, singleByte), singleByte, DELIBERATE.has(mibEnum) ? 0.12 : 0.06)
  const utf16 = UTF_16_SETS[mibEnum]
  if (utf16 === undefined) return null
  const text = decodeUtf16(padded, utf16)
  return scoreCandidate(text, utf16, isOneLanguage(text) ? 0.06 : -0.5)
}

function decodeUtf16(bytes: Buffer, charset: 'utf-16be' | 'utf-16le'): string {
  const whole = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0)])
  return iconv.decode(whole, charset).replace(/\0+$/, '')
}

const everydayOf = new Map<Family, ReadonlySet<string>>()

/** The characters of a family's everyday rows, decoded when they are first needed. */
function everydayCharacters(family: Family): ReadonlySet<string> {
  const known = everydayOf.get(family)
  if (known) return known
  const [first, last] = EVERYDAY_ROWS[family]
  const pairs: number[] = []
  for (let lead = first; lead <= last; lead++) {
    for (let trail = family === 'big5' ? 0x40 : 0xa1; trail <= 0xfe; trail++) {
      if (trail < 0x7f || trail > 0xa0) pairs.push(lead, trail)
    }
  }
  const characters = new Set(iconv.decode(Buffer.from(pairs), family))
  everydayOf.set(family, characters)
  return characters
}

/** True when text has East Asian letters, and at most one in four of its ideographs is a rare one of its family. */
function isEveryday(text: string, family: Family): boolean {
  const everyday = everydayCharacters(family)
  let letters = 0
  let rare = 0
  for (const [character] of text.matchAll(/[^\x00-\x7f]/gu)) {
    if (/[\u3000-\u3004\u3006-\u303f\uff00-\uff65・々①-⑳]/.test(character)) continue
    letters++
    const isKana = family === 'euc-jp' && /[\u3040-\u30ff\uff66-\uff9f]/.test(character)
    if (!isKana && !everyday.has(character)) rare++
  }
  return letters > 0 && rare * 4 <= letters
}

/** True when all double bytes lie in the plane of GB 2312: GB 18030 fits almost any bytes, with characters none uses. */
function isWithinGb2312(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] as number
    if (lead < 0x80) continue
    if (lead < 0xa1 || lead > 0xf7 || (bytes[++i] ?? 0) < 0xa1) return false
  }
  return true
}

/**
 * Some agents print the bytes instead of sending them: `0x4850`, `48 50 20 4C`, `48:50:`. Taken only where it is clear:
 * a prefix or separators, enough bytes and not as many as a hardware address, and letters for the most part behind it.
 */
function decodeHexText(text: string, declaredCharset: number | null): DecodedText | null {
  const trimmed = text.trim()
  const separated = /^(?:[0-9a-f]{2}([ :-])(?:[0-9a-f]{2}\1)*[0-9a-f]{2}\1?)$/i.exec(trimmed)
  if (!separated && !/^0x(?:[0-9a-f]{2}){3,}$/i.test(trimmed)) return null
  const digits = trimmed.replace(/^0x|[ :-]/gi, '')
  const count = digits.length / 2
  if (separated && (count < 4 || (count < 8 && !/[a-f]/i.test(digits)))) return null
  if (separated && separated[1] !== ' ' && (count === 6 || count === 8)) return null
  const decoded = decodeBytes(Buffer.from(digits, 'hex'), declaredCharset, false)
  const letters = decoded.text.match(/\p{L}/gu)?.length ?? 0
  const clear = !/\p{Cc}/u.test(decoded.text) && letters * 2 >= decoded.text.length
  if (!clear || (scorePlausibility(decoded.text) ?? 0) < 0.8) return null
  return { ...decoded, reason: `bytes spelled in hexadecimal; ${decoded.reason}` }
}
