import { describe, expect, it } from 'vitest'
import { formatMac, parseMacText } from '../../src/core/mib/mac-address.ts'

describe('formatMac', () => {
  it('writes six bytes with colons, locally administered ones too', () => {
    expect(formatMac(Uint8Array.of(0x00, 0x1b, 0xa9, 0x0a, 0xff, 0x56))).toBe('00:1b:a9:0a:ff:56')
    expect(formatMac(Uint8Array.of(0x02, 0, 0, 0, 0, 1))).toBe('02:00:00:00:00:01')
  })

  it.each([[[]], [[1, 2, 3, 4, 5]], [[0, 0, 0, 0, 0, 0]], [[255, 255, 255, 255, 255, 255]], [[1, 0, 0x5e, 0, 0, 1]]])(
    'refuses %j',
    (octets) => {
      expect(formatMac(Uint8Array.from(octets))).toBeNull()
    },
  )

  it('refuses eight bytes', () => {
    expect(formatMac(new Uint8Array(8).fill(2))).toBeNull()
  })
})

describe('parseMacText', () => {
  it.each([
    '001BA90AFF56',
    '00:1b:a9:0a:ff:56',
    '0:1B:A9:A:FF:56',
    '00-1B-A9-0A-FF-56',
    '001b.a90a.ff56',
    ' 00 1B A9 0A FF 56 ',
  ])('reads %s', (text) => {
    expect(parseMacText(text)).toBe('00:1b:a9:0a:ff:56')
  })

  it.each(['', '000000000000', 'ffffffffffff', '00:1b:a9:0a:ff', '00:1b:a9-0a:ff:56', 'VNB3K12345AB', '0'.repeat(100)])(
    'refuses %s',
    (text) => {
      expect(parseMacText(text)).toBeNull()
    },
  )
})
