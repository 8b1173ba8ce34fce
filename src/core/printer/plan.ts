import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { PORT_MONITOR_MIB } from '../mib/port-monitor.ts'
import { PRINTER_MIB as P } from '../mib/printer-mib.ts'
import type { Profile } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import type { Column } from '../snmp/walk.ts'
import { sourcesOf } from './identity.ts'

/** What is asked of a printer, by part: the word that `missing` uses when some of it does not come. */
export const PARTS: ReadonlyArray<{ part: string; columns: readonly string[] }> = [
  { part: 'system', columns: Object.values(SNMPV2_MIB) },
  {
    part: 'status',
    columns: [
      HOST_RESOURCES_MIB.hrDeviceType,
      HOST_RESOURCES_MIB.hrDeviceDescr,
      HOST_RESOURCES_MIB.hrDeviceStatus,
      HOST_RESOURCES_MIB.hrPrinterStatus,
      HOST_RESOURCES_MIB.hrPrinterDetectedErrorState,
    ],
  },
  {
    part: 'general',
    columns: [
      P.prtGeneralConfigChanges,
      P.prtGeneralCurrentLocalization,
      P.prtMarkerDefaultIndex,
      P.prtGeneralPrinterName,
      P.prtGeneralSerialNumber,
      P.prtLocalizationCharacterSet,
      PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId,
    ],
  },
  { part: 'interfaces', columns: [IF_MIB.ifPhysAddress] },
  {
    part: 'supplies',
    columns: [
      P.prtMarkerSuppliesColorantIndex,
      P.prtMarkerSuppliesClass,
      P.prtMarkerSuppliesType,
      P.prtMarkerSuppliesDescription,
      P.prtMarkerSuppliesSupplyUnit,
      P.prtMarkerSuppliesMaxCapacity,
      P.prtMarkerSuppliesLevel,
      P.prtMarkerColorantValue,
    ],
  },
  {
    part: 'counters',
    columns: [P.prtMarkerMarkTech, P.prtMarkerCounterUnit, P.prtMarkerLifeCount, P.prtMarkerProcessColorants],
  },
  {
    part: 'trays',
    columns: [
      P.prtInputType,
      P.prtInputCapacityUnit,
      P.prtInputMaxCapacity,
      P.prtInputCurrentLevel,
      P.prtInputMediaName,
      P.prtInputName,
      P.prtInputDescription,
    ],
  },
  {
    part: 'outputs',
    columns: [
      P.prtOutputType,
      P.prtOutputMaxCapacity,
      P.prtOutputRemainingCapacity,
      P.prtOutputName,
      P.prtOutputDescription,
    ],
  },
  { part: 'covers', columns: [P.prtCoverDescription, P.prtCoverStatus] },
  {
    part: 'alerts',
    columns: [
      P.prtAlertSeverityLevel,
      P.prtAlertGroup,
      P.prtAlertGroupIndex,
      P.prtAlertCode,
      P.prtAlertDescription,
      P.prtAlertTime,
      P.prtAlertCriticalEvents,
      P.prtAlertAllEvents,
    ],
  },
  { part: 'console', columns: [P.prtConsoleDisplayBufferText] },
]

const MAX_INTERFACES = 16
/** Say nothing of the printer, but whether anything has happened since. */
const FOR_GLANCES: readonly string[] = [P.prtAlertCriticalEvents, P.prtAlertAllEvents]
/** Of what is not in the plan. */
const PRIVATE_PART = 'private'

/**
 * Columns of the standard MIBs.
 * @param forGlance true when the reading will be the basis of a glance
 */
export function plannedColumns(forGlance = false): Column[] {
  return PARTS.flatMap(({ columns }) =>
    columns
      .filter((oid) => forGlance || !FOR_GLANCES.includes(oid))
      .map((oid) => (oid === IF_MIB.ifPhysAddress ? { oid, maxRows: MAX_INTERFACES } : { oid })),
  )
}

/** Columns of the maker's own tables. */
export function privateColumns(profile: Profile | null): Column[] {
  const levels = profile?.supply_levels ?? []
  const counters = profile?.counters ?? []
  const oids = [
    ...levels.flatMap((source) => ('names' in source ? [source.names, source.levels] : [])),
    ...counters.flatMap((source) => ('labels' in source ? [source.labels, source.values] : [])),
  ]
  return [...new Set(oids)].map((oid) => ({ oid }))
}

/** What the profile names beside the plan, asked by Get; `{d}` must have been filled in. */
export function privateScalars(profile: Profile | null): string[] {
  if (!profile) return []
  const fields = ['model', 'serial', 'firmware', 'asset_number', 'ieee1284_id'] as const
  const oids = fields
    .flatMap((field) => sourcesOf(field, profile))
    .flatMap((source) => ('oid' in source ? [source.oid] : []))
  for (const source of profile.counters ?? []) {
    if ('sum' in source) oids.push(...source.sum, ...(source.and_if_there ?? []))
    else if ('oid' in source) oids.push(source.oid)
  }
  for (const source of profile.supply_levels ?? []) if ('oid' in source) oids.push(source.oid)
  return [...new Set(oids)].filter((oid) => partOf(oid) === PRIVATE_PART)
}

/** The part that an object belongs to. */
export function partOf(oid: string): string {
  return PARTS.find(({ columns }) => columns.some((column) => isWithin(oid, column)))?.part ?? PRIVATE_PART
}
