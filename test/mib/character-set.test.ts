import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText } from '../../src/core/mib/character-set.ts'

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'))
const decode = (hex: string, declared: number | null = null) => decodeText(bytes(hex), declared)

// bytes taken from the code charts, letter by letter
const BLACK_CARTRIDGE = 'Чёрный картридж'
const CP1251 = 'D7 B8 F0 ED FB E9 20 EA E0 F0 F2 F0 E8 E4 E6'
const ISO_8859_5 = 'C7 F1 E0 DD EB D9 20 DA D0 E0 E2 E0 D8 D4 D6'
const CYRILLIC_UTF8 = 'D0A7 D191 D180 D0BD D18B D0B9 20 D0BA D0B0 D180 D182 D180 D0B8 D0B4 D0B6'
const BLACK_TONER_SHIFT_JIS = '8375 8389 8362 834E 8367 8369 815B'
const BLACK_TONER_GB = 'BADA C9AB C4AB B7DB'

const german = (u: string, a: string) => `53 63 68 77 61 72 7A 20 66 ${u} 72 20 47 65 72 ${a} 74`

describe('what the bytes show', () => {
  it('ASCII, whatever is declared, without its NUL padding', () => {
    expect(decodeText(ascii('Black Toner\0\0\0'), 17)).toMatchObject({ text: 'Black Toner', charset: 'us-ascii' })
    expect(decodeText(ascii('A\0B\0\0C'), null).text).toBe('A\0B\0\0C')
  })

  it('nothing stays nothing', () => {
    expect(decodeText(ascii(''), 106).text).toBe('')
    expect(decodeText(ascii('\0\0\0\0'), null).text).toBe('')
  })

  it.each([null, 3, 4, 8, 106, 2004])('valid UTF-8 before the declared set %s', (declared) => {
    expect(decode(CYRILLIC_UTF8, declared)).toMatchObject({ text: BLACK_CARTRIDGE, charset: 'utf-8' })
    expect(decode('E9BB91 E889B2 E5A2A8 E7B289', declared).text).toBe('黑色墨粉')
  })

  it('UTF-8 that a short field cuts inside a letter, and its byte order mark', () => {
    expect(decode('D0A7 D191 D180 D0', 106)).toMatchObject({ text: 'Чёр', charset: 'utf-8' })
    expect(decode('EFBBBF 48 50').text).toBe('HP')
  })

  it('but not Latin-1 that ends in an accented letter', () => {
    expect(decode('43 61 66 E9', 4).text).toBe('Café')
  })

  it.each([
    ['FEFF 0048 0050', 'HP', 'utf-16be'],
    ['FFFE 4800 5000', 'HP', 'utf-16le'],
    ['0042 006C 0061 0063 006B', 'Black', 'utf-16be'],
    ['4200 6C00 6100 6300 6B00 0000 0000', 'Black', 'utf-16le'],
    ['4200 6C00 6100 6300 6B', 'Black', 'utf-16le'],
    ['0427 0451 0440 043D 044B 0439 0020 0048 0050', 'Чёрный HP', 'utf-16be'],
    ['2704 5104 4004 3D04 4B04 3904 2000 4800 5000', 'Чёрный HP', 'utf-16le'],
    ['30D6 30E9 30C3 30AF 30C8 30CA 30FC', 'ブラックトナー', 'utf-16be'],
    ['D630 E930 C330 AF30 C830 CA30 FC30', 'ブラックトナー', 'utf-16le'],
  ])('UTF-16 %s', (hex, text, charset) => {
    expect(decode(hex)).toMatchObject({ text, charset })
  })

  it('declared UTF-16 where nothing else shows it', () => {
    expect(decode('9ED1 8272 58A8 7C89', 1000)).toMatchObject({ text: '黑色墨粉', charset: 'utf-16be' })
    expect(decode('D19E 7282 A858 897C', 1014)).toMatchObject({ text: '黑色墨粉', charset: 'utf-16le' })
  })
})

