import { describe, expect, test } from 'vitest'
import { formatRecording, parseRecording } from '../../src/core/snmp/recording.ts'
import { type Secrets, scrubRecording } from '../../src/core/snmp/scrub.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'

const SALT = Buffer.alloc(32, 7)
const SERIAL = '1.3.6.1.2.1.43.5.1.1.17.1'
const PRIVATE = '1.3.6.1.4.1.99999.1.'

/** Scrubs rows given as in a recording; answers what stands at an OID afterwards. */
function scrub(...rows: string[]) {
  return scrubWith({}, ...rows)
}

/** The same where a scan has found out more. */
function scrubWith(known: Partial<Secrets>, ...rows: string[]) {
  const secrets = { serials: [], names: [], macs: [], ...known }
  const scrubbed = scrubRecording(parseRecording(rows.join('\n'), 'x').values, { salt: SALT, secrets })
  const text = (oid: string) => Buffer.from((scrubbed.get(oid) as SnmpValue & { type: 'octets' }).value).toString()
  return { scrubbed, text, written: formatRecording(scrubbed) }
}

describe('serials', () => {
  test('keep their shape: letters, digits and the rest each in their place', () => {
    const { text } = scrub(`${SERIAL}|4|VD-214x57943`)
    expect(text(SERIAL)).toMatch(/^[A-Z]{2}-\d{3}[a-z]\d{5}$/)
    expect(text(SERIAL)).not.toBe('VD-214x57943')
  })

  test('are the same wherever they stand: in texts, in 1284 ids, in hex, in UTF-16, in OIDs', () => {
    const hex = Buffer.from('CNB7K12345').toString('hex')
    const wide = Buffer.from('CNB7K12345', 'utf16le').toString('hex')
    const index = [...Buffer.from('CNB7K12345')].join('.')
    const { text, scrubbed, written } = scrub(
      `${SERIAL}|4|CNB7K12345`,
      `${PRIVATE}1|4|MFG:HP;MDL:LaserJet;SN:CNB7K12345;`,
      `${PRIVATE}2|4|is ${hex} in hex`,
      `${PRIVATE}3|4x|${wide}`,
      `${PRIVATE}4.${index}|2|1`,
      `${PRIVATE}5|4x|0115${hex}`,
      `${PRIVATE}6|4|cnb7k12345.local`,
    )
    const other = text(SERIAL)
    expect(other).toMatch(/^[A-Z]{3}\d[A-Z]\d{5}$/)
    expect(text(`${PRIVATE}1`)).toBe(`MFG:HP;MDL:LaserJet;SN:${other};`)
    expect(text(`${PRIVATE}2`)).toBe(`is ${Buffer.from(other).toString('hex')} in hex`)
    expect(text(`${PRIVATE}3`)).toBe(Buffer.from(other, 'utf16le').toString())
    expect(scrubbed.has(`${PRIVATE}4.${[...Buffer.from(other)].join('.')}`)).toBe(true)
    expect(text(`${PRIVATE}5`)).toBe(`\x01\x15${other}`)
    expect(text(`${PRIVATE}6`)).toBe(`${other.toLowerCase()}.local`)
    expect(written).not.toContain('CNB7K12345')
    expect(written).not.toContain(hex)
  })

  test('are found behind SN: and SERN: where no serial object shows them', () => {
    const { text } = scrub(`${PRIVATE}1|4|MFG:EPSON;SERN:X3B8022793;`, `${PRIVATE}2|4|Serial Number: X3B8022793`)
    const other = /SERN:([A-Z]\d[A-Z]\d{7});/.exec(text(`${PRIVATE}1`))?.[1]
    expect(other).toBeDefined()
    expect(other).not.toBe('X3B8022793')
    expect(text(`${PRIVATE}2`)).toBe(`Serial Number: ${other}`)
  })

  test('are found behind S/N and a blank, and right behind SN in the name of a supply', () => {
    const supply = '1.3.6.1.2.1.43.11.1.1.6.1.1'
    const { text, written } = scrub(
      `${PRIVATE}1|4|Laser 100 S/N VNB3K99999`,
      `${supply}|4|Black Toner;SN12345678`,
      `${PRIVATE}2|4|Drum;SN4711AB`,
      `${PRIVATE}3|4|SNMPv3 and SN of 2026`,
    )
    expect(text(`${PRIVATE}1`)).toMatch(/^Laser 100 S\/N [A-Z]{3}\d[A-Z]\d{5}$/)
    expect(text(supply)).toMatch(/^Black Toner;SN\d{8}$/)
    expect(text(`${PRIVATE}2`)).toMatch(/^Drum;SN\d{4}[A-Z]{2}$/)
    expect(text(`${PRIVATE}3`)).toBe('SNMPv3 and SN of 2026')
    for (const secret of ['VNB3K99999', '12345678', '4711AB']) expect(written).not.toContain(secret)
  })

  test('are found in UTF-16 of either byte order', () => {
    const little = Buffer.from('SN:CNB7K12345', 'utf16le')
    const big = Buffer.from(little).swap16()
    const { scrubbed, text } = scrub(
      `${PRIVATE}1|4x|${big.toString('hex')}`,
      `${PRIVATE}2|4x|${little.toString('hex')}`,
      `${PRIVATE}3|4|CNB7K12345`,
    )
    const other = text(`${PRIVATE}3`)
    expect(other).toMatch(/^[A-Z]{3}\d[A-Z]\d{5}$/)
    expect(other).not.toBe('CNB7K12345')
    const wide = Buffer.from(`SN:${other}`, 'utf16le')
    expect(scrubbed.get(`${PRIVATE}2`)).toEqual({ type: 'octets', value: wide })
    expect(scrubbed.get(`${PRIVATE}1`)).toEqual({ type: 'octets', value: Buffer.from(wide).swap16() })
  })

  test('as numbers become other numbers', () => {
    const { scrubbed, text } = scrub(`${SERIAL}|4|505571100`, `${PRIVATE}1|2|505571100`, `${PRIVATE}2|2|505571101`)
    expect(scrubbed.get(`${PRIVATE}1`)).not.toEqual({ type: 'integer', value: 505571100 })
    expect(scrubbed.get(`${PRIVATE}2`)).toEqual({ type: 'integer', value: 505571101 })
    expect(text(SERIAL)).toMatch(/^\d{9}$/)
  })

  test('that are placeholders stay, and change nothing elsewhere', () => {
    const { text } = scrub(`${SERIAL}|4|0000000000`, `${PRIVATE}1|4|0000000000 jobs`)
    expect(text(SERIAL)).toBe('0000000000')
    expect(text(`${PRIVATE}1`)).toBe('0000000000 jobs')
  })

  test('are replaced differently each time', () => {
    const { values } = parseRecording(`${SERIAL}|4|CNB7K12345`, 'x')
    const once = formatRecording(scrubRecording(values))
    expect(formatRecording(scrubRecording(values))).not.toBe(once)
  })
})

