import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PrintMasterError } from '../../src/core/model/error.ts'
import { compareOids } from '../../src/core/snmp/oid.ts'
import { formatRecording, parseRecording } from '../../src/core/snmp/recording.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const octets = (value: string | Uint8Array): SnmpValue => ({
  type: 'octets',
  value: new Uint8Array(Buffer.from(value as string)),
})
const readValue = (line: string | Buffer) => parseRecording(line, 'x').values.get('1.3.6.1')

/** The message of the error that reading `source` raises. */
function complaint(source: string | Buffer): string {
  try {
    parseRecording(source, 'office.snmprec')
  } catch (error) {
    expect(error).toBeInstanceOf(PrintMasterError)
    expect((error as PrintMasterError).code).toBe('bad_recording')
    return (error as Error).message
  }
  return 'no complaint'
}

describe('parseRecording reads every type', () => {
  test.each<[string, SnmpValue]>([
    ['2|-3', { type: 'integer', value: -3 }],
    ['2|2147483647', { type: 'integer', value: 2147483647 }],
    ['4|HP LaserJet', octets('HP LaserJet')],
    ['4|', octets('')],
    ['4|MFG:HP;|CMD:PCL|', octets('MFG:HP;|CMD:PCL|')],
    ['4| padded ', octets(' padded ')],
    ['4x|00fF10', octets(Buffer.of(0, 255, 16))],
    ['4x|', octets('')],
    ['5|', { type: 'null' }],
    ['6|1.3.6.1.4.1.11', { type: 'oid', value: '1.3.6.1.4.1.11' }],
    ['6|.1.3.6.1.4.1.11', { type: 'oid', value: '1.3.6.1.4.1.11' }],
    ['6|', { type: 'oid', value: '0.0' }],
    ['64|192.168.0.1', { type: 'ip', value: '192.168.0.1' }],
    ['64x|C0A80001', { type: 'ip', value: '192.168.0.1' }],
    ['65|4294967295', { type: 'counter32', value: 4294967295 }],
    ['66|1', { type: 'gauge32', value: 1 }],
    ['67|181301465', { type: 'timeticks', value: 181301465 }],
    ['68x|9f7804', { type: 'opaque', value: Uint8Array.of(0x9f, 0x78, 4) }],
    ['70|18446744073709551615', { type: 'counter64', value: 18446744073709551615n }],
  ])('%s', (written, value) => {
    expect(readValue(`1.3.6.1|${written}`)).toEqual(value)
  })

  test('bytes that are no UTF-8 survive', () => {
    const line = Buffer.concat([Buffer.from('1.3.6.1|4|'), Buffer.of(0x83, 0x4c, 0xff)])
    expect(readValue(line)).toEqual(octets(Buffer.of(0x83, 0x4c, 0xff)))
  })
})

describe('parseRecording takes harmless differences', () => {
  test('byte order mark, CRLF, comments, blank lines, leading dots, a missing last newline', () => {
    const text = '\ufeff# a printer\r\n\r\n.1.3.6.1|2|7\r\n   \n1.3.6.2|4|x'
    const { values, oids } = parseRecording(text, 'x')
    expect(oids).toEqual(['1.3.6.1', '1.3.6.2'])
    expect(values.get('1.3.6.1')).toEqual({ type: 'integer', value: 7 })
    expect(values.get('1.3.6.2')).toEqual(octets('x'))
  })

  test('lines out of order are sorted by number, not by letter', () => {
    const { oids } = parseRecording('1.3.10|2|1\n1.3.9|2|2\n1.3.9.1|2|3\n1.3|2|4\n', 'x')
    expect(oids).toEqual(['1.3', '1.3.9', '1.3.9.1', '1.3.10'])
  })

  test('of an OID given twice the last value counts, and it is walked once', () => {
    const { values, oids } = parseRecording('1.3.1|2|1\n1.3.2|2|2\n1.3.1|2|3\n', 'x')
    expect(oids).toEqual(['1.3.1', '1.3.2'])
    expect(values.get('1.3.1')).toEqual({ type: 'integer', value: 3 })
  })
})

