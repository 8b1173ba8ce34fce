import { HOST_RESOURCES_MIB, IF_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { type DeviceId, parseDeviceId } from '../mib/ieee-1284.ts'
import { formatMac } from '../mib/mac-address.ts'
import { findBadge } from '../profiles/badges.ts'
import type { IdentityField, Profile, Source } from '../profiles/profile.ts'
import { STANDARD_SOURCES } from '../profiles/standard.ts'
import { isRealSerial } from './serial.ts'
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
  ]
}

/** What one printer is: the first acceptable value of each field's sources. */
export function readIdentity(
  tables: Tables,
  index: DeviceIndex,
  charset: number | null,
  profile: Profile | null,
): PrinterIdentity {
  const textAt = (source: Extract<Source, { oid: string }>): string | null => {
    const text = textOf(tables.values.get(instanceOf(source.oid, index)), charset)
    return text === null ? null : cutText(text, source)
  }
  const ieee1284Id = firstOf(sourcesOf('ieee1284_id', profile), (source) => ('oid' in source ? textAt(source) : null))
  const deviceId = ieee1284Id ? parseDeviceId(ieee1284Id) : null
  const take = (field: IdentityField, accept: (text: string) => string | null) =>
    firstOf(sourcesOf(field, profile), (source) => {
      const text = 'oid' in source ? textAt(source) : deviceId?.[source.ieee1284]
      return text ? accept(text) : null
    })
  const serial = take('serial', (text) => (isRealSerial(text) ? text : null))
  return {
    manufacturer: readManufacturer(tables, index.host, charset, deviceId) ?? profile?.manufacturer ?? null,
    model: take('model', (text) => cleanModel(text, serial)),
    serial,
    firmware: take('firmware', (text) => text),
    assetNumber: take('asset_number', (text) => text),
    macAddress: readMac(tables),
    ieee1284Id,
  }
}

/** `{d}` filled in: the index of the Printer-MIB, or that of the Host-Resources-MIB for its own objects. */
function instanceOf(oid: string, { device, host }: DeviceIndex): string {
  return oid.replace('{d}', `${oid.startsWith('1.3.6.1.2.1.25.') ? host : device}`)
}

/** The part of a text that a source means; null where its marks are not in it. */
function cutText(text: string, { after, before }: Extract<Source, { oid: string }>): string | null {
  const start = after === undefined ? 0 : text.indexOf(after)
  if (start < 0) return null
  const rest = text.slice(start + (after?.length ?? 0))
  if (before === undefined) return rest
  const end = rest.indexOf(before)
  return end < 0 ? null : rest.slice(0, end)
}

function firstOf<T>(sources: readonly Source[], read: (source: Source) => T | null): T | null {
  for (const source of sources) {
    const value = read(source)
    if (value !== null) return value
  }
  return null
}

/** The badge on the box: as the device calls itself, before what its network card's number says. */
function readManufacturer(tables: Tables, device: number, charset: number | null, id: DeviceId | null): string | null {
  const texts = [
    tables.text(HOST_RESOURCES_MIB.hrDeviceDescr, `${device}`, charset),
    id?.manufacturer ?? null,
    tables.text(SNMPV2_MIB.sysDescr, '0', charset),
  ]
  for (const text of texts) {
    const badge = text ? findBadge(text) : null
    if (badge) return badge.name
  }
  return null
}

/** A model's name without the maker before it, and without "series", serial number or versions behind it. */
export function cleanModel(text: string, serial: string | null): string | null {
  let model = text.split(/;| \/ |, /)[0] ?? ''
  model = findBadge(model)?.rest ?? model
  if (serial) model = model.replace(serial, '').replace(serial.split('-')[0] as string, '')
  model = model
    .replace(/\s+(version|ver\.?|rev\.?|fw|firmware)\s.*$/i, '')
    .replace(/\s+series$/i, '')
    .replace(/\s+/g, ' ')
    .trim()
  return /[\p{L}\p{N}]/u.test(model) ? model : null
}

/** ifPhysAddress of the first interface that has a real one. */
function readMac(tables: Tables): string | null {
  for (const { value } of tables.column(IF_MIB.ifPhysAddress).values()) {
    const mac = value.type === 'octets' ? formatMac(value.value) : null
    if (mac) return mac
  }
  return null
}
