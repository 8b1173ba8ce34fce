import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BerError, BerReader, BerWriter, TAG } from '../../src/core/snmp/ber.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const read = (hex: string) => new BerReader(bytes(hex))

function written(write: (writer: BerWriter) => void): string {
  const writer = new BerWriter(4)
  write(writer)
  return writer.finish().toString('hex')
}

/** X.690 section 8.3: two's complement in as few bytes as will do. */
const INTEGERS: Array<[number, string]> = [
  [0, '020100'],
  [127, '02017f'],
  [128, '02020080'],
  [256, '02020100'],
  [-1, '0201ff'],
  [-128, '020180'],
  [-129, '0202ff7f'],
  [2147483647, '02047fffffff'],
  [-2147483648, '020480000000'],
]

/** X.690 section 8.19: the first two share one number, seven bits a byte behind them. */
const OIDS: Array<[string, string]> = [
  ['1.3.6.1.2.1.1.1.0', '06082b06010201010100'],
  ['1.3.6.1.4.1.2435.2', '06082b06010401930302'],
  ['2.999.3', '0603883703'],
  ['0.0', '060100'],
  ['2.39', '060177'],
  ['1.3.4294967295', '06062b8fffffff7f'],
  ['1.3.127.128.16383.16384', '06092b7f8100ff7f818000'],
]

describe('integers', () => {
  it.each(INTEGERS)('%d is %s', (value, hex) => {
    expect(written((writer) => writer.integer(value))).toBe(hex)
    expect(read(hex).integer()).toBe(value)
  })

  it.each([
    [0, '410100'],
    [128, '41020080'],
    [0xffffffff, '410500ffffffff'],
  ])('counter %d is %s', (value, hex) => {
    expect(written((writer) => writer.integer(value, TAG.counter32))).toBe(hex)
    expect(read(hex).enter(TAG.counter32).unsigned()).toBe(value)
  })

  it('takes a counter that an agent sent as a negative integer', () => {
    expect(read('4104ffffffff').enter(TAG.counter32).unsigned()).toBe(4294967295)
    expect(read('4101ff').enter(TAG.counter32).unsigned()).toBe(4294967295)
  })

  it.each([
    [0n, '460100'],
    [0xffff_ffff_ffff_ffffn, '460900ffffffffffffffff'],
    [0x7fff_ffff_ffff_ffffn, '46087fffffffffffffff'],
  ])('64-bit counter %d is %s', (value, hex) => {
    expect(written((writer) => writer.big(value, TAG.counter64))).toBe(hex)
    expect(read(hex).enter(TAG.counter64).unsigned64()).toBe(value)
  })

  it('cuts an integer that is wider than 32 bits', () => {
    expect(read('020500000000ff').integer()).toBe(255)
    expect(read('0208ffffffffffffffff').integer()).toBe(-1)
  })

  it.each(['0200', '0209010203040506070809'])('refuses %s', (hex) => {
    expect(() => read(hex).integer()).toThrow(BerError)
  })

  it('round trip', () => {
    fc.assert(
      fc.property(fc.integer(), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (number, big) => {
        expect(read(written((writer) => writer.integer(number))).integer()).toBe(number)
        const reader = read(written((writer) => writer.big(big, TAG.counter64)))
        expect(reader.enter(TAG.counter64).unsigned64()).toBe(big)
      }),
    )
  })
})

describe('object identifiers', () => {
  it.each(OIDS)('%s is %s', (oid, hex) => {
    expect(written((writer) => writer.objectIdentifier(oid))).toBe(hex)
    expect(read(hex).enter(TAG.oid).objectIdentifier()).toBe(oid)
  })

  it('takes an empty one for 0.0, as agents mean it', () => {
    expect(read('0600').enter(TAG.oid).objectIdentifier()).toBe('0.0')
  })

  it.each([
    ['06022b86', 'unfinished'],
    ['06062b9080808000', 'a sub-identifier of 2^32'],
    ['06082b808f8080807f90', 'unfinished after zeros'],
    [`0681812b${'01'.repeat(128)}`, '130 sub-identifiers'],
  ])('refuses %s: %s', (hex) => {
    expect(() => read(hex).enter(TAG.oid).objectIdentifier()).toThrow(BerError)
  })

  it('round trip', () => {
    const id = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 0xffffffff }))
    const head = fc.oneof(
      fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 39 })),
      fc.tuple(fc.constant(2), fc.integer({ min: 0, max: 0xffffffff })),
    )
    fc.assert(
      fc.property(head, fc.array(id, { maxLength: 60 }), (first, rest) => {
        const oid = [...first, ...rest].join('.')
        const reader = read(written((writer) => writer.objectIdentifier(oid)))
        expect(reader.enter(TAG.oid).objectIdentifier()).toBe(oid)
      }),
    )
  })
})

describe('lengths', () => {
  it.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65536, '0483010000'],
  ])('%d bytes begin with %s', (length, header) => {
    const hex = written((writer) => writer.octets(Buffer.alloc(length, 0x61)))
    expect(hex.slice(0, header.length)).toBe(header)
    expect(read(hex).octets().length).toBe(length)
  })

  it('takes a longer form than needed', () => {
    expect(read('0484000000024142').octets().toString()).toBe('AB')
  })

  it.each([
    ['', 'nothing'],
    ['04', 'a tag alone'],
    ['0405414243', 'less than it says'],
    ['0480414200', 'the indefinite form'],
    ['0485000000000141', 'a length of five bytes'],
    ['0484ffffffff41', 'four gigabytes'],
    ['0482', 'a length that is cut off'],
  ])('refuses "%s": %s', (hex) => {
    expect(() => read(hex).octets()).toThrow(BerError)
  })

  it('refuses contents that reach beyond what they stand in', () => {
    const outer = read('3003 0405 4142 43').enter(TAG.sequence)
    expect(() => outer.octets()).toThrow(/truncated at byte 2/)
  })

  it('refuses another tag, and says where', () => {
    expect(() => read('300302010a').enter(TAG.octets)).toThrow(/at byte 0/)
  })
})
