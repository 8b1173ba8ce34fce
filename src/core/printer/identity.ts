import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { type DeviceId, parseDeviceId } from '../mib/ieee-1284.ts'
import { formatMac } from '../mib/mac-address.ts'
import { findBadge } from '../profiles/badges.ts'
import type { IdentityField, Profile, Source } from '../profiles/profile.ts'
import { LAST_SOURCES, STANDARD_SOURCES } from '../profiles/standard.ts'
import { fillIndex } from './device-index.ts'
import { findSerialFault, isPlaceholder, type NotSerials } from './serial.ts'
import { type Tables, textOf } from './tables.ts'

export interface PrinterIdentity {
  manufacturer: string | null
  model: string | null
  serial: string | null
  firmware: string | null
  assetNumber: string | null
  macAddress: string | null
  ieee1284Id: string | null
}

/** hrDeviceIndex as the Printer-MIB has it and as the Host-Resources-MIB has it; some agents disagree with themselves. */
export interface DeviceIndex {
  device: number
  host: number
}

/** Sources of a field in the order in which they are believed. */
export function sourcesOf(field: IdentityField, profile: Profile | null): Source[] {
  return [
    ...(profile?.before_standard?.[field] ?? []),
    ...STANDARD_SOURCES[field],
    ...(profile?.after_standard?.[field] ?? []),
    ...LAST_SOURCES[field],
  ]
}

/** One source of a field: what stood there, and what was made of it. */
export interface Attempt {
  /** The OID, or the key of the IEEE 1284 device id. */
  source: string
  /** The text that stood there; null when nothing did. */
  raw: string | null
  value: string | null
  reason: string
}

export interface IdentityReading extends PrinterIdentity {
  /** Every source of every field, in the order in which they are believed; the first with a value was taken. */
  attempts: Record<IdentityField | 'manufacturer', Attempt[]>
}

/**
 * What one printer is: the first acceptable value of each field's sources.
 *
 * @param parts part numbers of its supplies, which are no serial numbers
 */
export function readIdentity(
  tables: Tables,
  index: DeviceIndex,
  charset: number | null,
  profile: Profile | null,
  parts: readonly string[],
): IdentityReading {
  let deviceId: DeviceId | null = null
  const look = (source: Source): { source: string; raw: string | null; text: string | null } => {
    if ('ieee1284' in source) {
      const text = deviceId?.[source.ieee1284] ?? null
      return { source: `IEEE 1284 ${source.ieee1284}`, raw: text, text }
    }
    const oid = fillIndex(source.oid, index.device, index.host)
    const raw = textOf(tables.values.get(oid), charset)
    return { source: oid, raw, text: raw === null ? null : cutText(raw, source) }
  }
  const tryAll = (field: IdentityField, judge: (text: string) => Judgement): Attempt[] =>
    sourcesOf(field, profile).map((each) => {
      const { source, raw, text } = look(each)
      if (raw === null) return { source, raw, value: null, reason: ABSENT }
      if (text === null) return { source, raw, value: null, reason: 'the words around the value are not in it' }
      const { value, reason } = judge(text)
      return { source, raw, value, reason: text === raw ? reason : `cut out of it; ${reason}` }
    })

  const ids = tryAll('ieee1284_id', judgeDeviceId)
  const ieee1284Id = chosenOf(ids)
  deviceId = ieee1284Id ? parseDeviceId(ieee1284Id) : null
  const macAddress = readMac(tables)
  const descr = tables.text(HOST_RESOURCES_MIB.hrDeviceDescr, `${index.host}`, charset)
  const makers = [profile?.manufacturer, deviceId?.manufacturer].filter((name) => typeof name === 'string')
  const named = [descr, deviceId?.model].flatMap((text) => (text ? [text, cleanModel(text, null, makers) ?? text] : []))
  const serials = tryAll('serial', (text) => judgeSerial(text, { models: named, parts, mac: macAddress }))
  const serial = chosenOf(serials)
  const models = tryAll('model', (text) => judgeModel(text, serial, makers))
  const firmware = tryAll('firmware', judgeFirmware)
  const assets = tryAll('asset_number', (text) =>
    isPlaceholder(text) ? { value: null, reason: 'a placeholder, no number' } : asItStands(text),
  )
  const manufacturers = tryManufacturer(tables, index.host, charset, deviceId, profile)
  return {
    manufacturer: chosenOf(manufacturers),
    model: chosenOf(models),
    serial,
    firmware: chosenOf(firmware),
    assetNumber: chosenOf(assets),
    macAddress,
    ieee1284Id,
    attempts: {
      manufacturer: manufacturers,
      model: models,
      serial: serials,
      firmware,
      asset_number: assets,
      ieee1284_id: ids,
    },
  }
}

