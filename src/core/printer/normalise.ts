import { SNMPV2_MIB } from '../mib/host-resources.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Printer } from '../model/printer.ts'
import { MAKERS } from '../profiles/makers.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Reading } from '../snmp/reading.ts'
import { readAlerts, readCovers } from './alerts.ts'
import { readCounters } from './counters.ts'
import { deviceIndices, hostIndex, profileOfDevice } from './device-index.ts'
import { explainPrinter } from './explain.ts'
import { identify } from './identify.ts'
import { readIdentity } from './identity.ts'
import { quantityOf } from './level.ts'
import { readStatus } from './status.ts'
import { readSupplies } from './supplies.ts'
import { Tables } from './tables.ts'
import { readOutputs, readTrays } from './trays.ts'

/**
 * Turns what one address answered into the printers behind it: one for each hrDeviceIndex that has Printer-MIB rows,
 * else for each hrDevicePrinter, else one. Pure: the same reading always gives the same printers, and no reading makes
 * it throw.
 */
export function normalise(
  reading: Reading,
  profiles: readonly Profile[] = MAKERS,
  options: { explain?: boolean } = {},
): Printer[] {
  const tables = new Tables(reading.values)
  const { chosen } = identify(reading.values, profiles)
  const devices = deviceIndices(tables)
  // the maker's own objects are the box's, and do not say which of several printers they speak of
  const own = devices.length === 1 ? (chosen?.profile ?? null) : null
  return devices.map((device) => {
    const charset = declaredCharset(tables, device)
    const host = devices.length === 1 ? hostIndex(tables, device) : device
    const profile = profileOfDevice(own, device, host)
    const supplies = readSupplies(tables, device, charset, profile)
    const parts = supplies.flatMap(({ part_number }) => part_number ?? [])
    const identity = readIdentity(tables, { device, host }, charset, profile, parts)
    const trays = readTrays(tables, device, charset)
    const outputs = readOutputs(tables, device, charset)
    const covers = readCovers(tables, device, charset)
    const ticks = quantityOf(tables.number(SNMPV2_MIB.sysUpTime, '0'))
    const clock = ticks === null ? null : { ticks, at: Date.parse(reading.sampled_at) }
    const alerts = readAlerts(tables, device, charset, { supplies, trays, outputs, covers }, clock)
    const consoleText = readConsole(tables, device, charset)
    const { status, detectedErrors, reason } = readStatus(tables, host, alerts, consoleText, trays)
    const { pageCount, fields, counters } = readCounters(tables, device, profile)
    const printer: Printer = {
      ip: reading.address,
      port: reading.port,
      device_id: identity.serial ?? deviceIdOfMac(identity.macAddress, device, devices.length),
      printer_index: device,
      manufacturer: identity.manufacturer,
      model: identity.model,
      serial: identity.serial,
      firmware: identity.firmware,
      hostname: tables.text(SNMPV2_MIB.sysName, '0', charset),
      mac_address: identity.macAddress,
      location: tables.text(SNMPV2_MIB.sysLocation, '0', charset),
      contact: tables.text(SNMPV2_MIB.sysContact, '0', charset),
      asset_number: identity.assetNumber,
      description: tables.text(SNMPV2_MIB.sysDescr, '0', charset),
      sys_object_id: sysObjectId(tables),
      ieee1284_id: identity.ieee1284Id,
      profile: chosen?.profile.name ?? 'standard',
      status,
      detected_error_state: detectedErrors,
      console_text: consoleText,
      page_count: pageCount,
      ...fields,
      counters,
      supplies,
      trays,
      outputs,
      covers,
      alerts,
      uptime_seconds: ticks === null ? null : Math.floor(ticks / 100),
      sampled_at: reading.sampled_at,
      snmp_version: reading.snmp_version,
      missing: [...reading.missing],
    }
    if (!options.explain) return printer
    return {
      ...printer,
      evidence: explainPrinter(printer, { tables, device, host, identity, profile, statusReason: reason }),
    }
  })
}

/** Printers behind one network card share its address; the device index tells them apart. */
function deviceIdOfMac(mac: string | null, device: number, count: number): string | null {
  return mac !== null && count > 1 ? `${mac}#${device}` : mac
}

function sysObjectId(tables: Tables): string | null {
  const value = tables.cell(SNMPV2_MIB.sysObjectID, '0')?.value
  return value?.type === 'oid' ? value.value : null
}

/** The character set of the current localization; of the first localization where the device names none. */
function declaredCharset(tables: Tables, device: number): number | null {
  const current = tables.number(PRINTER_MIB.prtGeneralCurrentLocalization, `${device}`)
  const sets = tables.rows([PRINTER_MIB.prtLocalizationCharacterSet], device)
  const row = current !== null && sets.includes(current) ? current : sets[0]
  return row === undefined ? null : tables.number(PRINTER_MIB.prtLocalizationCharacterSet, `${device}.${row}`)
}

function readConsole(tables: Tables, device: number, charset: number | null): string[] {
  return tables
    .rows([PRINTER_MIB.prtConsoleDisplayBufferText], device)
    .map((row) => tables.text(PRINTER_MIB.prtConsoleDisplayBufferText, `${device}.${row}`, charset))
    .filter((line) => line !== null)
}
