import { HOST_RESOURCES_MIB, HR_DEVICE_PRINTER, SNMPV2_MIB } from '../mib/host-resources.ts'
import { type ChosenProfile, chooseByName, chooseProfile, findPresence } from '../profiles/choose-profile.ts'
import { MAKERS } from '../profiles/makers.ts'
import type { Profile } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import type { SnmpValue } from '../snmp/value.ts'
import { textOf } from './tables.ts'

const PRINTER_MIB = '1.3.6.1.2.1.43'
/** Operating systems whose hrDeviceTable lists print queues as printers: Net-SNMP, UCD-SNMP, Windows, AIX, Solaris. */
const HOST_SYSTEMS = [
  '1.3.6.1.4.1.8072.3.2',
  '1.3.6.1.4.1.2021.250',
  '1.3.6.1.4.1.311.1.1.3',
  '1.3.6.1.4.1.2.3.1.2.1.1',
  '1.3.6.1.4.1.42.2.1',
]

export interface Identity {
  isPrinter: boolean
  /** Why, in one sentence. */
  reason: string
  sysObjectId: string | null
  chosen: ChosenProfile | null
}

/**
 * Says whether what a device answered shows a printer. Objects of the Printer-MIB do; without them a host that lists its
 * print queues does not, and else hrDeviceType printer, an object that only a maker's printers have, or a sysObjectID
 * that the maker gives to printers alone. A name or a model never decides that; it chooses the profile of what is known
 * to be a printer, where neither sysObjectID nor an object of the maker's does.
 */
export function identify(values: ReadonlyMap<string, SnmpValue>, profiles: readonly Profile[] = MAKERS): Identity {
  const objectId = values.get(`${SNMPV2_MIB.sysObjectID}.0`)
  const sysObjectId = objectId?.type === 'oid' ? objectId.value : null
  const presence = findPresence(values, profiles)
  const chosen = chooseProfile(sysObjectId, profiles) ?? presence?.chosen ?? null
  const found = (reason: string) => {
    const byName = chosen ?? chooseByName(readNames(values), profiles)
    return { isPrinter: true, reason, sysObjectId, chosen: byName }
  }

  const mib = values.keys().find((oid) => isWithin(oid, PRINTER_MIB))
  if (mib) return found(`it has the Printer-MIB (${mib})`)
  const isHost = HOST_SYSTEMS.some((prefix) => sysObjectId !== null && isWithin(sysObjectId, prefix))
  if (isHost) return { isPrinter: false, reason: `sysObjectID ${sysObjectId} is a host`, sysObjectId, chosen: null }
  const types = [...values.keys()].filter((oid) => isWithin(oid, HOST_RESOURCES_MIB.hrDeviceType))
  const device = types.find((oid) => isPrinterType(values.get(oid)))
  if (device) return found(`${device} is hrDevicePrinter`)
  if (presence) return found(`it has ${presence.oid}, which only printers have`)
  const product = chosen?.profile.printer_products?.find(
    (prefix) => sysObjectId !== null && isWithin(sysObjectId, prefix),
  )
  if (product && types.length === 0)
    return found(`its sysObjectID lies below ${product}, which is given to printers only`)
  return { isPrinter: false, reason: 'nothing that it answers shows a printer', sysObjectId, chosen }
}

/** What the device calls itself: hrDeviceDescr of the first devices, then sysDescr. */
function readNames(values: ReadonlyMap<string, SnmpValue>): string[] {
  const columns = [HOST_RESOURCES_MIB.hrDeviceDescr, SNMPV2_MIB.sysDescr]
  return columns.flatMap((column) =>
    [...values].flatMap(([oid, value]) => (isWithin(oid, column) ? (textOf(value, null) ?? []) : [])),
  )
}

function isPrinterType(value: SnmpValue | undefined): boolean {
  return value?.type === 'oid' && value.value === HR_DEVICE_PRINTER
}