type Judgement = Pick<Attempt, 'value' | 'reason'>
const ABSENT = 'not there, or empty'

function chosenOf(attempts: readonly Attempt[]): string | null {
  return attempts.find(({ value }) => value !== null)?.value ?? null
}

function asItStands(text: string): Judgement {
  return { value: text, reason: 'as it stands' }
}

/** Cut out of a sentence it may end with the sentence's mark. */
function judgeFirmware(text: string): Judgement {
  const value = text.replace(/[\s:;,]+$/, '')
  return isPlaceholder(value) ? { value: null, reason: 'a placeholder, no version' } : asItStands(value)
}

/** Some devices keep another text where the device id belongs. */
function judgeDeviceId(text: string): Judgement {
  const { manufacturer, model } = parseDeviceId(text)
  if (manufacturer === null && model === null)
    return { value: null, reason: 'names neither maker nor model: no device id' }
  return asItStands(text)
}

function judgeSerial(text: string, others: NotSerials): Judgement {
  const fault = findSerialFault(text, others)
  return fault === null ? { value: text, reason: 'looks like a real serial number' } : { value: null, reason: fault }
}

function judgeModel(text: string, serial: string | null, makers: readonly string[]): Judgement {
  const id = parseDeviceId(text)
  if (id.manufacturer !== null && id.model !== null) return { value: null, reason: 'a device id, no name' }
  const model = cleanModel(text, serial, makers)
  if (model === null)
    return { value: null, reason: 'no name is left without maker, serial number and what any printer is called' }
  return {
    value: model,
    reason: model === text ? 'as it stands' : 'without maker, serial number, version and "series"',
  }
}

/** The part of a text that a source means; null where its marks are not in it. */
function cutText(text: string, { after = [], before }: Extract<Source, { oid: string }>): string | null {
  let start = 0
  for (const mark of [after].flat()) {
    const at = text.indexOf(mark, start)
    if (at < 0) return null
    start = at + mark.length
  }
  const end = before === undefined ? text.length : text.indexOf(before, start)
  return end < 0 ? null : text.slice(start, end)
}

/** The badge on the box: as the device calls itself, before what its network card's number says. */
function tryManufacturer(
  tables: Tables,
  device: number,
  charset: number | null,
  id: DeviceId | null,
  profile: Profile | null,
): Attempt[] {
  const descr = `${HOST_RESOURCES_MIB.hrDeviceDescr}.${device}`
  const texts: Array<[source: string, text: string | null]> = [
    [descr, textOf(tables.values.get(descr), charset)],
    ['IEEE 1284 manufacturer', id?.manufacturer ?? null],
    [`${SNMPV2_MIB.sysDescr}.0`, tables.text(SNMPV2_MIB.sysDescr, '0', charset)],
  ]
  const attempts = texts.map(([source, raw]): Attempt => {
    if (raw === null) return { source, raw, value: null, reason: ABSENT }
    const badge = findBadge(raw)
    return {
      source,
      raw,
      value: badge?.name ?? null,
      reason: badge ? 'begins with the name of a maker' : 'names no maker',
    }
  })
  const sysObjectId = `${SNMPV2_MIB.sysObjectID}.0`
  const objectId = tables.values.get(sysObjectId)
  const byProfile: Attempt = {
    source: sysObjectId,
    raw: objectId?.type === 'oid' ? objectId.value : null,
    value: profile?.manufacturer ?? null,
    reason: profile ? `that of the profile ${profile.name}` : 'no profile matches',
  }
  const asNamed: Attempt = {
    source: 'IEEE 1284 manufacturer',
    raw: id?.manufacturer ?? null,
    value: id?.manufacturer ?? null,
    reason: id?.manufacturer ? 'as the device writes it: no known maker' : ABSENT,
  }
  return [...attempts, byProfile, ...(profile ? [] : [asNamed])]
}

