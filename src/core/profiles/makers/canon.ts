import type { Profile } from '../profile.ts'

/** What a counter counts is the last part of its OID: the number that the device's own counter page prints beside it. */
const COUNTER = '1.3.6.1.4.1.1602.1.11.1.3.1.4'
/** The same on newer models. */
const NEWER_COUNTER = '1.3.6.1.4.1.1602.1.11.1.4.1.4'
/** Small devices name their counters: .2 has the names, .3 the values. */
const NAMED = { labels: '1.3.6.1.4.1.1602.1.11.2.1.1.2', values: '1.3.6.1.4.1.1602.1.11.2.1.1.3' }

export const CANON: Profile = {
  name: 'canon',
  manufacturer: 'Canon',
  sys_object_ids: ['1.3.6.1.4.1.1602'],
  printer_products: ['1.3.6.1.4.1.1602.4'],
  presence: ['1.3.6.1.4.1.1602.1.1.1.1.0'],
  before_standard: {
    // the language mark behind the name ("Canon D1180/MF6680 /P": LibreNMS' recording) is no part of it
    model: [
      { oid: '1.3.6.1.2.1.25.3.2.1.3.{d}', after: 'Canon ', before: ' /P' },
      { oid: '1.3.6.1.2.1.1.1.0', after: 'Canon ', before: ' /P' },
    ],
  },
  workarounds: [
    {
      kind: 'levels_in_steps',
      step_percent: 90,
      models: ['MF4700', 'MF4800'],
      reason: "three steps, 100, 10 for low and 1 for nearly out: Canon's description (librenms/librenms #5637)",
      shown_by: ['canon-three-steps'],
    },
  ],
  // CANON-MIB: serial number and product version; MF models keep the serial elsewhere (GLPI Agent)
  after_standard: {
    serial: [{ oid: '1.3.6.1.4.1.1602.1.2.1.8.1.3.1.1' }, { oid: '1.3.6.1.4.1.1602.1.2.1.4.0' }],
    firmware: [{ oid: '1.3.6.1.4.1.1602.1.1.1.4.0' }],
  },
  counters: [
    // Checkmk, GLPI agent and further programs that read them by these numbers; 201 copies: counter pages of an iR1643i
    // and an iR3530. Totals by colour are often given by paper size only: 112 and 122 large, 113 and 123 small.
    { name: 'page_count', oid: `${COUNTER}.101` },
    { name: 'mono_pages', oid: `${COUNTER}.108` },
    { name: 'mono_pages', sum: [`${COUNTER}.112`, `${COUNTER}.113`] },
    { name: 'color_pages', sum: [`${COUNTER}.122`, `${COUNTER}.123`] },
    { name: 'print_pages', oid: `${COUNTER}.301` },
    { name: 'copy_pages', oid: `${COUNTER}.201` },
    { name: 'scan_count', oid: `${COUNTER}.501` },
    { name: 'large_pages', sum: [`${COUNTER}.112`, `${COUNTER}.122`] },
    // a Zabbix template, with the names that an MF660C gives them, and one more program
    { name: 'page_count', oid: `${NEWER_COUNTER}.101` },
    { name: 'mono_pages', oid: `${NEWER_COUNTER}.108` },
    { name: 'print_pages', oid: `${NEWER_COUNTER}.301` },
    { name: 'scan_count', oid: `${NEWER_COUNTER}.501` },
    // GLPI agent; answers of an MF642C (total, copies, prints), notes on a G3090
    { name: 'page_count', ...NAMED, label: ['Total 1'] },
    { name: 'mono_pages', ...NAMED, label: ['Total (Black 1)'] },
    { name: 'mono_pages', ...NAMED, label: ['Total (Black/Large)', 'Total (Black/Small)'] },
    {
      name: 'color_pages',
      ...NAMED,
      label: ['Total (Full Color + Single Color/Large)', 'Total (Full Color + Single Color/Small)'],
    },
    { name: 'print_pages', ...NAMED, label: ['Print (Total 1)'] },
    { name: 'copy_pages', ...NAMED, label: ['Copy (Total 1)'] },
    { name: 'scan_count', ...NAMED, label: ['Scan (Total 1)'] },
    { name: 'large_pages', ...NAMED, label: ['Total (Black/Large)', 'Total (Full Color + Single Color/Large)'] },
  ],
}
