import { disguiseMac, disguiseText, foldCase } from './disguise.ts'
import { MAC_BYTE_SPELLINGS, MAC_TAIL_PREFIXES, MAC_TEXT_SPELLINGS } from './mac-spelling.ts'
import { isWithin } from './oid.ts'
import { ADDRESS_TABLE } from './scrub-rules.ts'
import { narrow, treatWide, WIDE } from './scrub-wide.ts'

/** Shorter texts are too common to be looked for everywhere. */
const LEAST_TOKEN = 5
const LEAST_NAME = 4
const LEAST_WHOLE = 3
/** A serial this long is found inside words too. */
const LEAST_UNBOUND = 8
/** RFC 5737: addresses that belong to nobody. */
const NETS = ['192.0.2', '198.51.100', '203.0.113']
/** Words that stand where a name should, and everywhere else too. */
const COMMON =
  /^(?:on|off|yes|no|true|false|enabled?|disabled?|printer|network|office|default|administrator|admin|public|private|unknown|none|system|server|location|contact)$/i

/** "<private>", or one character over and over. */
const PLACEHOLDER = /^(?:<[^<>]*>|(.)\1*)$/

/** What is looked for, and what comes in its place. Filled first, then sealed, then used. */
export class Disguise {
  private readonly salt: Uint8Array
  /** By folded text (one character a byte): the replacement for the matched spelling. */
  private readonly tokens = new Map<string, (match: string) => string>()
  private readonly bound = new Set<string>()
  private readonly addresses = new Map<string, string>()
  private readonly numbers = new Map<number, number>()
  private readonly oidTokens = new Map<string, string>()
  private readonly wholeValues = new Map<string, string>()
  private readonly wholeTexts = new Set<string>()
  private ipv6Count = 0
  private pattern: RegExp | undefined
  private oidPattern: RegExp | undefined

  constructor(salt: Uint8Array) {
    this.salt = salt
  }

  /** A value that is private from end to end; blanks and zero bytes around it stay, and so do placeholders. */
  whole(padded: string): string {
    const text = trim(padded)
    if (COMMON.test(text) || PLACEHOLDER.test(text)) return padded
    return treatWide(padded, (plain) => this.replaceTokens(plain, (between) => this.disguise(between)))
  }

  addSerial(written: string): void {
    const text = trim(written)
    if (text.length < LEAST_TOKEN || !/\d/.test(text) || new Set(text).size < 3) return
    this.addToken(text)
    // Shorter ones can be a page count as well.
    if (/^[1-9]\d{6,9}$/.test(text)) this.numbers.set(Number(text), Number(this.disguiseNumber(text)))
    const other = this.disguise(text)
    for (const encoding of ['hex', 'utf16le'] as const) {
      const encode = (plain: string) => encodeText(plain, encoding)
      this.tokens.set(foldCase(encode(text)), (match) =>
        encoding === 'hex' ? matchCase(match, encode(other)) : encode(other),
      )
    }
    this.oidTokens.set(dotted(text), dotted(other))
  }

  /** A text that is replaced wherever it stands, in any case of its letters. */
  addToken(text: string): void {
    if (text.length < LEAST_TOKEN || this.tokens.has(foldCase(text))) return
    this.tokens.set(foldCase(text), (match) => this.disguise(match))
    if (text.length < LEAST_UNBOUND || /^[A-Za-z]+$/.test(text)) this.bound.add(foldCase(text))
  }

  /** A name of a host, a person or a place; of a host's full name its parts too. */
  addName(written: string): void {
    const text = trim(written)
    for (const name of splitHostName(text)) {
      if (name.length < LEAST_NAME || COMMON.test(name) || !/[A-Za-z\x80-\xff].*[A-Za-z0-9\x80-\xff]/.test(name))
        continue
      if (this.tokens.has(foldCase(name))) continue
      this.tokens.set(foldCase(name), (match) => this.disguise(match))
      this.bound.add(foldCase(name))
    }
  }

  /** A secret is short at times, and must go all the same. */
  addSecret(text: string): void {
    if (text.length < 3 || COMMON.test(text) || this.tokens.has(foldCase(text))) return
    this.tokens.set(foldCase(text), (match) => this.disguise(match))
    this.bound.add(foldCase(text))
  }

  /** A text that is replaced where it is the whole value, however common it is inside of others. */
  addWhole(text: string): void {
    if (text.length >= LEAST_WHOLE) this.wholeTexts.add(foldCase(trim(text)))
  }

  /** @param mac twelve lower-case hex digits */
  addMac(mac: string): void {
    if (/^0+$|^f+$/.test(mac) || this.oidTokens.has(dotted(Buffer.from(mac, 'hex').toString('latin1')))) return
    const other = disguiseMac(mac, this.salt)
    for (const spell of MAC_BYTE_SPELLINGS) {
      this.tokens.set(foldCase(spell(mac)), () => spell(other))
      this.oidTokens.set(dotted(spell(mac)), dotted(spell(other)))
    }
    for (const spell of MAC_TEXT_SPELLINGS) {
      this.tokens.set(foldCase(spell(mac)), (match) => matchCase(match, foldCase(spell(other))))
      // Without its leading zero it could be the end of another one.
      if (spell(mac).length < 17 && /[ :]/.test(spell(mac))) this.bound.add(foldCase(spell(mac)))
    }
    for (const prefix of MAC_TAIL_PREFIXES) {
      const token = prefix + mac.slice(6)
      const spell = (match: string) => match.slice(0, -6) + matchCase(match.slice(-6), other.slice(6))
      this.tokens.set(token, spell)
      this.bound.add(token)
    }
  }

