import type { Profile } from '../profile.ts'

/** Records of id, 01 04, and a value of four bytes: what is left of supplies and parts. */
const MAINTENANCE = '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.8.0'
/** Records of the same form: counters. */
const COUNTERS = '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.10.0'

export const BROTHER: Profile = {
  name: 'brother',
  manufacturer: 'Brother',
  sys_object_ids: ['1.3.6.1.4.1.2435'],
  printer_products: ['1.3.6.1.4.1.2435.2.3.9.1'],
  presence: ['1.3.6.1.4.1.2435.2.3.9.1.1.7.0'],
  // bieniu/brother (const.py); the serial number and the device id also stand in recordings of real devices
  after_standard: {
    model: [{ oid: '1.3.6.1.4.1.2435.2.4.3.2435.5.13.3.0' }],
    serial: [{ oid: '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.1.0' }],
    firmware: [{ oid: '1.3.6.1.4.1.2435.2.3.9.4.2.1.5.5.17.0' }],
    ieee1284_id: [{ oid: '1.3.6.1.4.1.2435.2.3.9.1.1.7.0' }],
  },
  // bieniu/brother, for laser and ink models alike: hundredths of a per cent, or whole per cents in 81 to 84; the
  // standard table only says "some" for toner
  supply_levels: (['black', 'cyan', 'magenta', 'yellow'] as const).flatMap((color, i) => [
    { kinds: ['toner', 'ink'], color, oid: MAINTENANCE, record: 0x6f + i, divisor: 100 },
    { kinds: ['toner', 'ink'], color, oid: MAINTENANCE, record: 0xa1 + i, divisor: 100 },
    { kinds: ['toner', 'ink'], color, oid: MAINTENANCE, record: 0x81 + i, divisor: 1 },
  ]),
  workarounds: [
    {
      kind: 'avoid_private_objects',
      models: ['MFC-8660DN', 'MFC-8860DN'],
      reason: 'they restart when their private counters are polled (home-assistant/core #52834)',
      shown_by: ['brother-restarts'],
    },
  ],
  // bieniu/brother
  counters: [
    { name: 'page_count', oid: COUNTERS, record: 0x00 },
    { name: 'mono_pages', oid: COUNTERS, record: 0x01 },
    { name: 'color_pages', oid: COUNTERS, record: 0x02 },
    { name: 'duplex_pages', oid: COUNTERS, record: 0x06 },
  ],
}
