import type { Profile } from '../profile.ts'

/** Pages by function (1 print, 2 copy, 4 fax), then by colour (1 black, 2 single colour, 3 full colour). */
const BY_COLOR = '1.3.6.1.4.1.1347.42.3.1.2.1.1'
/** The same of models that only print. */
const PRINTER_BY_COLOR = '1.3.6.1.4.1.1347.42.2.2.1.1.3.1'
/** Pages by paper size: .2 has the names, .6 the totals. */
const SIZES = '1.3.6.1.4.1.1347.42.2.1.1.1'

/** Kyocera, and the same machines with the badges Triumph-Adler, UTAX and Olivetti. */
export const KYOCERA: Profile = {
  name: 'kyocera',
  manufacturer: 'Kyocera',
  sys_object_ids: ['1.3.6.1.4.1.1347'],
  // every model answers 1347.41: recordings of an ECOSYS and a TASKalfa, GLPI agent (Kyocera.pm)
  printer_products: ['1.3.6.1.4.1.1347.41'],
  after_standard: {
    // all three: recording of an ECOSYS P2040dw; serial and firmware also LibreNMS (kyocera)
    model: [{ oid: '1.3.6.1.4.1.1347.43.5.1.1.1.1' }],
    serial: [{ oid: '1.3.6.1.4.1.1347.43.5.1.1.28.1' }],
    firmware: [{ oid: '1.3.6.1.4.1.1347.43.5.4.1.5.1.1' }],
  },
  counters: [
    // pages printed, which is less than the life count: recordings of a P2040dw and a TASKalfa, FusionInventory #638
    { name: 'page_count', oid: '1.3.6.1.4.1.1347.43.10.1.1.12.1.1' },
    // by function: recording of a TASKalfa, GLPI agent
    { name: 'print_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.1' },
    { name: 'copy_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.2' },
    { name: 'fax_pages', oid: '1.3.6.1.4.1.1347.42.3.1.1.1.1.4' },
    // two-sided; with the one-sided ones it gives the total of the status page: recording, glpi-agent #382
    { name: 'duplex_pages', oid: '1.3.6.1.4.1.1347.42.2.5.1.1.2.1' },
    // by colour: recording of a TASKalfa, GLPI agent; the sums are those of a 6052ci's web page. ECOSYS models count
    // colour under 2 and have no 3 (two meter readers).
    { name: 'mono_pages', sum: [`${BY_COLOR}.1.1`], and_if_there: [`${BY_COLOR}.2.1`, `${BY_COLOR}.4.1`] },
    {
      name: 'color_pages',
      sum: [`${BY_COLOR}.1.2`],
      and_if_there: [`${BY_COLOR}.1.3`, `${BY_COLOR}.2.2`, `${BY_COLOR}.2.3`],
    },
    // GLPI agent (black), two meter readers that name P6230cdn and P6235cdn
    { name: 'mono_pages', oid: `${PRINTER_BY_COLOR}.1` },
    { name: 'color_pages', oid: `${PRINTER_BY_COLOR}.2` },
    // scanned to copy, to send and to fax: the 6052ci's web page, a meter reader; models without these have the sum
    // alone: web page of an MA5500ifx (Zabbix template), GLPI agent
    {
      name: 'scan_count',
      sum: ['1.3.6.1.4.1.1347.42.3.1.3.1.1.2', '1.3.6.1.4.1.1347.42.3.1.4.1.1.1'],
      and_if_there: ['1.3.6.1.4.1.1347.42.3.1.3.1.1.4'],
    },
    { name: 'scan_count', oid: '1.3.6.1.4.1.1347.46.10.1.1.5.3' },
    // recording of a P2040dw, where the sizes give the total; two meter readers that take the rows of A3 and Ledger
    { name: 'large_pages', labels: `${SIZES}.2.1`, values: `${SIZES}.6.1`, label: ['A3', 'Ledger'] },
  ],
}
