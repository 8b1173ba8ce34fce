import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Evidence, Level, Printer } from '../model/printer.ts'
import type { SnmpValue } from '../snmp/value.ts'
import { SUM_SIGN } from './counters.ts'
import type { Attempt, IdentityReading } from './identity.ts'
import type { Tables } from './tables.ts'

export interface Explained {
  tables: Tables
  /** hrDeviceIndex in the Printer-MIB and in the Host-Resources-MIB. */
  device: number
  host: number
  identity: IdentityReading
  statusReason: string
}

const SYSTEM_FIELDS = [
  ['hostname', SNMPV2_MIB.sysName],
  ['location', SNMPV2_MIB.sysLocation],
  ['contact', SNMPV2_MIB.sysContact],
  ['description', SNMPV2_MIB.sysDescr],
  ['sys_object_id', SNMPV2_MIB.sysObjectID],
  ['uptime_seconds', SNMPV2_MIB.sysUpTime],
] as const

/** For each field of a printer: what it came from, the raw answer, why it was believed and what else was looked at. */
export function explainPrinter(printer: Printer, explained: Explained): Evidence[] {
  const { tables, device, host, identity, statusReason } = explained
  const read = (field: string, value: unknown, source: string | null, reason: string): Evidence => {
    const raw = source === null ? null : describeValue(tables.values.get(source))
    return { field, value, source, raw, reason, tried: [] }
  }
  /** The OID a cell was read from, which may lack the device's index or say 0. */
  const at = (column: string, row: number) =>
    tables.cell(column, `${device}.${row}`)?.oid ?? `${column}.${device}.${row}`
  const { attempts } = identity
  return [
    explainAttempts('manufacturer', printer.manufacturer, attempts.manufacturer),
    explainAttempts('model', printer.model, attempts.model),
    explainAttempts('serial', printer.serial, attempts.serial),
    explainAttempts('firmware', printer.firmware, attempts.firmware),
    explainAttempts('asset_number', printer.asset_number, attempts.asset_number),
    explainAttempts('ieee1284_id', printer.ieee1284_id, attempts.ieee1284_id),
    read(
      'device_id',
      printer.device_id,
      null,
      printer.serial ? 'the serial number' : 'no serial number: the MAC address',
    ),
    read('mac_address', printer.mac_address, macSource(tables), 'the first interface with a real address'),
    ...SYSTEM_FIELDS.map(([field, column]) => read(field, printer[field], `${column}.0`, 'as it stands')),
    read('status', printer.status, `${HOST_RESOURCES_MIB.hrPrinterStatus}.${host}`, statusReason),
    read(
      'detected_error_state',
      printer.detected_error_state,
      `${HOST_RESOURCES_MIB.hrPrinterDetectedErrorState}.${host}`,
      'bits of RFC 2790, the most significant first',
    ),
    ...explainCounters(printer, tables),
    ...printer.supplies.map(({ index, level }) => {
      const levelOid = at(PRINTER_MIB.prtMarkerSuppliesLevel, index)
      const maximum = tables.cell(PRINTER_MIB.prtMarkerSuppliesMaxCapacity, `${device}.${index}`)?.value
      return read(
        `supplies[${index}].level`,
        level,
        levelOid,
        explainLevel(level, tables.values.get(levelOid), maximum),
      )
    }),
    ...printer.trays.map(({ index, level }) => {
      const levelOid = at(PRINTER_MIB.prtInputCurrentLevel, index)
      const maximum = tables.cell(PRINTER_MIB.prtInputMaxCapacity, `${device}.${index}`)?.value
      return read(`trays[${index}].level`, level, levelOid, explainLevel(level, tables.values.get(levelOid), maximum))
    }),
    ...printer.alerts.map(({ index, code }) =>
      read(`alerts[${index}].code`, code, at(PRINTER_MIB.prtAlertCode, index), 'by its IANA name'),
    ),
  ]
}

function explainAttempts(field: string, value: string | null, attempts: readonly Attempt[]): Evidence {
  const taken = attempts.find((attempt) => attempt.value !== null)
  return {
    field,
    value,
    source: taken?.source ?? null,
    raw: taken?.raw ?? null,
    reason: taken?.reason ?? (attempts.length === 0 ? 'the standards have no place for it' : 'no source gave one'),
    tried: attempts
      .filter((attempt) => attempt !== taken)
      .map(({ source, raw, value, reason }) => ({
        source,
        raw,
        reason: value === null ? reason : 'another source comes first',
      })),
  }
}

function explainCounters(printer: Printer, tables: Tables): Evidence[] {
  const seen = new Set<string>()
  return printer.counters.map(({ name, value, unit, source }) => {
    const isTaken = !seen.has(name) && printer[name as keyof Printer] === value
    seen.add(name)
    const oids = source.replace('prtMarkerLifeCount', PRINTER_MIB.prtMarkerLifeCount).split(SUM_SIGN)
    const raw = oids.map((oid) => describeValue(tables.values.get(oid)) ?? 'nothing').join(SUM_SIGN)
    const reason = isTaken ? `counts ${unit}` : `counts ${unit}; kept beside the value that was taken`
    return { field: name, value, source: oids.join(SUM_SIGN), raw, reason, tried: [] }
  })
}

function explainLevel(level: Level, raw: SnmpValue | undefined, maximum: SnmpValue | undefined): string {
  const of = `${describeValue(raw) ?? 'nothing'} of ${describeValue(maximum) ?? 'nothing'}`
  if (raw?.type === 'integer' && raw.value < 0 && (level.state === 'percent' || level.state === 'empty')) {
    return `${of} says no number; an object of the maker's does`
  }
  const words = {
    percent: of,
    some: '-3: at least something, no number (RFC 3805)',
    unlimited: '-1: no limit (RFC 3805)',
    unknown: `${of} is no level`,
    low: 'the device says low',
    empty: 'the device says empty',
  }
  return words[level.state]
}

function macSource(tables: Tables): string | null {
  const cells = [...tables.column(IF_MIB.ifPhysAddress).values()]
  return (
    cells.find(({ value }) => value.type === 'octets' && value.value.length === 6 && value.value.some(Boolean))?.oid ??
    null
  )
}

/** A raw answer in one line: text as text, other bytes in hex. */
function describeValue(value: SnmpValue | undefined): string | null {
  if (!value) return null
  if (value.type === 'octets' || value.type === 'opaque') {
    const bytes = Buffer.from(value.value)
    const text = bytes.toString('latin1')
    return /^[\x20-\x7e]*$/.test(text) ? JSON.stringify(text) : `0x${bytes.toString('hex')}`
  }
  return 'value' in value ? String(value.value) : value.type
}
