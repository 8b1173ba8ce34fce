import { Buffer } from 'node:buffer'
import iconv from 'iconv-lite'
import { MULTI_BYTE_SETS, SINGLE_BYTE_SETS, UTF_16_SETS } from './iana-charset.ts'
import { scorePlausibility } from './text-plausibility.ts'
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
  'ibm850',
  'hp-roman8',
  'shift_jis',
  'gb18030',
  'windows-1250',
  'iso-8859-2',
  'iso-8859-5',
  'koi8-r',
]

/**
 * Text of a device. `declaredCharset` is the MIBenum of prtLocalizationCharacterSet for the object's localization (RFC
 * 3805 section 2.2.1), or null. Many devices declare one set and send another, so what the bytes show comes first: UTF-16
 * by mark or pattern, ASCII, UTF-8 where it is valid; then the most plausible of the declared set and the usual ones, with
 * an advantage for the declared set. ASCII that spells bytes in hexadecimal is read through. Bytes behind the 16,384th are
 * ignored. Never throws; what fits nowhere comes back as ISO-8859-1, which loses nothing.
 */
export function decodeText(bytes: Uint8Array, declaredCharset: number | null): DecodedText {
  const buffer = Buffer.from(bytes.subarray(0, MAX_BYTES))
  const utf16 = recognizeUtf16(buffer)
  const text = utf16 === null ? '' : decodeUtf16(buffer, utf16)
  if (utf16 !== null && scorePlausibility(text) !== null) {
    return { text, charset: utf16, reason: 'byte order mark or pattern of UTF-16' }
  }
  return decodeBytes(buffer, declaredCharset, true)
}

function decodeBytes(padded: Buffer, declaredCharset: number | null, readHex: boolean): DecodedText {
  const bytes = padded.subarray(0, padded.findLastIndex((byte) => byte !== 0) + 1)
  if (bytes.every((byte) => byte < 0x80)) {
    const text = bytes.toString('latin1')
    return (
      (readHex ? decodeHexText(text, declaredCharset) : null) ?? { text, charset: 'us-ascii', reason: 'only ASCII' }
    )
  }
  return decodeUtf8(bytes) ?? decodeByEvidence(bytes, padded, declaredCharset)
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

function decodeByEvidence(bytes: Buffer, padded: Buffer, declaredCharset: number | null): DecodedText {
  const candidates = EVIDENCE_SETS.map((charset) => scoreCandidate(iconv.decode(bytes, charset), charset, 0))
  const declared = declaredCharset === null ? null : scoreDeclared(bytes, padded, declaredCharset)
  if (declared !== null) candidates.unshift(declared)
  const gb18030 = candidates.find((candidate) => candidate.charset === 'gb18030')
  if (gb18030 && gb18030 !== declared && !isWithinGb2312(bytes)) gb18030.score /= 2

  const best = candidates.reduce((a, b) => (b.score > a.score ? b : a))
  const { text, charset } = best
  if (best.score < 0) return { text: bytes.toString('latin1'), charset: 'iso-8859-1', reason: 'no set fits' }
  if (best === declared) return { text, charset, reason: 'declared by the device, and plausible' }
  const says = declared === null ? 'nothing usable declared' : `the declared ${declared.charset} fits less well`
  return { text, charset, reason: `most plausible reading; ${says}` }
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

/** That bytes fit a multi-byte set says much, that they fit a single-byte set says nothing: hence the advantages. */
function scoreDeclared(bytes: Buffer, padded: Buffer, mibEnum: number): Candidate | null {
  const multiByte = MULTI_BYTE_SETS[mibEnum]
  if (multiByte !== undefined) return scoreCandidate(iconv.decode(bytes, multiByte), multiByte, 0.2)
  const singleByte = SINGLE_BYTE_SETS[mibEnum]
  if (singleByte !== undefined) return scoreCandidate(iconv.decode(bytes, singleByte), singleByte, 0.05)
  const utf16 = UTF_16_SETS[mibEnum]
  return utf16 === undefined ? null : scoreCandidate(decodeUtf16(padded, utf16), utf16, 0.05)
}

function decodeUtf16(bytes: Buffer, charset: 'utf-16be' | 'utf-16le'): string {
  const whole = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.of(0)])
  return iconv.decode(whole, charset).replace(/\0+$/, '')
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
