import { saysAsleep } from '../mib/console-words.ts'
import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { formatMac } from '../mib/mac-address.ts'
import { PORT_MONITOR_MIB } from '../mib/port-monitor.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Printer } from '../model/printer.ts'
import { MAKERS } from '../profiles/makers.ts'
import type { Profile } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import type { Reading } from '../snmp/reading.ts'
import type { SnmpSession } from '../snmp/session.ts'
import { SnmpError } from '../snmp/snmp-error.ts'
import { isAbsent, type SnmpValue } from '../snmp/value.ts'
import { SUM_SIGN } from './counters.ts'
import { deviceIndices, fillIndex, hostIndex, profileOfDevice } from './device-index.ts'
import { identify } from './identify.ts'
import { sourcesOf } from './identity.ts'
import { numberOf, Tables, textOf } from './tables.ts'

/**
 * What one address showed in its last full reading, OID to value as text: the few objects that tell whether the rest is
 * still as it was. Empty where they cannot tell.
 */
export type Glance = Readonly<Record<string, string>>

export interface GlanceTaken {
  /** Null for a device that has no sysUpTime. */
  readonly uptime_seconds: number | null
  /** RFC 3339, UTC: when it was asked. */
  readonly sampled_at: string
}

/** Objects in one Get: with headers and usual values they fit one Ethernet frame, there and back. */
const MAX_OBJECTS = 40
/** Bytes of text that all values together may have, so that the answer fits the frame. */
const MAX_TEXT = 700
/** Rows of prtAlertTable that stand in for counters of alerts. */
const MAX_ALERTS = 6
const MAX_CONSOLE_LINES = 4
export const SYS_UP_TIME = `${SNMPV2_MIB.sysUpTime}.0`

/** What may come at the next try: a reading that lacks parts for these reasons is no basis for a glance. */
const PASSING: ReadonlySet<string> = new Set(['timeout', 'deadline', 'bad_answer'])

/** True when a part is missing that may come at the next try. */
export function isCutShort({ missing }: Pick<Reading, 'missing'>): boolean {
  return missing.some(({ reason }) => PASSING.has(reason))
}

/**
 * What to ask again, of all printers of the address: what says which device it is, status, alerts, and every counter. A
 * device without objects that its status could be seen by gives none; nor does a reading that was cut short.
 *
 * @param printers as `normalise` made them of the reading
 */
export function glanceOf(
  reading: Reading,
  printers: readonly Printer[],
  profiles: readonly Profile[] = MAKERS,
): Glance {
  if (isCutShort(reading)) return {}
  const tables = new Tables(reading.values)
  const devices = deviceIndices(tables)
  const profile = devices.length === 1 ? (identify(reading.values, profiles).chosen?.profile ?? null) : null
  const oids = new Set<string>()
  const add = (oid: string | undefined) => {
    if (oid !== undefined && reading.values.has(oid)) oids.add(oid)
  }
  add(SYS_UP_TIME)
  add(`${SNMPV2_MIB.sysObjectID}.0`)
  add(firstMac(tables))
  for (const device of devices) {
    const host = devices.length === 1 ? hostIndex(tables, device) : device
    for (const oid of serialObjects(tables, device, host, profile)) add(oid)
    const shows = statusObjects(tables, device, host)
    if (shows.length === 0) return {}
    for (const oid of shows) add(oid)
    add(tables.cell(PRINTER_MIB.prtGeneralConfigChanges, `${device}`)?.oid)
    for (const row of tables.rows([PRINTER_MIB.prtMarkerLifeCount], device)) {
      add(tables.cell(PRINTER_MIB.prtMarkerLifeCount, `${device}.${row}`)?.oid)
    }
  }
  if (oids.size > MAX_OBJECTS || textSize(oids, reading) > MAX_TEXT) return {}
  // Where these do not fit as well, a counter is not known to be unchanged.
  for (const oid of [...printers.flatMap(counterObjects), `${SNMPV2_MIB.sysName}.0`, `${SNMPV2_MIB.sysLocation}.0`]) {
    const fits = oids.size < MAX_OBJECTS && textSize([...oids, oid], reading) <= MAX_TEXT
    if (fits) add(oid)
  }
  return Object.fromEntries([...oids].map((oid) => [oid, wordOf(oid, reading.values.get(oid) as SnmpValue)]))
}

/** True when the objects that a counter of a printer was read from, or summed up from, are all in the glance. */
export function coversCounter(glance: Glance, printer: Printer, name: string): boolean {
  const counter = printer.counters.find((each) => each.name === name)
  return counter !== undefined && sourceObjects(counter.source).every((source) => hasObject(glance, source))
}

/**
 * Asks for the objects of a glance in one Get, and holds the answer against it. sysUpTime may only have risen: a lower one
 * is a restart.
 *
 * @returns null when anything is different or missing
 * @throws SnmpError when the device refuses the request or does not answer
 */
