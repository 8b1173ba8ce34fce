import { HOST_RESOURCES_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import { PORT_MONITOR_MIB } from '../mib/port-monitor.ts'
import { remember } from '../model/remember.ts'
import { findWorkaround, type Profile } from '../profiles/profile.ts'
import { type Tables, textOf } from './tables.ts'

const MODEL_COLUMNS = [
  HOST_RESOURCES_MIB.hrDeviceDescr,
  SNMPV2_MIB.sysDescr,
  PORT_MONITOR_MIB.ppmPrinterIEEE1284DeviceId,
]

/**
 * True for a model that is known to restart when the maker's own objects are polled, by what the standard ones say. All
 * profiles are looked through: one of a user's own for the same maker does not make the model safe.
 */
export function mustAvoidPrivateObjects(profiles: readonly Profile[], tables: Tables): boolean {
  const models = profiles.flatMap((profile) => findWorkaround(profile, 'avoid_private_objects')?.models ?? [])
  return isOneOf(models, tables)
}

/** True when the device names one of these models where the standards have it name itself. */
export function isOneOf(models: readonly string[], tables: Tables): boolean {
  if (models.length === 0) return false
  const cells = MODEL_COLUMNS.flatMap((column) => [...tables.column(column).values()])
  const names = cells.flatMap(({ value }) => textOf(value, null) ?? []).map(bareName)
  return models.some((model) => names.some((name) => name.includes(bareName(model))))
}

/** Letters and digits alone: "MFC-8660DN" and "mfc 8660dn" are one model. */
const bareName = remember((text) => text.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase())
