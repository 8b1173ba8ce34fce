import { describe, expect, it } from 'vitest'
import { parseDeviceId } from '../../src/core/mib/ieee-1284.ts'

describe('parseDeviceId', () => {
  it('reads the short keys', () => {
    const id = parseDeviceId(
      'MFG:EPSON;CMD:ESCPL2,BDC,D4,;MDL:WF-C5790 Series;CLS:PRINTER;DES:EPSON WF;SN:X1;CID:EpsonRGB;',
    )
    expect(id).toMatchObject({
      manufacturer: 'EPSON',
      model: 'WF-C5790 Series',
      command_set: ['ESCPL2', 'BDC', 'D4'],
      class: 'PRINTER',
      description: 'EPSON WF',
      serial: 'X1',
    })
    expect(id.fields.get('CID')).toBe('EpsonRGB')
    expect(id.fields.size).toBe(7)
  })

  it('reads the long keys in any case, with odd spacing and no last semicolon', () => {
    const id = parseDeviceId(' Manufacturer : HP ;\r\n model:HP  LaserJet 4 ;Command Set: PJL , PCL;SerN:VNB1')
    expect(id).toMatchObject({
      manufacturer: 'HP',
      model: 'HP LaserJet 4',
      command_set: ['PJL', 'PCL'],
      serial: 'VNB1',
    })
  })

  it.each([
    ['high byte first', '\x00\x16'],
    ['low byte first', '\x16\x00'],
    ['a length that is a letter', '\x00M'],
    ['a length that is a letter, its control character cleaned away', 'M'],
    ['a line end that is no length', '\r\n'],
  ])('drops the length in front: %s', (_, prefix) => {
    expect(parseDeviceId(`${prefix}MFG:HP;MDL:DeskJet;`)).toMatchObject({ manufacturer: 'HP', model: 'DeskJet' })
  })

  it('keeps the colons of a value and the first of two equal keys', () => {
    expect(parseDeviceId('MFG:A;DES:x:y;MFG:B;')).toMatchObject({ manufacturer: 'A', description: 'x:y' })
  })

  it('says null where nothing is said', () => {
    const id = parseDeviceId('no id at all')
    expect(id).toMatchObject({ manufacturer: null, model: null, command_set: [], serial: null })
    expect(id.fields.size).toBe(0)
    expect(parseDeviceId('MFG: ;MDL:;').manufacturer).toBeNull()
  })

  it('stops at 64 keys and 4,096 characters, and cleans what it reads', () => {
    expect(parseDeviceId(Array.from({ length: 100 }, (_, i) => `K${i}:v`).join(';')).fields.size).toBe(64)
    expect(parseDeviceId(`DES:${'x'.repeat(5000)};MFG:HP;`).manufacturer).toBeNull()
    expect(parseDeviceId('MFG:\x1b[31mHP\x07;').manufacturer).toBe('HP')
  })

  it('does not take a key for a property of objects', () => {
    expect(parseDeviceId('__proto__:x;constructor:y;').fields.get('__PROTO__')).toBe('x')
  })
})
