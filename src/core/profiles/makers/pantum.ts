import type { Profile } from '../profile.ts'

export const PANTUM: Profile = {
  name: 'pantum',
  manufacturer: 'Pantum',
  sys_object_ids: ['1.3.6.1.4.1.40093'],
  presence: ['1.3.6.1.4.1.40093.1.1.1.5', '1.3.6.1.4.1.40093.6.1.2', '1.3.6.1.4.1.40093.10.1.1.4'],
  // GLPI Agent: the place of the serial number differs by generation
  after_standard: {
    serial: [
      { oid: '1.3.6.1.4.1.40093.1.1.1.5' },
      { oid: '1.3.6.1.4.1.40093.6.1.2' },
      { oid: '1.3.6.1.4.1.40093.10.1.1.4' },
    ],
    firmware: [{ oid: '1.3.6.1.4.1.40093.1.1.1.1' }],
  },
  // whole per cent: four programs read it so
  supply_levels: [{ kinds: ['toner'], color: 'black', oid: '1.3.6.1.4.1.40093.6.3.1', divisor: 1 }],
  // by generation as well: each is read as the page total by two programs
  counters: [
    { name: 'page_count', oid: '1.3.6.1.4.1.40093.10.3.1.1' },
    { name: 'page_count', oid: '1.3.6.1.4.1.40093.6.4.1' },
  ],
}