describe('addresses', () => {
  test('a MAC keeps its maker and is the same as bytes, in every spelling and in OIDs', () => {
    const { scrubbed, text, written } = scrub(
      '1.3.6.1.2.1.2.2.1.6.1|4x|0017c8b902de',
      `${PRIVATE}1|4|00:17:C8:B9:02:DE and 00-17-c8-b9-02-de`,
      `${PRIVATE}2|4|KM0017C8B902DE`,
      `${PRIVATE}3.0.23.200.185.2.222|2|1`,
      `${PRIVATE}4|4x|ff0017c8b902deff`,
    )
    const mac = Buffer.from((scrubbed.get('1.3.6.1.2.1.2.2.1.6.1') as SnmpValue & { type: 'octets' }).value)
    const hex = mac.toString('hex')
    expect(hex).toMatch(/^0017c8[0-9a-f]{6}$/)
    expect(hex).not.toBe('0017c8b902de')
    const pairs = hex.match(/../g) as string[]
    expect(text(`${PRIVATE}1`).toLowerCase()).toBe(`${pairs.join(':')} and ${pairs.join('-')}`)
    expect(text(`${PRIVATE}2`)).toBe(`KM${hex.toUpperCase()}`)
    expect(scrubbed.has(`${PRIVATE}3.${[...mac].join('.')}`)).toBe(true)
    expect(written).toContain(`${PRIVATE}4|4x|ff${hex}ff`)
  })

  test('an address in UTF-16 may become a longer one', () => {
    const big = (text: string) => Buffer.from(text, 'utf16le').swap16()
    const { scrubbed } = scrub(`${PRIVATE}1|4x|feff${big('ip 10.0.0.7').toString('hex')}`)
    const value = Buffer.concat([Buffer.of(0xfe, 0xff), big('ip 192.0.2.1')])
    expect(scrubbed.get(`${PRIVATE}1`)).toEqual({ type: 'octets', value })
  })

  test('a MAC goes from link-local addresses, default host names and spellings without zeros', () => {
    const { scrubbed, text } = scrub(
      '1.3.6.1.2.1.1.5.0|4|NPIA1B2C3',
      '1.3.6.1.2.1.2.2.1.6.1|4x|001b78a1b2c3',
      `${PRIVATE}1|4x|fe80000000000000021b78fffea1b2c3`,
      `${PRIVATE}2|4|at 0 1b 78 a1 b2 c3 or 0:1B:78:A1:B2:C3`,
      `${PRIVATE}3|4|http://npia1b2c3/`,
    )
    const bytes = (oid: string) => (scrubbed.get(oid) as SnmpValue & { type: 'octets' }).value
    const own = Buffer.from(bytes('1.3.6.1.2.1.2.2.1.6.1')).toString('hex').slice(6)
    expect(own).not.toBe('a1b2c3')
    expect(Buffer.from(bytes(`${PRIVATE}1`)).toString('hex')).toBe(`fe80000000000000021b78fffe${own}`)
    const ends = (own.match(/../g) as string[]).map((byte) => byte.replace(/^0/, ''))
    expect(text(`${PRIVATE}2`).toLowerCase()).toBe(`at 0 1b 78 ${ends.join(' ')} or 0:1b:78:${ends.join(':')}`)
    expect(text('1.3.6.1.2.1.1.5.0')).toBe(`NPI${own.toUpperCase()}`)
    expect(text(`${PRIVATE}3`)).toBe(`http://npi${own}/`)
  })

  test('a MAC that stands in a link-local address only, and a default host name alone', () => {
    const { written } = scrub(
      `${PRIVATE}1|4x|fe80000000000000021b78fffea1b2c3`,
      `${PRIVATE}2|4|00:1b:78:a1:b2:c3`,
      `${PRIVATE}3|4|host NPID4E5F6`,
    )
    expect(written).toContain(`${PRIVATE}1|4x|fe80000000000000021b78fffe`)
    expect(written).not.toContain('a1b2c3')
    expect(written).not.toContain('a1:b2:c3')
    expect(written).not.toContain('D4E5F6')
  })

  test('IP addresses come from the documentation range, the same in values, indices and URIs', () => {
    const { scrubbed, text } = scrub(
      '1.3.6.1.2.1.4.20.1.1.10.0.0.7|64|10.0.0.7',
      '1.3.6.1.2.1.4.20.1.3.10.0.0.7|64|255.255.254.0',
      `${PRIVATE}1|4|http://10.0.0.7:631/ipp and 10.0.0.70`,
      `${PRIVATE}2|64|127.0.0.1`,
      `${PRIVATE}3|4x|c0a80117`,
      `${PRIVATE}4|64|192.168.1.23`,
    )
    expect(scrubbed.get('1.3.6.1.2.1.4.20.1.1.192.0.2.1')).toEqual({ type: 'ip', value: '192.0.2.1' })
    expect(scrubbed.get('1.3.6.1.2.1.4.20.1.3.192.0.2.1')).toEqual({ type: 'ip', value: '255.255.254.0' })
    expect(text(`${PRIVATE}1`)).toBe('http://192.0.2.1:631/ipp and 192.0.2.2')
    expect(scrubbed.get(`${PRIVATE}2`)).toEqual({ type: 'ip', value: '127.0.0.1' })
    expect(scrubbed.get(`${PRIVATE}4`)).toEqual({ type: 'ip', value: '192.0.2.3' })
    expect(scrubbed.get(`${PRIVATE}3`)).toEqual({ type: 'octets', value: Buffer.of(192, 0, 2, 3) })
  })

  test('versions are not addresses', () => {
    const { text } = scrub(`${PRIVATE}1|4|Firmware Ver.1.2.3.4, agent v5.9.1.2, OID 1.3.6.1.4.1`)
    expect(text(`${PRIVATE}1`)).toBe('Firmware Ver.1.2.3.4, agent v5.9.1.2, OID 1.3.6.1.4.1')
  })

  test('IPv6 addresses in texts', () => {
    const { text } = scrub(`${PRIVATE}1|4|http://[fe80::217:c8ff:feb9:2de]/ at 12:34:56`)
    expect(text(`${PRIVATE}1`)).toBe('http://[2001:db8::1]/ at 12:34:56')
  })
})

