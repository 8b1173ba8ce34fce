import type { Profile } from '../profile.ts'

const COUNTERS = '1.3.6.1.4.1.1248.1.2.2.27'

export const EPSON: Profile = {
  name: 'epson',
  manufacturer: 'Epson',
  sys_object_ids: ['1.3.6.1.4.1.1248'],
  // a length and a name in ASCII: "EEPS2" on ink, label and large-format printers (three walks), a model of the
  // AcuLaser family ("AL-CX11") on older lasers. Scanners say "Network Interface Unit".
  printer_products: [
    '1.3.6.1.4.1.1248.1.1.2.1.3.5.69.69.80.83.50',
    ...[6, 7, 8, 9, 10].map((length) => `1.3.6.1.4.1.1248.1.1.2.1.3.${length}.65.76.45`),
  ],
  // GLPI Agent and two walks. Before the standard, because sysDescr names the network card: "EPSON Built-in 10Base-T/..."
  before_standard: { model: [{ oid: '1.3.6.1.4.1.1248.1.2.2.1.1.1.2.1' }] },
  // the same; the version table's first row is the main firmware (walks, a Zabbix template for the L18050)
  after_standard: {
    serial: [{ oid: '1.3.6.1.4.1.1248.1.2.2.1.1.1.5.1' }],
    firmware: [{ oid: '1.3.6.1.4.1.1248.1.2.2.2.1.1.2.1.1' }],
    ieee1284_id: [{ oid: '1.3.6.1.4.1.1248.1.2.2.1.1.1.1.1' }],
  },
  counters: [
    // checked against the panel of an AM-C550 and against the web page of an L18050. Neighbours are not to be trusted:
    // .30 is the total on the one and the two-sided pages on the other, and .33 to .35 are codes on label printers
    { name: 'mono_pages', oid: `${COUNTERS}.1.1.3.1.1` },
    { name: 'color_pages', oid: `${COUNTERS}.1.1.4.1.1` },
    // the print function, black and colour together (the same two); the next row is copies on the one, and what came
    // from memory on the other
    { name: 'print_pages', oid: `${COUNTERS}.6.1.4.1.1.1` },
    // label and large-format printers: equals the life count (walk of a CW-C6500Au)
    { name: 'page_count', oid: `${COUNTERS}.15.1.2.1.1.1` },
  ],
}