describe('parseRecording refuses', () => {
  test.each([
    ['1.3.6.1', 'is not OID|type|value'],
    ['1.3.6.1|2', 'is not OID|type|value'],
    ['hello|2|1', '"hello" is not an OID'],
    ['1.3.4294967296|2|1', 'is not an OID'],
    ['1.3.6.1|2:numeric|rate=1', '"2:numeric" computes its value'],
    ['1.3.6.1|71|1', 'unknown type "71"'],
    ['1.3.6.1||1', 'unknown type ""'],
    ['1.3.6.1|2|', '"" is not a number'],
    ['1.3.6.1|2|0x10', '"0x10" is not a number'],
    ['1.3.6.1|2|2147483648', 'not within'],
    ['1.3.6.1|65|-1', 'not within'],
    ['1.3.6.1|70|18446744073709551616', 'does not fit 64 bits'],
    ['1.3.6.1|4x|123', 'is not hex'],
    ['1.3.6.1|4x|zz', 'is not hex'],
    ['1.3.6.1|64|192.168.0.256', 'is not an IPv4 address'],
    ['1.3.6.1|64x|C0A800', 'is not an IPv4 address in hex'],
    ['1.3.6.1|6|abc', 'is not an OID'],
    ['1.3.6.1|5|x', 'has no value'],
  ])('%s', (line, why) => {
    const message = complaint(`# first\n1.3.5|2|1\n${line}\n`)
    expect(message).toContain(why)
    expect(message).toMatch(/^office\.snmprec:3: /)
  })

  test('nothing of a hostile line reaches the terminal but printable ASCII', () => {
    expect(complaint('\u001b[2Jevil|2|1')).toMatch(/^[\x20-\x7e]+$/)
  })

  test('a line over 128 KiB', () => {
    expect(complaint(`1.3.6.1|4|${'x'.repeat(128 * 1024)}\n`)).toBe('office.snmprec:1: a line may have 128 KiB')
  })

  test('more than 64 MiB', () => {
    expect(complaint(Buffer.alloc(64 * 1024 * 1024 + 1, '\n'))).toContain('64 MiB')
  })

  test('more than 1,000,000 rows, lenient or not', () => {
    const rows = Array.from({ length: 1_000_001 }, (_, i) => `1.3.${i}|5|`).join('\n')
    expect(complaint(rows)).toContain('office.snmprec:1000001: more than 1,000,000 rows')
    expect(() => parseRecording(rows, 'x', { lenient: true })).toThrow('1,000,000 rows')
  }, 20_000)
})

test('lenient reading leaves bad lines out and counts them', () => {
  const { values, skipped } = parseRecording('1.3.1|2|1\nnonsense\n1.3.2|2:numeric|x\n1.3.3|2|3\n', 'x', {
    lenient: true,
  })
  expect([...values.keys()]).toEqual(['1.3.1', '1.3.3'])
  expect(skipped).toBe(2)
})

describe('formatRecording', () => {
  test('writes text where it is printable UTF-8, hex elsewhere, in walk order, without exceptions', () => {
    const values = new Map<string, SnmpValue>([
      ['1.3.10', octets('Büro|2')],
      ['1.3.9', octets('two\nlines')],
      ['1.3.8', octets(Buffer.of(0xff, 0xfe))],
      ['1.3.7', { type: 'no_such_instance' }],
      ['1.3.6', { type: 'counter64', value: 5n }],
    ])
    expect(formatRecording(values)).toBe('1.3.6|70|5\n1.3.8|4x|fffe\n1.3.9|4x|74776f0a6c696e6573\n1.3.10|4|Büro|2\n')
  })

  test('a byte order mark at the start of a value is part of it', () => {
    const values = new Map([['1.3.1', octets('\ufeffx')]])
    expect(parseRecording(formatRecording(values), 'x').values).toEqual(values)
  })

  test('what is written is read back the same', () => {
    const oid = fc.array(fc.nat(0xffffffff), { maxLength: 12 }).map((ids) => ['1.3', ...ids].join('.'))
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: 'binary' }).map((text) => new Uint8Array(Buffer.from(text))),
    )
    const unsigned = fc.nat(0xffffffff)
    const value: fc.Arbitrary<SnmpValue> = fc.oneof(
      fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
      fc.record({
        type: fc.constantFrom('octets' as const, 'opaque' as const),
        value: bytes.map((b) => new Uint8Array(b)),
      }),
      fc.record({
        type: fc.constantFrom('counter32' as const, 'gauge32' as const, 'timeticks' as const),
        value: unsigned,
      }),
      fc.record({ type: fc.constant('counter64' as const), value: fc.bigInt(0n, 0xffff_ffff_ffff_ffffn) }),
      fc.record({ type: fc.constant('oid' as const), value: oid }),
      fc.record({ type: fc.constant('ip' as const), value: fc.ipV4() }),
      fc.constant<SnmpValue>({ type: 'null' }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(oid, value), { maxLength: 20 }), (rows) => {
        const values = new Map(rows)
        const read = parseRecording(formatRecording(values), 'x')
        expect(read.values).toEqual(values)
        expect(read.oids).toEqual([...values.keys()].sort(compareOids))
      }),
      { numRuns: 500 },
    )
  })
})

test('no bytes make the reader raise anything but its own error', () => {
  const line = fc.stringMatching(/^[.0-9]{0,20}\|[0-9x:]{0,5}\|[ -~]{0,20}$/)
  const source = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(line, { maxLength: 10 }).map((lines) => Buffer.from(lines.join('\n'))),
  )
  fc.assert(
    fc.property(source, (bytes) => {
      try {
        parseRecording(bytes, 'x')
      } catch (error) {
        expect(error).toBeInstanceOf(PrintMasterError)
      }
      parseRecording(bytes, 'x', { lenient: true })
    }),
    { numRuns: 2000 },
  )
})