  /** An IPv4 address; masks, loopback, multicast and "none" say nothing and stay. */
  addAddress(address: string): void {
    if (this.addresses.has(address) || isHarmless(address)) return
    const count = this.addresses.size
    const net = NETS[Math.floor(count / 254) % NETS.length] as string
    const other = `${net}.${(count % 254) + 1}`
    this.addresses.set(address, other)
    this.tokens.set(address, () => other)
    this.bound.add(address)
    const bytes = Buffer.from(address.split('.').map(Number))
    // Four bytes that could be a word are left alone.
    if (bytes.some((byte) => byte >= 0x80 || byte < 0x20))
      this.addBytes(bytes, Buffer.from(other.split('.').map(Number)))
    if (bytes.filter((byte) => byte > 15).length >= 2) this.oidTokens.set(address, other)
  }

  addIpv6(address: string): void {
    if (this.tokens.has(foldCase(address))) return
    const other = `2001:db8::${(++this.ipv6Count).toString(16)}`
    this.tokens.set(foldCase(address), () => other)
    this.bound.add(foldCase(address))
  }

  /** Four bytes say "address" only where they are the whole value. */
  private addBytes(bytes: Buffer, other: Buffer): void {
    this.wholeValues.set(bytes.toString('latin1'), other.toString('latin1'))
  }

  /** Ends the collecting. */
  seal(): void {
    const longestFirst = [...this.tokens.keys()].sort((a, b) => b.length - a.length)
    const sources = longestFirst.map((token) => (this.bound.has(token) ? bind(token) : escapePattern(token)))
    this.pattern = sources.length > 0 ? new RegExp(sources.join('|'), 'g') : undefined
    const oids = [...this.oidTokens.keys()].sort((a, b) => b.length - a.length).map(escapePattern)
    this.oidPattern = oids.length > 0 ? new RegExp(`(?<=\\.)(?:${oids.join('|')})(?=\\.|$)`, 'g') : undefined
  }

  /** Replaces every token in a text of one character a byte. */
  inText(text: string): string {
    const whole = this.wholeValues.get(text)
    if (whole !== undefined) return whole
    if (this.wholeTexts.has(foldCase(trim(narrow(text) ?? text)))) return this.whole(text)
    return this.replaceTokens(
      text.replace(WIDE, (run) => treatWide(run, (plain) => this.replaceTokens(plain, (between) => between))),
      (between) => between,
    )
  }

  /** Part by part, so that a mailbox, a domain and a word of a name are the same alone and together. */
  private disguise(text: string): string {
    return text
      .split(/([^A-Za-z0-9\x80-\xff]+)/)
      .map((part) => disguiseText(part, this.salt))
      .join('')
  }

  private replaceTokens(text: string, treatRest: (between: string) => string): string {
    if (!this.pattern) return treatRest(text)
    let at = 0
    let other = ''
    for (const match of foldCase(text).matchAll(this.pattern)) {
      const original = text.slice(match.index, match.index + match[0].length)
      other += treatRest(text.slice(at, match.index)) + (this.tokens.get(match[0])?.(original) ?? original)
      at = match.index + match[0].length
    }
    return other + treatRest(text.slice(at))
  }

  inOid(oid: string): string {
    if (isWithin(oid, ADDRESS_TABLE)) {
      const ids = oid.split('.')
      return [...ids.slice(0, -4), this.address(ids.slice(-4).join('.'))].join('.')
    }
    if (!this.oidPattern) return oid
    return oid.replace(this.oidPattern, (match) => this.oidTokens.get(match) ?? match)
  }

  address(address: string): string {
    return this.addresses.get(address) ?? address
  }

  number(value: number): number {
    return this.numbers.get(value) ?? value
  }

  /** What a serial's digits become as text is not always a number of its type: kept within 31 bits. */
  private disguiseNumber(text: string): string {
    const other = disguiseText(text, this.salt)
    return Number(other) <= 0x7fff_ffff ? other : other.slice(1)
  }
}

/** "a.b.example": itself, "a" and "b.example". */
function splitHostName(text: string): string[] {
  if (!/^[\w-]+\.[\w.-]+$/.test(text)) return [text]
  const labels = text.split('.').slice(0, 16)
  const domains = labels.slice(1, -1).map((_, i) => labels.slice(i + 1).join('.'))
  return [text, labels[0] as string, ...domains]
}

function isHarmless(address: string): boolean {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  const bits = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
  const isMask = a === 255 && /^1*0*$/.test(bits.toString(2).padStart(32, '0'))
  return a === 0 || a === 127 || a >= 224 || isMask
}

function trim(text: string): string {
  return text.replace(/^[\0-\x20\x7f]+|[\0-\x20\x7f]+$/g, '')
}

function encodeText(text: string, encoding: 'hex' | 'utf16le'): string {
  const bytes = Buffer.from(text, 'latin1')
  return encoding === 'hex' ? bytes.toString('hex') : Buffer.from(text, 'utf16le').toString('latin1')
}

/** Hex is written in one case throughout. */
function matchCase(match: string, other: string): string {
  return /[A-F]/.test(match) && !/[a-f]/.test(match) ? other.toUpperCase() : other
}

function dotted(bytes: string): string {
  return [...Buffer.from(bytes, 'latin1')].join('.')
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

/** Not inside a longer word or number. */
function bind(token: string): string {
  if (/^\d+(\.\d+){3}$/.test(token)) return `(?<![\\d.])${escapePattern(token)}(?!\\.?\\d)`
  // "SN" is written right before a serial.
  return `(?:(?<![a-z0-9\\x80-\\xff])|(?<=(?<![a-z0-9])sn))${escapePattern(token)}(?![a-z0-9\\x80-\\xff])`
}
