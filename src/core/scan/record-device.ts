import { mustAvoidPrivateObjects } from '../printer/named-models.ts'
import { Tables } from '../printer/tables.ts'
import type { Reading } from '../snmp/reading.ts'
import { SnmpError } from '../snmp/snmp-error.ts'
import type { SnmpValue } from '../snmp/value.ts'
import { Walker } from '../snmp/walk.ts'
import { Wire } from '../snmp/wire.ts'
import { chooseSession } from './choose-session.ts'
import type { ScanOptions } from './scan.ts'
import { Sweep } from './sweep.ts'
import type { SweptHost } from './swept-host.ts'

const STANDARD = '1.3.6.1.2.1'
const PRIVATE = '1.3.6.1.4.1'
const MAX_OBJECTS = 100_000

/**
 * Asks one device for everything it has: a walk of all standard and private objects.
 *
 * @param onObject is told how many objects have come so far
 * @throws SnmpError when it does not answer or lets no credential in
 */
export async function recordDevice(
  address: string,
  options: ScanOptions,
  onObject: (count: number) => void,
): Promise<Reading> {
  const wire = new Wire(options.rate)
  try {
    const found = Promise.withResolvers<SweptHost | null>()
    const sweep = new Sweep({ ...options, addresses: [address], wire, onAnswer: found.resolve })
    const swept = sweep.run().then(() => found.resolve(null))
    const host = await found.promise
    if (!host) throw new SnmpError('timeout', `${address} does not answer SNMP on port ${options.port}`)
    const { port, timeout, retries, signal } = options
    const credentials = options.credentialsFor(address)
    const session = await chooseSession(host, credentials, { wire, address, port, timeout, retries, signal })
    await swept
    const values = new Map<string, SnmpValue>()
    const sampledAt = options.now().toISOString()
    const walker = new Walker(session, (oid, value) => {
      values.set(oid, value)
      onObject(values.size)
    })
    await walker.columns([{ oid: STANDARD, maxRows: MAX_OBJECTS }])
    const isDenied = mustAvoidPrivateObjects(options.profiles, new Tables(values))
    if (isDenied) walker.gaps.push({ oid: PRIVATE, reason: 'deny_listed' })
    else await walker.columns([{ oid: PRIVATE, maxRows: MAX_OBJECTS }])
    const missing = walker.gaps.map(({ oid, reason }) => ({ part: oid, reason }))
    return { address, port, snmp_version: session.version, sampled_at: sampledAt, values, missing }
  } finally {
    await wire.close()
  }
}
