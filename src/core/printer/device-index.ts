import { HOST_RESOURCES_MIB, HR_DEVICE_PRINTER } from '../mib/host-resources.ts'
import { PRINTER_MIB } from '../mib/printer-mib.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Tables } from './tables.ts'

/** Behind one address; a device that invents more shows the first ones. */
const MAX_PRINTERS = 64
const INDEXED = [
  PRINTER_MIB.prtGeneralSerialNumber,
  PRINTER_MIB.prtGeneralConfigChanges,
  PRINTER_MIB.prtMarkerLifeCount,
  PRINTER_MIB.prtMarkerSuppliesLevel,
  PRINTER_MIB.prtInputCurrentLevel,
]

/**
 * hrDeviceIndex of every printer behind one address: those with rows in the Printer-MIB, but for one that hrDeviceType calls
 * something else, as long as another is left; else every hrDevicePrinter; else 1.
 */
export function deviceIndices(tables: Tables): number[] {
  const indices = new Set<number>()
  for (const column of INDEXED) {
    for (const index of tables.column(column).keys()) indices.add(Number(index.split('.')[0]))
  }
  const others = [...indices].filter((index) => isOtherDevice(tables, index))
  if (others.length < indices.size) for (const index of others) indices.delete(index)
  if (indices.size === 0) for (const device of hrPrinters(tables)) indices.add(device)
  if (indices.size === 0) indices.add(1)
  return [...indices].sort((a, b) => a - b).slice(0, MAX_PRINTERS)
}

/** Where the Host-Resources-MIB keeps a lone printer: under its Printer-MIB index, or by mistake under another. */
export function hostIndex(tables: Tables, device: number): number {
  const printers = hrPrinters(tables)
  if (printers.length === 0) printers.push(...[...tables.column(HOST_RESOURCES_MIB.hrPrinterStatus).keys()].map(Number))
  return printers.length === 1 && !printers.includes(device) ? (printers[0] as number) : device
}

/** The maker's objects of one printer: `{d}` filled in, with the index of the MIB that an object belongs to. */
export function profileOfDevice(profile: Profile | null, device: number, host: number): Profile | null {
  if (profile === null || !hasIndexToFill(profile)) return profile
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.endsWith('.{d}') ? fillIndex(value, device, host) : value
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]))
  }
  return fill(profile) as Profile
}

const withIndexToFill = new WeakMap<Profile, boolean>()

function hasIndexToFill(profile: Profile): boolean {
  let has = withIndexToFill.get(profile)
  if (has === undefined) {
    has = JSON.stringify(profile).includes('{d}')
    withIndexToFill.set(profile, has)
  }
  return has
}

/** `{d}` in one OID: hrDeviceIndex of the Printer-MIB, or that of the Host-Resources-MIB for its own objects. */
export function fillIndex(oid: string, device: number, host: number): string {
  return oid.replace('{d}', `${oid.startsWith('1.3.6.1.2.1.25.') ? host : device}`)
}

function hrPrinters(tables: Tables): number[] {
  return [...tables.column(HOST_RESOURCES_MIB.hrDeviceType)].flatMap(([index, { value }]) =>
    value.type === 'oid' && value.value === HR_DEVICE_PRINTER && /^\d+$/.test(index) ? [Number(index)] : [],
  )
}

function isOtherDevice(tables: Tables, index: number): boolean {
  const type = tables.cell(HOST_RESOURCES_MIB.hrDeviceType, `${index}`)?.value
  return type?.type === 'oid' && type.value.startsWith(`${HR_DEVICE_TYPES}.`) && type.value !== HR_DEVICE_PRINTER
}

/** hrDeviceTypes: what the Host-Resources-MIB knows besides printers. */
const HR_DEVICE_TYPES = '1.3.6.1.2.1.25.3.1'