export async function takeGlance(session: SnmpSession, glance: Glance, now: () => Date): Promise<GlanceTaken | null> {
  const oids = Object.keys(glance)
  if (oids.length === 0) return null
  const sampledAt = now().toISOString()
  const answer = new Map<string, SnmpValue>()
  for (const { oid, value } of await session.request('get', oids)) if (!isAbsent(value)) answer.set(oid, value)
  for (const oid of oids) {
    const value = answer.get(oid)
    if (value === undefined) return null
    const isSame =
      oid === SYS_UP_TIME ? (numberOf(value) ?? -1) >= Number(glance[oid]) : wordOf(oid, value) === glance[oid]
    if (!isSame) return null
  }
  const ticks = numberOf(answer.get(SYS_UP_TIME))
  return { uptime_seconds: ticks === null ? null : Math.floor(ticks / 100), sampled_at: sampledAt }
}

/** True for an error that ends the reading, not the glance alone. */
export function endsReading(error: unknown): boolean {
  return !(error instanceof SnmpError) || error.code === 'aborted' || error.isCredential
}

function firstMac(tables: Tables): string | undefined {
  const cells = [...tables.column(IF_MIB.ifPhysAddress).values()]
  return cells.find(({ value }) => value.type === 'octets' && formatMac(value.value) !== null)?.oid
}

/** Wherever a serial number may stand; the IEEE 1284 device id only where no object of its own has one. */
function serialObjects(tables: Tables, device: number, host: number, profile: Profile | null): string[] {
  const general = tables.cell(PRINTER_MIB.prtGeneralSerialNumber, `${device}`)?.oid
  const sources = sourcesOf('serial', profileOfDevice(profile, device, host))
    .flatMap((source) => ('oid' in source ? [fillIndex(source.oid, device, host)] : []))
    .filter((oid) => tables.values.has(oid))
  if (general !== undefined) sources.push(general)
  if (sources.length > 0) return sources
  const ids = [...tables.column(PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId).values()].map(({ oid }) => oid)
  return ids.length > 0 ? ids : [`${SNMPV2_MIB.sysDescr}.0`]
}

/** What status and alerts are seen by. */
function statusObjects(tables: Tables, device: number, host: number): string[] {
  const cell = (column: string, index: string) => {
    const oid = tables.cell(column, index)?.oid
    return oid === undefined ? [] : [oid]
  }
  const states = [
    HOST_RESOURCES_MIB.hrDeviceStatus,
    HOST_RESOURCES_MIB.hrPrinterStatus,
    HOST_RESOURCES_MIB.hrPrinterDetectedErrorState,
  ].flatMap((column) => cell(column, `${host}`))
  const counters = [PRINTER_MIB.prtAlertCriticalEvents, PRINTER_MIB.prtAlertAllEvents].flatMap((column) =>
    cell(column, `${device}`),
  )
  if (states.length + counters.length === 0) return []
  // Without counters, an alert that goes is seen by its row, one that comes by the states alone.
  const rows = counters.length > 0 ? [] : tables.rows([PRINTER_MIB.prtAlertSeverityLevel], device)
  const alerts = rows.slice(0, MAX_ALERTS).flatMap((row) => cell(PRINTER_MIB.prtAlertSeverityLevel, `${device}.${row}`))
  const lines = tables
    .rows([PRINTER_MIB.prtConsoleDisplayBufferText], device)
    .slice(0, MAX_CONSOLE_LINES)
    .flatMap((row) => cell(PRINTER_MIB.prtConsoleDisplayBufferText, `${device}.${row}`))
  return [...states, ...counters, ...alerts, ...lines]
}

function counterObjects({ counters }: Printer): string[] {
  return counters.flatMap(({ source }) => sourceObjects(source)).filter((oid) => !oid.startsWith(LIFE_COUNT))
}

const LIFE_COUNT = 'prtMarkerLifeCount.'
const sourceObjects = (source: string): string[] => source.split(SUM_SIGN)

/** By OID; prtMarkerLifeCount is named, and some agents leave the device out of its index. */
function hasObject(glance: Glance, source: string): boolean {
  if (!source.startsWith(LIFE_COUNT)) return Object.hasOwn(glance, source)
  const column = PRINTER_MIB.prtMarkerLifeCount
  const index = source.slice(LIFE_COUNT.length)
  const short = index.startsWith('1.') ? index.slice(2) : index
  return [index, short, `0.${short}`].some((each) => Object.hasOwn(glance, `${column}.${each}`))
}

function textSize(oids: Iterable<string>, { values }: Reading): number {
  let size = 0
  for (const oid of oids) {
    const value = values.get(oid)
    if (value?.type === 'octets') size += value.value.length
  }
  return size
}

/** A value as text. Of a line of the display only counts whether it says that the printer sleeps: others may show a clock. */
function wordOf(oid: string, value: SnmpValue): string {
  if (isWithin(oid, PRINTER_MIB.prtConsoleDisplayBufferText)) {
    return saysAsleep(textOf(value, null) ?? '') ? 'asleep' : 'awake'
  }
  if (!('value' in value)) return value.type
  return typeof value.value === 'object' ? Buffer.from(value.value).toString('hex') : String(value.value)
}
