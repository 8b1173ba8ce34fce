import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  IDENTITY_KINDS,
  type IdentityKind,
  identifyKnown,
  identityKeys,
  isNameless,
  type Shown,
} from '../../../src/core/agent/watch/identify-known.ts'

const BASE: Shown = {
  address: '10.0.0.1',
  port: 161,
  printer_index: 1,
  manufacturer: 'HP',
  model: 'LaserJet 4000',
  serial: 'USBB123456',
  mac_address: '00:11:22:33:44:55',
  device_id: 'USBB123456',
}
const shown = (changes: Partial<Shown>): Shown => ({ ...BASE, ...changes })
const NAMELESS = { serial: null, mac_address: null, device_id: null }

/** The known printer that a reading is of, looked up as the fleet does. */
function identify<P extends Shown>(reading: Shown, known: readonly P[]): P | null {
  const keys = identityKeys(reading)
  const candidates = Object.fromEntries(
    IDENTITY_KINDS.map((kind) => [
      kind,
      known.filter((each) => keys[kind] !== null && identityKeys(each)[kind] === keys[kind]),
    ]),
  ) as Record<IdentityKind, P[]>
  return identifyKnown(reading, candidates)
}

describe('which known printer a reading is of', () => {
  it.each<[string, Partial<Shown>, Partial<Shown>, boolean]>([
    ['the same', {}, {}, true],
    ['at another address', {}, { address: '10.0.0.9' }, true],
    ['with another network card', {}, { address: '10.0.0.9', mac_address: '00:11:22:33:44:66' }, true],
    [
      'of another maker with the same number',
      {},
      { address: '10.0.0.9', manufacturer: 'Brother', mac_address: null },
      false,
    ],
    ['whose maker was misread, at the same address', {}, { manufacturer: 'Brother' }, true],
    [
      'with another serial at the same address',
      { mac_address: null },
      { serial: 'USBB999999', mac_address: null },
      false,
    ],
    ['with another serial behind the same card', {}, { serial: 'USBB999999' }, false],
    ['that shows its serial now', { serial: null }, {}, true],
    ['that shows its serial now, and has no card', { ...NAMELESS }, { mac_address: null }, true],
    ['that shows its serial no more', {}, { serial: null, address: '10.0.0.9' }, true],
    [
      'by its card alone, elsewhere',
      { serial: null, device_id: null },
      { serial: null, device_id: null, address: '10.0.0.9' },
      true,
    ],
    ['another one behind the same card', { serial: null }, { serial: null, printer_index: 2 }, false],
    [
      'with another card at the same address',
      { serial: null, device_id: null },
      { serial: null, device_id: null, mac_address: '00:11:22:33:44:66' },
      false,
    ],
    ['by its address alone', NAMELESS, NAMELESS, true],
    ['of another model at the same address', NAMELESS, { ...NAMELESS, model: 'LaserJet 5' }, false],
    ['nameless at another port', NAMELESS, { ...NAMELESS, port: 1161 }, false],
    ['that does not tell its model this time', NAMELESS, { ...NAMELESS, model: null, manufacturer: null }, true],
  ])('%s', (_name, known, reading, isSame) => {
    const first = shown(known)
    expect(identify(shown(reading), [first])).toBe(isSame ? first : null)
  })

  it('two with one placeholder at two addresses are two', () => {
    const first = shown({ ...NAMELESS, serial: '1234567890', device_id: '1234567890' })
    expect(identify(shown({ ...first, address: '10.0.0.2' }), [first])).toBeNull()
    expect(isNameless(first)).toBe(true)
  })

  it('the serial number counts more than card and address', () => {
    const bySerial = shown({ address: '10.0.0.7', mac_address: '00:11:22:33:44:66' })
    const byCard = shown({ serial: null, device_id: null, address: '10.0.0.8' })
    const byAddress = shown({ ...NAMELESS })
    expect(identify(BASE, [byAddress, byCard, bySerial])).toBe(bySerial)
    expect(identify(BASE, [byAddress, byCard])).toBe(byCard)
    expect(identify(BASE, [byAddress])).toBe(byAddress)
  })
})

const arbitrary = fc.record<Shown>({
  address: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
  port: fc.constantFrom(161, 1161),
  printer_index: fc.constantFrom(1, 2),
  manufacturer: fc.constantFrom(null, 'HP', 'Brother'),
  model: fc.constantFrom(null, 'A 1', 'B 2'),
  serial: fc.constantFrom(null, 'SER1001', 'SER1002', '1234567890', 'unknown'),
  mac_address: fc.constantFrom(null, '00:11:22:33:44:55', '00:11:22:33:44:66', '00:00:00:00:00:00'),
  device_id: fc.constantFrom(null, 'SER1001', 'ID77', 'none'),
})

describe('for all readings and known printers', () => {
  it('a printer that has not changed is found again, among any others that are not like it', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(arbitrary), (reading, others) => {
        const same = { ...reading }
        const found = identify(reading, [same, ...others])
        expect(found).not.toBeNull()
        const keys = identityKeys(reading)
        const shares = (kind: IdentityKind) => found !== null && identityKeys(found)[kind] === keys[kind]
        expect(IDENTITY_KINDS.some(shares)).toBe(true)
      }),
    )
  })

  it('what is found never shows another serial number, unless the reading or it shows none', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(arbitrary), (reading, known) => {
        const found = identify(reading, known)
        const [one, other] = [identityKeys(reading).serial, found && identityKeys(found).serial]
        if (found && one !== null && other !== null) expect(other).toBe(one)
      }),
    )
  })

  it('printers that share no key with the reading change nothing', () => {
    fc.assert(
      fc.property(arbitrary, fc.array(arbitrary), fc.array(arbitrary), (reading, known, more) => {
        const keys = identityKeys(reading)
        const strangers = more.filter((each) =>
          IDENTITY_KINDS.every((kind) => keys[kind] === null || identityKeys(each)[kind] !== keys[kind]),
        )
        expect(identify(reading, [...strangers, ...known])).toBe(identify(reading, known))
      }),
    )
  })

  it('an address alone never wins over a serial number or a card that is known', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (reading, atAddress) => {
        const bySerial = { ...reading, address: '10.9.9.9' }
        if (identityKeys(reading).serial === null) return
        const same = { ...atAddress, address: reading.address, port: reading.port, serial: null }
        expect(identify(reading, [same, bySerial])).toBe(bySerial)
      }),
    )
  })
})
