import { HOST_RESOURCES_MIB, HR_DEVICE_PRINTER, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { formatMac } from '../mib/mac-address.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Counter, Evidence, Printer, Supply } from '../model/printer.ts'
import type { CounterSource, Profile } from '../profiles/profile.ts'
import { SUM_SIGN } from './counters.ts'
import {
  ABSENT,
  asAlertText,
  asIndex,
  asName,
  asNumber,
  asOid,
  asPart,
  asSupplyName,
  asText,
  describeValue,
  explainColumns,
  type FieldRow,
  Look,
  type Tried,
  unread,
} from './explain-fields.ts'
import { explainColor, explainKind, explainLevel, explainSupplyLevel, wordOwn } from './explain-supplies.ts'
import type { Attempt, IdentityReading } from './identity.ts'
import { type Cell, type Tables, textOf } from './tables.ts'

export interface Explained {
  tables: Tables
  /** hrDeviceIndex in the Printer-MIB and in the Host-Resources-MIB. */
  device: number
  host: number
  identity: IdentityReading
  /** The maker's profile, as it was used for this printer. */
  profile: Profile | null
  statusReason: string
}

const SYSTEM: readonly FieldRow[] = [
  ['hostname', [SNMPV2_MIB.sysName], asText],
  ['location', [SNMPV2_MIB.sysLocation], asText],
  ['contact', [SNMPV2_MIB.sysContact], asText],
  ['description', [SNMPV2_MIB.sysDescr], asText],
  ['sys_object_id', [SNMPV2_MIB.sysObjectID], asOid],
  [
    'uptime_seconds',
    [SNMPV2_MIB.sysUpTime],
    (value, raw, object) =>
      value === null ? asNumber(value, raw, object) : `${object}: hundredths of a second, here in seconds`,
  ],
]
/** Of supplies also kind, color and level, which are explained one by one. */
const SUPPLY: readonly FieldRow[] = [
  ['name', [PRINTER_MIB.prtMarkerSuppliesDescription], asSupplyName],
  ['part_number', [PRINTER_MIB.prtMarkerSuppliesDescription], asPart],
  ['serial', [PRINTER_MIB.prtMarkerSuppliesDescription], asPart],
  ['class', [PRINTER_MIB.prtMarkerSuppliesClass], asName],
  ['unit', [PRINTER_MIB.prtMarkerSuppliesSupplyUnit], asName],
  ['capacity', [PRINTER_MIB.prtMarkerSuppliesMaxCapacity], asNumber],
  ['remaining', [PRINTER_MIB.prtMarkerSuppliesLevel], asNumber],
]
const TRAY: readonly FieldRow[] = [
  ['name', [PRINTER_MIB.prtInputName, PRINTER_MIB.prtInputDescription], asText],
  ['type', [PRINTER_MIB.prtInputType], asName],
  ['media', [PRINTER_MIB.prtInputMediaName], asText],
  ['unit', [PRINTER_MIB.prtInputCapacityUnit], asName],
  ['capacity', [PRINTER_MIB.prtInputMaxCapacity], asNumber],
  ['remaining', [PRINTER_MIB.prtInputCurrentLevel], asNumber],
]
const OUTPUT: readonly FieldRow[] = [
  ['name', [PRINTER_MIB.prtOutputName, PRINTER_MIB.prtOutputDescription], asText],
  ['type', [PRINTER_MIB.prtOutputType], asName],
  ['capacity', [PRINTER_MIB.prtOutputMaxCapacity], asNumber],
  ['remaining', [PRINTER_MIB.prtOutputRemainingCapacity], asNumber],
]
const COVER: readonly FieldRow[] = [
  ['name', [PRINTER_MIB.prtCoverDescription], asText],
  ['status', [PRINTER_MIB.prtCoverStatus], asName],
]
const ALERT: readonly FieldRow[] = [
  ['severity', [PRINTER_MIB.prtAlertSeverityLevel], asName],
  ['group', [PRINTER_MIB.prtAlertGroup], asName],
  ['group_index', [PRINTER_MIB.prtAlertGroupIndex], asIndex],
  ['code', [PRINTER_MIB.prtAlertCode], asName],
  ['description', [PRINTER_MIB.prtAlertDescription], asAlertText],
  ['part', [PRINTER_MIB.prtAlertGroupIndex], (_value, _raw, object) => `the row that group and ${object} point to`],
  ['since', [PRINTER_MIB.prtAlertTime], (_value, _raw, object) => `${object}: sysUpTime when it came`],
]

/** For each field of a printer: what it came from, the raw answer, why it was believed and what else was looked at. */
export function explainPrinter(printer: Printer, explained: Explained): Evidence[] {
  const { tables, device, host, identity, profile, statusReason } = explained
  const { attempts } = identity
  const look = new Look(tables, device)
  const rows = <Row extends { index: number }>(
    list: string,
    columns: readonly FieldRow[],
    others: (row: Row) => Evidence[] = () => [],
  ) => {
    const found = printer[list as keyof Printer] as unknown as readonly Row[]
    return found.flatMap((row) =>
      [...explainColumns(look, row, `${device}.${row.index}`, columns), ...others(row)].map((each) => ({
        ...each,
        field: `${list}[${row.index}].${each.field}`,
      })),
    )
  }
  const serial = explainAttempts('serial', printer.serial, attempts.serial)
  const mac = explainMac(look, printer)
  return [
    explainIndex(look, printer),
    explainAttempts('manufacturer', printer.manufacturer, attempts.manufacturer),
    explainAttempts('model', printer.model, attempts.model),
    serial,
    explainAttempts('firmware', printer.firmware, attempts.firmware),
    explainAttempts('asset_number', printer.asset_number, attempts.asset_number),
    explainAttempts('ieee1284_id', printer.ieee1284_id, attempts.ieee1284_id),
    explainDeviceId(printer, serial, mac),
    mac,
    ...explainColumns(look, printer, '0', SYSTEM),
    look.read('status', printer.status, `${HOST_RESOURCES_MIB.hrPrinterStatus}.${host}`, statusReason),
    look.read(
      'detected_error_state',
      printer.detected_error_state,
      `${HOST_RESOURCES_MIB.hrPrinterDetectedErrorState}.${host}`,
      'bits of RFC 2790, the most significant first',
    ),
    ...explainConsole(look, printer.console_text),
    ...explainCounters(look, printer, profile),
    ...rows<Supply>('supplies', SUPPLY, (supply) => [
      explainKind(look, supply),
      explainColor(look, supply),
      explainSupplyLevel(look, supply, profile),
    ]),
    ...rows<Printer['trays'][number]>('trays', TRAY, ({ index, level }) => [
      explainLevel(look, index, level, {
        level: PRINTER_MIB.prtInputCurrentLevel,
        maximum: PRINTER_MIB.prtInputMaxCapacity,
      }),
    ]),
    ...rows<Printer['outputs'][number]>('outputs', OUTPUT, ({ index, level }) => [
      explainLevel(look, index, level, {
        level: PRINTER_MIB.prtOutputRemainingCapacity,
        maximum: PRINTER_MIB.prtOutputMaxCapacity,
      }),
    ]),
    ...rows('covers', COVER),
    ...rows('alerts', ALERT),
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

function explainIndex(look: Look, { printer_index }: Printer): Evidence {
  for (const column of Object.values(PRINTER_MIB)) {
    for (const [index, { oid }] of look.tables.column(column)) {
      if (index !== `${printer_index}` && !index.startsWith(`${printer_index}.`)) continue
      const isThere = oid === `${column}.${index}`
      const reason = isThere ? 'hrDeviceIndex of its rows' : 'its rows have no hrDeviceIndex: taken for 1'
      return look.read('printer_index', printer_index, oid, reason)
    }
  }
  const type = look.tables.cell(HOST_RESOURCES_MIB.hrDeviceType, `${printer_index}`)
  if (type?.value.type === 'oid' && type.value.value === HR_DEVICE_PRINTER)
    return look.read('printer_index', printer_index, type.oid, 'the device that is a printer')
  return unread('printer_index', printer_index, 'no table of the printer has one: taken for 1')
}

function explainDeviceId({ device_id }: Printer, serial: Evidence, mac: Evidence): Evidence {
  const from = serial.value === null ? mac : serial
  const reason =
    device_id === null
      ? 'neither a serial number nor a MAC address'
      : from === serial
        ? 'the serial number'
        : 'no serial number: the MAC address'
  return { ...from, field: 'device_id', value: device_id, reason, tried: [] }
}

function explainMac(look: Look, { mac_address }: Printer): Evidence {
  const macOf = ({ value }: Cell) => (value.type === 'octets' ? formatMac(value.value) : null)
  const cells = [...look.tables.column(IF_MIB.ifPhysAddress).values()]
  const taken = cells.find((cell) => macOf(cell) !== null)
  const passed = cells.slice(0, taken ? cells.indexOf(taken) : cells.length)
  const tried = passed.map(({ oid }) => look.tried(oid, 'no address of an interface'))
  if (!taken) return { ...unread('mac_address', mac_address, 'no interface has a real address'), tried }
  return look.read('mac_address', mac_address, taken.oid, 'the first interface with a real address', tried)
}

function explainConsole(look: Look, lines: readonly string[]): Evidence[] {
  const column = PRINTER_MIB.prtConsoleDisplayBufferText
  const cells = look.tables.rows([column], look.device).flatMap((row) => {
    const cell = look.cell(column, row)
    return cell ? { row, ...cell } : []
  })
  const shown = cells.filter(({ value }) => textOf(value, null) !== null)
  if (shown.length === 0) {
    const tried = cells.map(({ oid }) => look.tried(oid, 'an empty line'))
    return [{ ...unread('console_text', lines, 'its display shows nothing'), tried }]
  }
  return shown.map(({ row, oid, value }, i) =>
    look.read(`console_text[${row}]`, lines[i], oid, asText(lines[i] ?? null, value, 'prtConsoleDisplayBufferText')),
  )
}

/** One for each counter's name: the first was taken, the others were read beside it. */
function explainCounters(look: Look, printer: Printer, profile: Profile | null): Evidence[] {
  const read = (counter: Counter): Tried => {
    const oids = counter.source.split(SUM_SIGN).map((source) => {
      const [name = '', ...index] = source.split('.')
      return name === 'prtMarkerLifeCount' ? look.at(PRINTER_MIB.prtMarkerLifeCount, Number(index.at(-1))) : source
    })
    const raw = oids.map((oid) => describeValue(look.tables.values.get(oid)) ?? ABSENT).join(SUM_SIGN)
    const isOfIt = (each: CounterSource) => 'oid' in each && each.name === counter.name && each.oid === counter.source
    const source = profile?.counters?.find(isOfIt)
    const object = counter.source.startsWith('prtMarkerLifeCount')
      ? 'prtMarkerLifeCount'
      : oids.length > 1
        ? "the sum of the maker's objects"
        : wordOwn(source && 'record' in source ? source.record : undefined)
    return { source: oids.join(SUM_SIGN), raw, reason: `${object} counts ${counter.unit}` }
  }
  const names = [...new Set(printer.counters.map(({ name }) => name))]
  const evidence = names.map((name): Evidence => {
    const [first, ...others] = printer.counters.filter((counter) => counter.name === name) as [Counter, ...Counter[]]
    const tried = others.map((other) => {
      const each = read(other)
      return { ...each, reason: `${each.reason}; another source comes first` }
    })
    return { field: name, value: first.value, ...read(first), tried }
  })
  if (printer.page_count !== null) return evidence
  const tried = printer.counters.filter(({ name }) => name.startsWith('marker_')).map(read)
  const reason = 'no counter of impressions or sheets is there'
  return [{ ...unread('page_count', null, reason), tried }, ...evidence]
}