describe('the declared set, where it is right', () => {
  it.each([
    [CP1251, 2251, BLACK_CARTRIDGE, 'windows-1251'],
    [ISO_8859_5, 8, BLACK_CARTRIDGE, 'iso-8859-5'],
    [german('FC', 'E4'), 4, 'Schwarz für Gerät', 'iso-8859-1'],
    [german('81', '84'), 2009, 'Schwarz für Gerät', 'ibm850'],
    [german('CF', 'CC'), 2004, 'Schwarz für Gerät', 'hp-roman8'],
    ['BF F3 B3 74 79 20 74 6F 6E 65 72 20 B6 77 69 65 BF 79', 5, 'żółty toner świeży', 'iso-8859-2'],
    ['53 61 72 FD 20 6B 61 72 74 75 FE 20 64 6F F0 72 75', 12, 'Sarı kartuş doğru', 'iso-8859-9'],
    [BLACK_TONER_SHIFT_JIS, 17, 'ブラックトナー', 'shift_jis'],
    [BLACK_TONER_GB, 114, '黑色墨粉', 'gb18030'],
    [BLACK_TONER_GB, 2025, '黑色墨粉', 'gb2312'],
    ['D6D0 CEC4', 2025, '中文', 'gb2312'],
    ['C4 C5 B0 20 B8 DB', 17, 'ﾄﾅｰ ｸﾛ', 'shift_jis'],
  ])('%s as %i', (hex, declared, text, charset) => {
    expect(decode(hex, declared)).toMatchObject({ text, charset })
  })

  it('says that it was declared', () => {
    expect(decode(ISO_8859_5, 8).reason).toContain('declared by the device')
  })
})

describe('the evidence, where the declared set lies or is missing', () => {
  it.each([
    ['Cyrillic CP1251', CP1251, BLACK_CARTRIDGE],
    ['Cyrillic CP1251 beside a name', `${CP1251} 20 48 50 20 43 46 32 38 33 41`, `${BLACK_CARTRIDGE} HP CF283A`],
    ['Russian with a numero sign', 'CB EE F2 EE EA 20 31 20 28 B9 20 33 29', 'Лоток 1 (№ 3)'],
    ['German Latin-1', german('FC', 'E4'), 'Schwarz für Gerät'],
    ['German CP850', german('81', '84'), 'Schwarz für Gerät'],
    ['German hp-roman8', german('CF', 'CC'), 'Schwarz für Gerät'],
    ['Japanese Shift-JIS', BLACK_TONER_SHIFT_JIS, 'ブラックトナー'],
    ['Chinese GB 18030', BLACK_TONER_GB, '黑色墨粉'],
    ['Russian in capitals', 'D2 CE CD C5 D0 20 C7 C0 CA CE CD D7 C8 CB D1 DF', 'ТОНЕР ЗАКОНЧИЛСЯ'],
  ])('%s', (_, hex, text) => {
    for (const declared of [null, 1, 3, 4, 106, 8, 9999]) expect(decode(hex, declared).text).toBe(text)
  })

  it('signs of Windows-1252 that Latin-1 has no letters for', () => {
    expect(decode('43 61 72 74 6F 75 63 68 65 20 64 92 65 6E 63 72 65', 4).text).toBe('Cartouche d’encre')
    expect(decode('32 35 B0 43').text).toBe('25°C')
  })
})

describe('bytes spelled in hexadecimal', () => {
  it.each(['48 50 20 4C 61 73 65 72', '0x4850204c61736572', '48:50:20:4C:61:73:65:72:4A'])('%s', (text) => {
    expect(decodeText(ascii(text), null).text).toMatch(/^HP LaserJ?$/)
  })

  it('in any set', () => {
    const decoded = decodeText(ascii('D2 EE ED E5 F0'), null)
    expect(decoded).toMatchObject({ text: 'Тонер', charset: 'windows-1251' })
    expect(decoded.reason).toContain('hexadecimal')
  })

  it.each([
    ['a hardware address', '00:1B:A9:12:34:56'],
    ['a hardware address that spells letters', '48:50:4C:4D:4E:4F'],
    ['a serial number', '4850324C4D4A'],
    ['a time', '20:23:45'],
    ['numbers', '31 32 33 34 35 36 37 38 39'],
    ['a part number', 'CE 41 0A'],
    ['a hexadecimal number', '0x00000010'],
  ])('not %s', (_, text) => {
    expect(decodeText(ascii(text), null)).toMatchObject({ text, charset: 'us-ascii' })
  })
})

it('gives some text for any bytes and any declaration', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.option(fc.integer({ min: -1, max: 2300 })), (input, declared) => {
      const decoded = decodeText(input, declared)
      expect(decoded.text.length).toBeLessThanOrEqual(input.length)
      expect(decoded.charset).not.toBe('')
      if (decoded.text === '') expect(input.every((byte) => byte === 0) || input.length < 6).toBe(true)
    }),
    { numRuns: 500 },
  )
})
