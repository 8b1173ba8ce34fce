/**
 * The part of ASN.1 BER that SNMP uses (RFC 3417 section 8): definite lengths, primitive strings. The writer fills its
 * buffer from the back, so that every length is known when it is written. The reader trusts nothing: each length is
 * held against the bytes that are there.
 */

export const TAG = {
  integer: 0x02,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  sequence: 0x30,
  ip: 0x40,
  counter32: 0x41,
  gauge32: 0x42,
  timeticks: 0x43,
  opaque: 0x44,
  counter64: 0x46,
  no_such_object: 0x80,
  no_such_instance: 0x81,
  end_of_mib_view: 0x82,
} as const

/** The bytes are not the message they should be. `offset` is where reading stopped. */
export class BerError extends Error {
  override readonly name = 'BerError'
  readonly offset: number
  constructor(message: string, offset: number) {
    super(`${message} at byte ${offset}`)
    this.offset = offset
  }
}

const MAX_OID_IDS = 128
const MAX_ID = 0xffffffff

export class BerReader {
  readonly bytes: Buffer
  offset: number
  readonly end: number

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get done(): boolean {
    return this.offset >= this.end
  }

  /** The next tag, without consuming it; -1 at the end. */
  peek(): number {
    return this.offset < this.end ? (this.bytes[this.offset] as number) : -1
  }

  /** Consumes the next tag and length, and gives where its contents end. */
  open(limit: number = this.end): number {
    const at = this.offset
    if (at + 2 > limit) throw new BerError('truncated', at)
    let length = this.bytes[at + 1] as number
    let start = at + 2
    if (length >= 0x80) {
      const size = length & 0x7f
      if (size === 0 || size > 4) throw new BerError('unsupported length form', at)
      if (start + size > limit) throw new BerError('truncated', at)
      length = 0
      for (let i = 0; i < size; i++) length = length * 256 + (this.bytes[start + i] as number)
      start += size
    }
    if (length > limit - start) throw new BerError('truncated', at)
    this.offset = start
    return start + length
  }

  /** The same for a tag that must be there. */
  openAs(expected: number, limit: number = this.end): number {
    const tag = this.offset < limit ? (this.bytes[this.offset] as number) : expected
    if (tag !== expected) throw new BerError(`tag ${tag} where ${expected} belongs`, this.offset)
    return this.open(limit)
  }

  /** Any element: its tag and a reader over its contents. */
  element(): { tag: number; contents: BerReader } {
    const tag = this.peek()
    const end = this.open()
    const contents = new BerReader(this.bytes, this.offset, end)
    this.offset = end
    return { tag, contents }
  }

  enter(expected: number): BerReader {
    const end = this.openAs(expected)
    const contents = new BerReader(this.bytes, this.offset, end)
    this.offset = end
    return contents
  }

  /** A signed integer of at most eight bytes that fits a JavaScript number. */
  integer(): number {
    return this.signed(this.openAs(TAG.integer))
  }

  octets(): Buffer {
    return this.view(this.openAs(TAG.octets))
  }

  /** What is left up to `end`, without a copy. */
  view(end: number = this.end): Buffer {
    const view = this.bytes.subarray(this.offset, end)
    this.offset = end
    return view
  }

  /** What is left as a signed integer; wider than 32 bits is cut to 32, as agents with wide integers do. */
  signed(end: number = this.end): number {
    const { offset } = this
    const size = end - offset
    if (size === 0 || size > 8) throw new BerError('integer size', offset)
    if (size > 4) return Number(BigInt.asIntN(32, this.big(end)))
    this.offset = end
    return this.bytes.readIntBE(offset, size)
  }

  /** What is left as an unsigned 32-bit number. Agents that send counters as negative integers mean the same bits. */
  unsigned(end: number = this.end): number {
    const { offset } = this
    const size = end - offset
    if (size === 0 || size > 9) throw new BerError('integer size', offset)
    if (size > 4) return Number(BigInt.asUintN(32, this.big(end)))
    this.offset = end
    return this.bytes.readIntBE(offset, size) >>> 0
  }

  unsigned64(end: number = this.end): bigint {
    const size = end - this.offset
    if (size === 0 || size > 9) throw new BerError('integer size', this.offset)
    return BigInt.asUintN(64, this.big(end))
  }

  private big(end: number): bigint {
    let value = 0n
    for (; this.offset < end; this.offset++) value = value * 256n + BigInt(this.bytes[this.offset] as number)
    return value
  }

