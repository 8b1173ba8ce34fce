import { HOST_RESOURCES_MIB, SNMPV2_MIB } from '../mib/host-resources.ts'
import type { Missing } from '../model/printer.ts'
import { presenceObjects } from '../profiles/choose-profile.ts'
import type { Profile } from '../profiles/profile.ts'
import { isWithin } from '../snmp/oid.ts'
import type { Reading } from '../snmp/reading.ts'
import type { SnmpSession } from '../snmp/session.ts'
import { SnmpError } from '../snmp/snmp-error.ts'
import type { SnmpValue } from '../snmp/value.ts'
import { type Column, type Gap, Walker } from '../snmp/walk.ts'
import { deviceIndices, hostIndex, profileOfDevice } from './device-index.ts'
import { type Identity, identify } from './identify.ts'
import { mustAvoidPrivateObjects } from './named-models.ts'
import { partOf, plannedColumns, privateColumns, privateScalars } from './plan.ts'
import { Tables } from './tables.ts'

const PRINTER_MIB = '1.3.6.1.2.1.43'
const MAX_DEVICES = 64
const IDENTIFYING: readonly Column[] = [
  { oid: SNMPV2_MIB.sysObjectID, maxRows: 1 },
  { oid: SNMPV2_MIB.sysDescr, maxRows: 1 },
  { oid: PRINTER_MIB, maxRows: 1 },
  { oid: HOST_RESOURCES_MIB.hrDeviceType, maxRows: MAX_DEVICES },
]

export interface ReadOutcome {
  identity: Identity
  /** Null when the device is no printer. */
  reading: Reading | null
}

/**
 * Asks one device what it is and, when it is a printer, everything that the plan names. One request in flight. Once it
 * is known to be a printer, silence, refusals and the deadline end in a reading that says what is missing.
 *
 * @param deadline aborts when the time for this printer is over
 * @param forGlance true when the reading will be the basis of a glance
 * @throws SnmpError when the device cannot even be identified
 */
export async function readPrinter(
  session: SnmpSession,
  profiles: readonly Profile[],
  now: () => Date,
  deadline: AbortSignal,
  forGlance = false,
): Promise<ReadOutcome> {
  const values = new Map<string, SnmpValue>()
  const sampledAt = now().toISOString()
  const walker = new Walker(session, (oid, value) => values.set(oid, value))

  const gaps: Gap[] = []
  /** False when the device fell silent, or its time was over, once it was known to be a printer. */
  const isDone = async (step: () => Promise<void>): Promise<boolean> => {
    try {
      await step()
      return true
    } catch (error) {
      if (!(error instanceof SnmpError) || !identify(values, profiles).isPrinter) throw error
      gaps.push({ oid: 'rest', reason: deadline.aborted ? 'deadline' : 'timeout' })
      return false
    }
  }

  // All at once: the first answer tells whether the rest is worth asking. An agent of v1 refuses the whole for one object.
  const isBulk = session.version !== '1'
  const hasPrinterMib = () => values.keys().some((oid) => isWithin(oid, PRINTER_MIB))
  const planned = plannedColumns(forGlance)
  const first = isBulk ? [...IDENTIFYING, ...planned] : IDENTIFYING
  let isOpen = await isDone(() => walker.columns(first, () => !isBulk || hasPrinterMib()))
  const isPlanRead = isBulk && hasPrinterMib()
  if (isOpen && isBulk && !isPlanRead) isOpen = await isDone(() => walker.columns(IDENTIFYING))
  let identity = identify(values, profiles)
  if (isOpen && (!identity.isPrinter || identity.chosen === null)) {
    isOpen = await isDone(() => walker.scalars(presenceObjects(identity.chosen, profiles)))
    identity = identify(values, profiles)
    if (!identity.isPrinter && walker.gaps.length > 0) throw gapError(session.address, walker.gaps)
    if (!identity.isPrinter) return { identity, reading: null }
  }

  if (isOpen && !isPlanRead) isOpen = await isDone(() => walker.columns(planned))
  identity = identify(values, profiles)
  const tables = new Tables(values)
  if (mustAvoidPrivateObjects(profiles, tables)) gaps.push({ oid: 'private', reason: 'deny_listed' })
  else if (isOpen) {
    const [device = 1] = deviceIndices(tables)
    const profile = profileOfDevice(identity.chosen?.profile ?? null, device, hostIndex(tables, device))
    await isDone(async () => {
      await walker.columns(privateColumns(profile))
      await walker.scalars(privateScalars(profile))
    })
  }
  return {
    identity,
    reading: {
      address: session.address,
      port: session.port,
      snmp_version: session.version,
      sampled_at: sampledAt,
      values,
      missing: missingParts([...walker.gaps, ...gaps]),
    },
  }
}

function gapError(address: string, gaps: readonly Gap[]): SnmpError {
  const reason = gaps[0]?.reason
  const code = reason === 'timeout' ? 'timeout' : reason === 'refused' ? 'refused' : 'bad_answer'
  return new SnmpError(code, `${address} answered, then could not be identified (${reason})`)
}

function missingParts(gaps: readonly Gap[]): Missing[] {
  const parts = new Map<string, string>()
  for (const { oid, reason } of gaps) {
    const part = oid === 'rest' ? oid : partOf(oid)
    if (!parts.has(part)) parts.set(part, reason)
  }
  return [...parts].map(([part, reason]) => ({ part, reason }))
}