describe('people and places', () => {
  test('name, contact and location keep their shape and go everywhere', () => {
    const { text, written } = scrub(
      '1.3.6.1.2.1.1.4.0|4|Erika Mustermann, +49 30 1234567',
      '1.3.6.1.2.1.1.5.0|4|prn-berlin-3.corp.example',
      '1.3.6.1.2.1.1.6.0|4|Büro 3.14',
      `${PRIVATE}1|4|ipp://prn-berlin-3/print`,
      `${PRIVATE}2|4|PRN-BERLIN-3`,
      `${PRIVATE}3|4|call +49 30 7654321 or erika@corp.example`,
    )
    expect(text('1.3.6.1.2.1.1.4.0')).toMatch(/^[A-Z][a-z]{4} [A-Z][a-z]{9}, \+\d\d \d\d \d{7}$/)
    expect(Buffer.byteLength(text('1.3.6.1.2.1.1.6.0'))).toBe(Buffer.byteLength('Büro 3.14'))
    const host = /^ipp:\/\/([a-z]{3}-[a-z]{6}-\d)\/print$/.exec(text(`${PRIVATE}1`))?.[1]
    expect(host).toBeDefined()
    expect(text(`${PRIVATE}2`)).toBe(host?.toUpperCase())
    expect(text(`${PRIVATE}3`)).toMatch(/^call \+\d\d \d\d \d{7} or [a-z]{5}@[a-z]{4}\.[a-z]{7}$/)
    for (const secret of ['Erika', 'erika', 'Mustermann', '1234567', '7654321', 'berlin', 'corp', 'Büro']) {
      expect(written).not.toContain(secret)
    }
  })

  test('operator, service person, asset number, SSID and user names', () => {
    const { written } = scrub(
      '1.3.6.1.2.1.43.5.1.1.4.1|4|Olaf Operator',
      '1.3.6.1.2.1.43.5.1.1.5.1|4|Susi Service',
      '1.3.6.1.4.1.11.2.3.9.4.2.1.1.3.12.0|4|INV-004711',
      `${PRIVATE}1|4|SSID=CorpWifi7;PSK=s3cretkey;USER:jdoe`,
    )
    for (const secret of ['Olaf', 'Susi', '004711', 'CorpWifi7', 's3cretkey', 'jdoe'])
      expect(written).not.toContain(secret)
  })

  test('a printer name that is the model stays, another one goes', () => {
    const model = '1.3.6.1.2.1.25.3.2.1.3.1|4|KYOCERA ECOSYS P2040dw'
    const name = '1.3.6.1.2.1.43.5.1.1.16.1'
    expect(scrub(model, `${name}|4|ECOSYS P2040dw`).text(name)).toBe('ECOSYS P2040dw')
    expect(scrub(model, `${name}|4|Buchhaltung`).text(name)).toMatch(/^[A-Z][a-z]{10}$/)
  })

  test('parts of host names and contacts go wherever they stand, the same alone and together', () => {
    const { text, written } = scrub(
      '1.3.6.1.2.1.1.4.0|4|John Doe <jdoe@mail.acme.example>',
      '1.3.6.1.2.1.1.5.0|4|PRN-FIN-07.corp.acme.example',
      `${PRIVATE}1|4|search corp.acme.example`,
      `${PRIVATE}2|4|last job of John Doe, jdoe`,
      `${PRIVATE}3|4|support@vendor.example gives support`,
    )
    for (const secret of ['John', 'Doe', 'jdoe', 'corp', 'acme', 'FIN']) expect(written).not.toContain(secret)
    const [, domain] = text('1.3.6.1.2.1.1.5.0').split(/\.(.*)/) as [string, string]
    expect(text(`${PRIVATE}1`)).toBe(`search ${domain}`)
    const [, name, mailbox] = /^(.*) <(.*)@/.exec(text('1.3.6.1.2.1.1.4.0')) as unknown as [string, string, string]
    expect(text(`${PRIVATE}2`)).toBe(`last job of ${name}, ${mailbox}`)
    expect(text(`${PRIVATE}3`)).toMatch(/ gives support$/)
  })

  test('a host name of two letters goes from the sysDescr, and nothing else does', () => {
    const descr = '1.3.6.1.2.1.1.1.0'
    const { text } = scrub(`${descr}|4|Linux vm 6.18.2 #1 SMP vm x86_64`, `${PRIVATE}1|4|vm.swappiness`)
    expect(text(descr)).toMatch(/^Linux [a-z]{2} 6\.18\.2 #1 SMP vm x86_64$/)
    expect(text(descr)).not.toContain('Linux vm')
    expect(text(`${PRIVATE}1`)).toBe('vm.swappiness')
    expect(scrub(`${descr}|4|Linux 4.4.0 armv7`).text(descr)).toBe('Linux 4.4.0 armv7')
  })

  test('the host name in the sysDescr of a Unix host goes', () => {
    const { text } = scrub('1.3.6.1.2.1.1.1.0|4|Linux mailserver 4.4.0 #1', '1.3.6.1.2.1.1.5.0|4|mailserver')
    expect(text('1.3.6.1.2.1.1.1.0')).toMatch(/^Linux [a-z]{10} 4\.4\.0 #1$/)
    expect(text('1.3.6.1.2.1.1.1.0')).not.toContain('mailserver')
  })
})

describe('what a scan takes for private', () => {
  test('a serial number goes from objects that nobody knows, alone, inside of texts, in hex and in OIDs', () => {
    const hex = Buffer.from('AX1-KZ40017').toString('hex')
    const rows = [
      `${PRIVATE}1|4|AX1-KZ40017`,
      `${PRIVATE}2|4|Acme X1 ax1-kz40017 ready, ${hex}`,
      `${PRIVATE}3.${[...Buffer.from('AX1-KZ40017')].join('.')}|2|1`,
      `${PRIVATE}4|4|  AX1-KZ40017  `,
    ]
    expect(scrub(...rows).text(`${PRIVATE}1`)).toBe('AX1-KZ40017')
    const { text, scrubbed } = scrubWith({ serials: ['AX1-KZ40017'] }, ...rows)
    const other = text(`${PRIVATE}1`)
    expect(other).toMatch(/^[A-Z]{2}\d-[A-Z]{2}\d{5}$/)
    expect(other).not.toBe('AX1-KZ40017')
    const otherHex = Buffer.from(other).toString('hex')
    expect(text(`${PRIVATE}2`)).toBe(`Acme X1 ${other.toLowerCase()} ready, ${otherHex}`)
    expect(scrubbed.has(`${PRIVATE}3.${[...Buffer.from(other)].join('.')}`)).toBe(true)
    expect(text(`${PRIVATE}4`)).toBe(`  ${other}  `)
  })

  test('it is the same as behind SN: and in the standard object', () => {
    const rows = [`${PRIVATE}1|4|AX1KZ40017`, `${PRIVATE}2|4|MFG:Acme;SN:AX1KZ40017;`]
    const { text } = scrubWith({ serials: ['AX1KZ40017'] }, ...rows, `${SERIAL}|4|AX1KZ40017`)
    expect(text(`${PRIVATE}2`)).toBe(`MFG:Acme;SN:${text(`${PRIVATE}1`)};`)
    expect(text(SERIAL)).toBe(text(`${PRIVATE}1`))
  })

  test('a short one goes where it stands alone or between blanks, a few digits only where they are the whole', () => {
    const { text } = scrubWith(
      { serials: ['A12', '4711'] },
      `${PRIVATE}1|4|A12`,
      `${PRIVATE}2|4|asset A12, not A123`,
      `${PRIVATE}3|4|4711`,
      `${PRIVATE}4|4|4711 pages`,
    )
    expect(text(`${PRIVATE}1`)).toMatch(/^(?!A12)[A-Z]\d\d$/)
    expect(text(`${PRIVATE}2`)).toBe(`asset ${text(`${PRIVATE}1`)}, not A123`)
    expect(text(`${PRIVATE}3`)).toMatch(/^(?!4711)\d{4}$/)
    expect(text(`${PRIVATE}4`)).toBe('4711 pages')
  })

  test('names go as a whole value however short, in UTF-8, Latin-1 and UTF-16, and never the name of the model', () => {
    const wide = (text: string) => Buffer.from(text, 'utf16le').toString('hex')
    const { text, scrubbed, written } = scrubWith(
      { names: ['3.14', 'Büro Süd', 'Acme X1'], macs: ['02:50:4d:00:00:aa'] },
      '1.3.6.1.2.1.1.1.0|4|Acme X1',
      `${PRIVATE}1|4|3.14`,
      `${PRIVATE}2|4|version 3.14`,
      `${PRIVATE}3|4|at Büro Süd`,
      `${PRIVATE}4|4x|${Buffer.from('Büro Süd', 'latin1').toString('hex')}`,
      `${PRIVATE}5|4x|${wide('Büro Süd')}`,
      `${PRIVATE}6|4|Acme X1`,
      `${PRIVATE}7|4|02504d0000aa`,
    )
    expect(text(`${PRIVATE}1`)).toMatch(/^(?!3\.14)\d\.\d\d$/)
    expect(text(`${PRIVATE}2`)).toBe('version 3.14')
    expect(text(`${PRIVATE}3`)).not.toContain('ro S')
    for (const row of [4, 5]) {
      const { value } = scrubbed.get(`${PRIVATE}${row}`) as SnmpValue & { type: 'octets' }
      expect(Buffer.from(value).toString('latin1').replaceAll('\0', '')).not.toContain('ro S')
    }
    expect(text(`${PRIVATE}6`)).toBe('Acme X1')
    expect(written).toMatch(/7\|4\|02504d(?!0000aa)/)
  })
})

test('tables that name users, documents, connections and communities are left out', () => {
  const kept = '1.3.6.1.2.1.43.11.1.1.9.1.1|2|50'
  const { written } = scrub(
    kept,
    '1.3.6.1.4.1.2699.1.1.1.4.1.1.1|4|jdoe',
    '1.3.6.1.2.1.4.22.1.2.1.10.0.0.9|4x|001122334455',
    '1.3.6.1.2.1.3.1.1.2.1|4x|001122334455',
    '1.3.6.1.2.1.6.13.1.1.10.0.0.9.80.10.0.0.8.5000|2|5',
    '1.3.6.1.2.1.7.5.1.1.10.0.0.9.161|64|10.0.0.9',
    '1.3.6.1.2.1.4.21.1.1.10.0.0.0|64|10.0.0.0',
    '1.3.6.1.2.1.4.24.4.1.1.10.0.0.0|64|10.0.0.0',
    '1.3.6.1.2.1.25.6.3.1.2.1|4|acme-payroll-client',
    '1.3.6.1.6.3.18.1.1.1.2.1|4|secret',
  )
  expect(written).toBe(`${kept}\n`)
})

test('what tells nothing of the owner is not touched', () => {
  const rows = [
    '1.3.6.1.2.1.1.1.0|4|SHARP MX-M266NV',
    '1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.2385.3.1.22.2.1',
    '1.3.6.1.2.1.25.3.5.1.2.1|4x|0000',
    '1.3.6.1.2.1.43.10.2.1.4.1.1|65|123456',
    '1.3.6.1.2.1.43.11.1.1.6.1.1|4|Black Toner Cartridge, PN 41X1234',
  ]
  expect(scrub(...rows).written).toBe(`${rows.join('\n')}\n`)
})