  /** What is left as a dotted OID. */
  objectIdentifier(end: number = this.end): string {
    const key = this.bytes.toString('latin1', this.offset, end)
    let oid = knownOids.get(key)
    if (oid === undefined) {
      oid = this.decodeOid(end)
      if (knownOids.size >= MAX_KNOWN_OIDS) knownOids.clear()
      if (key.length <= MAX_KNOWN_BYTES) knownOids.set(key, oid)
    }
    this.offset = end
    return oid
  }

  private decodeOid(end: number): string {
    if (this.offset === end) return '0.0' // agents send an empty OID for "none"
    const ids: number[] = []
    let id = 0
    for (let i = this.offset; i < end; i++) {
      const byte = this.bytes[i] as number
      id = id * 128 + (byte & 0x7f)
      // The first two share one number, the second of them behind 80 at most.
      if (id > (ids.length === 0 ? MAX_ID + 80 : MAX_ID)) throw new BerError('sub-identifier over 32 bits', i)
      if (byte < 0x80) {
        if (ids.length === 0) {
          const first = id < 40 ? 0 : id < 80 ? 1 : 2
          ids.push(first, id - first * 40)
        } else ids.push(id)
        if (ids.length > MAX_OID_IDS) throw new BerError('OID longer than 128 sub-identifiers', i)
        id = 0
      } else if (i === end - 1) throw new BerError('unfinished OID', i)
    }
    return ids.join('.')
  }
}

/**
 * OIDs as they stood in messages, and dotted; and the other way round. A fleet answers with the same few thousand, and
 * looking one up costs a tenth of decoding it.
 */
const knownOids = new Map<string, string>()
const encodedOids = new Map<string, Buffer>()
const MAX_KNOWN_OIDS = 16_384
/** Longer ones are decoded each time, so that no device fills the memory with them. */
const MAX_KNOWN_BYTES = 64

export class BerWriter {
  private buffer: Buffer
  private at: number

  constructor(size = 512) {
    this.buffer = Buffer.allocUnsafe(size)
    this.at = size
  }

  /** Bytes written so far; a mark for `close`. */
  get length(): number {
    return this.buffer.length - this.at
  }

  finish(): Buffer {
    return this.buffer.subarray(this.at)
  }

  private reserve(size: number): void {
    if (this.at >= size) return
    const wider = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + size + 64))
    this.buffer.copy(wider, wider.length - this.length, this.at)
    this.at = wider.length - this.length
    this.buffer = wider
  }

  byte(value: number): void {
    this.reserve(1)
    this.buffer[--this.at] = value
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.at -= bytes.length
    this.buffer.set(bytes, this.at)
  }

  /** Puts tag and length before everything written since `mark`. */
  close(tag: number, mark: number): void {
    let length = this.length - mark
    if (length < 0x80) this.byte(length)
    else {
      let size = 0
      for (; length > 0; length = Math.floor(length / 256)) {
        this.byte(length & 0xff)
        size++
      }
      this.byte(0x80 | size)
    }
    this.byte(tag)
  }

  integer(value: number, tag: number = TAG.integer): void {
    const mark = this.length
    let rest = value
    let byte: number
    do {
      byte = ((rest % 256) + 256) % 256
      this.byte(byte)
      rest = Math.floor(rest / 256)
    } while (!((rest === 0 && byte < 0x80) || (rest === -1 && byte >= 0x80)))
    this.close(tag, mark)
  }

  big(value: bigint, tag: number): void {
    const mark = this.length
    let rest = value
    let byte: number
    do {
      byte = Number(rest & 0xffn)
      this.byte(byte)
      rest >>= 8n
    } while (!((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80)))
    this.close(tag, mark)
  }

  octets(bytes: Uint8Array, tag: number = TAG.octets): void {
    const mark = this.length
    this.raw(bytes)
    this.close(tag, mark)
  }

  empty(tag: number): void {
    this.close(tag, this.length)
  }

  objectIdentifier(oid: string): void {
    const known = encodedOids.get(oid)
    if (known) {
      this.raw(known)
      return
    }
    const mark = this.length
    const ids = oid.split('.').map(Number)
    for (let i = ids.length - 1; i >= 2; i--) this.subIdentifier(ids[i] as number)
    this.subIdentifier((ids[0] as number) * 40 + (ids[1] ?? 0))
    this.close(TAG.oid, mark)
    if (encodedOids.size >= MAX_KNOWN_OIDS) encodedOids.clear()
    encodedOids.set(oid, Buffer.from(this.buffer.subarray(this.at, this.buffer.length - mark)))
  }

  private subIdentifier(id: number): void {
    this.byte(id % 128)
    for (let rest = Math.floor(id / 128); rest > 0; rest = Math.floor(rest / 128)) this.byte(0x80 | (rest % 128))
  }
}
