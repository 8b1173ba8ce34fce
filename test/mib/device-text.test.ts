import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanDeviceText } from '../../src/core/mib/device-text.ts'

describe('cleanDeviceText', () => {
  it.each([
    ['NULs and line ends', '  Toner\0\0 low\r\n\treplace ', 'Toner low replace'],
    ['colours', '\x1b[31;1mBlack\x1b[0m toner', 'Black toner'],
    ['a window title', 'A\x1b]0;owned\x07B', 'A B'],
    ['a link', 'A\x1b]8;;http://evil/\x1b\\B', 'A B'],
    ['an open string sequence keeps its text', 'A\x1b]0;B', 'A 0;B'],
    ['the PJL exit code', '\x1b%-12345XReady', 'Ready'],
    ['C1 controls', 'A\x9b2JB\x85C', 'A B C'],
    ['bidirectional controls', 'a\u202egpj.exe\u2066b\u200f', 'agpj.exeb'],
    ['invisible characters', '\ufeffHP\u200b \u{e0041}X', 'HP X'],
    ['wide and hard spaces', 'A\u3000\u00a0B\u2028C', 'A B C'],
    ['lone surrogates', 'A\ud800B', 'A\ufffdB'],
  ])('%s', (_, text, clean) => {
    expect(cleanDeviceText(text)).toBe(clean)
  })

  it('keeps at most 1,024 units and no half character', () => {
    expect(cleanDeviceText('x'.repeat(5000))).toHaveLength(1024)
    expect(cleanDeviceText(`${'x'.repeat(1023)}😀`)).toBe('x'.repeat(1023))
    expect(cleanDeviceText(`${'x'.repeat(1022)}😀`)).toBe(`${'x'.repeat(1022)}😀`)
  })

  it('leaves no control character, and nothing more to clean', () => {
    const hostile = fc.array(fc.constantFrom('\x1b', '[', ']', '0', 'm', '\x07', '\x9b', '\n', 'a', '\u202e', '\ud800'))
    fc.assert(
      fc.property(hostile, (parts) => {
        const clean = cleanDeviceText(parts.join(''))
        expect(clean).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/)
        expect(cleanDeviceText(clean)).toBe(clean)
      }),
    )
  })
})
