import type { Profile } from '../profile.ts'

/** ZEBRA-MIB, general objects; and the objects of newer printers (ZEBRA-QL-MIB). */
const GENERAL = '1.3.6.1.4.1.10642.1'
const QL = '1.3.6.1.4.1.10642.200.19'
/** What the print server inside says is attached to it (ESI-MIB). */
const ATTACHED = '1.3.6.1.4.1.683.6.2.3.2.1.15.1'

export const ZEBRA: Profile = {
  name: 'zebra',
  manufacturer: 'Zebra',
  // 683 is the maker of the print server inside
  sys_object_ids: ['1.3.6.1.4.1.10642', '1.3.6.1.4.1.683.6'],
  presence: [`${GENERAL}.1.0`, `${QL}.7.0`, ATTACHED],
  // GLPI Agent. "ZTC" is the maker's name again ("ZTC TLP 2824 Plus": LibreNMS' recording).
  before_standard: {
    model: [
      { oid: `${GENERAL}.1.0`, after: 'ZTC ' },
      { oid: `${GENERAL}.1.0` },
      { oid: ATTACHED, after: 'ZTC ' },
      { oid: ATTACHED },
      { oid: `${QL}.7.0` },
    ],
  },
  after_standard: {
    serial: [{ oid: `${GENERAL}.9.0` }, { oid: '1.3.6.1.4.1.683.1.5.0' }, { oid: `${QL}.5.0` }],
    firmware: [{ oid: `${GENERAL}.2.0` }, { oid: '1.3.6.1.4.1.683.1.9.0' }],
    // LibreNMS' recording
    ieee1284_id: [{ oid: `${GENERAL}.3.0` }],
  },
}