/** What stands behind a model's number and is no part of its name. */
const BEHIND_MODEL =
  /(?: v\d+)? (?:v\d+|v\(.*|(?:network )?(?:colou?r )?(?:laser )?(?:multi-?function )?(?:printer|system)(?: - .*)?)$/i
/** Words that any printer may call itself by, and names of the network card or print server that answers for it. */
const NO_MODEL = [
  /^(?:network |laser |colou?r |multi-?function |all-in-one )*(?:printer|printing system|mfp)$/i,
  /ethernet multi-environment|jetdirect|,rom |print ?server|print(?:er)? i\/f/i,
  /^nc-\d+[hw]?$/i,
]

/** "L3.OP.N210", "LW99.DN4.P636", "V1.16", "01.00": what a device glues on for its firmware. */
const VERSION = /\s+(?:v\d+(?:\.\w+)+|[A-Z0-9]{1,4}(?:\.[A-Z0-9]{1,5}){2,}|\d{1,2}\.\d{2}(?:\.\d+)*)$/i
/** What stands before such a version and is no part of a model's name: capitals and digits, as long as a serial number. */
const GLUED_SERIAL = / (?=[A-Z]*\d[A-Z]*\d)[A-Z0-9]{7,16}$/

/**
 * A model's name without the maker before it, and without "series", serial number or versions behind it.
 *
 * @param makers what this device's maker is called besides the known badges
 */
export function cleanModel(text: string, serial: string | null, makers: readonly string[] = []): string | null {
  // "OKI OkiLAN 8450e ... PrintServer: Attached to C9960 Rev.01.17": the print server first
  const attached = /\battached to (.+)$/i.exec(text)?.[1] ?? text
  const [first = '', ...others] = attached.split(/;| \/ |, /)
  let model = first
  // "SP 4210N 1.05 / NRG Network Printer": what stands before the services is name and version
  if (others.length > 0 && text.includes(' / ')) model = model.replace(/\s+v?\d+\.[\d.]+$/i, '')
  model = cutMaker(model, makers)
  model = cutAtSerial(model, serial)
    .replace(/\s+(version|ver\.?|rev\.?|fw|firmware)[\s.]*\d.*$/i, '')
    .replace(/\s+(version|ver\.?|rev\.?|fw|firmware)\s.*$/i, '')
    .replace(/\s+\((?:net|controller|engine)\b.*$/i, '')
    .replace(/\s+/g, ' ')
    .trim()
  const isGlued = VERSION.test(model)
  model = model.replace(VERSION, '')
  if (isGlued && model.includes(' ')) model = model.replace(GLUED_SERIAL, '')
  const behind = BEHIND_MODEL.exec(model)
  if (behind && /\d/.test(model.slice(0, behind.index))) model = model.slice(0, behind.index)
  model = model.replace(/ series(?: \([^)]*\))?$/i, '')
  return /[\p{L}\p{N}]/u.test(model) && !NO_MODEL.some((words) => words.test(model)) ? model : null
}

/** Without the maker in front, whom a device may name twice ("HP HP LaserJet"). */
function cutMaker(model: string, makers: readonly string[]): string {
  const badge = findBadge(model)
  if (badge) {
    const again = findBadge(badge.rest)
    return again?.name === badge.name ? again.rest : badge.rest
  }
  const maker = makers.find((name) => model.toLowerCase().startsWith(`${name.toLowerCase()} `))
  return maker ? model.slice(maker.length).trim() : model
}

/** A serial number shorter than this may stand in a model's name by chance. */
const MIN_SERIAL = 5

/** Without the serial number, or its part before a hyphen, and what follows it. */
function cutAtSerial(model: string, serial: string | null): string {
  for (const part of serial === null ? [] : [serial, serial.split('-')[0] as string]) {
    const at = part.length < MIN_SERIAL ? -1 : model.indexOf(part)
    if (at === 0) return model.slice(part.length)
    // not inside a word: "HL-C5600" is no name with the serial number C5600-123456 behind it
    if (at > 0 && !/[\p{L}\p{N}-]/u.test(model.charAt(at - 1))) return model.slice(0, at)
  }
  return model
}

/** ifPhysAddress of the first interface that has a real one. */
function readMac(tables: Tables): string | null {
  for (const { value } of tables.column(IF_MIB.ifPhysAddress).values()) {
    const mac = value.type === 'octets' ? formatMac(value.value) : null
    if (mac) return mac
  }
  return null
}
