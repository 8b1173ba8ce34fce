import { ERROR_STATUS, type Pdu } from '../message.ts'
import type { SnmpValue, Varbind } from '../value.ts'
import type { Objects } from './objects.ts'
import { varbindSize } from './size.ts'

/** How an agent falls short of the RFC. */
export interface Quirks {
  noCombinedGet?: boolean
  noBulk?: 'silent' | 'generr'
  maxVarbinds?: number
  /** Asked for each reply: does it carry another request id than the request? */
  isIdWrong?: () => boolean
}

const END: SnmpValue = { type: 'end_of_mib_view' }
const MAX_REPETITIONS_VARBINDS = 4096

/**
 * The answer of an agent to a request PDU: RFC 1157 section 4.1 for v1, RFC 3416 section 4.2 for v2c and v3. The agent
 * is read-only. `limit` is the longest message in bytes: GetBulk collects little more than fits, the caller cuts.
 * Gives null where an agent is silent.
 */
export function respond(
  pdu: Pdu,
  version: '1' | '2c' | '3',
  objects: Objects,
  quirks: Quirks,
  limit: number,
): Pdu | null {
  const v1 = version === '1'
  const count = pdu.varbinds.length
  switch (pdu.type) {
    case 'get':
      if (quirks.maxVarbinds !== undefined && count > quirks.maxVarbinds) return tooBig(pdu, v1)
      if (v1 && quirks.noCombinedGet && count > 1) return fail(pdu, ERROR_STATUS.no_such_name, 1)
      return v1
        ? getV1(pdu, objects)
        : succeed(
            pdu,
            pdu.varbinds.map(({ oid }) => ({ oid, value: read(objects, oid) })),
          )
    case 'get_next':
      if (quirks.maxVarbinds !== undefined && count > quirks.maxVarbinds) return tooBig(pdu, v1)
      return v1
        ? getNextV1(pdu, objects)
        : succeed(
            pdu,
            pdu.varbinds.map(({ oid }) => readNext(objects, oid)),
          )
    case 'get_bulk':
      if (v1 || quirks.noBulk === 'silent') return null
      if (quirks.noBulk === 'generr') return fail(pdu, ERROR_STATUS.gen_err, count > 0 ? 1 : 0)
      return succeed(pdu, getBulk(pdu, objects, limit, quirks.maxVarbinds ?? MAX_REPETITIONS_VARBINDS))
    case 'set':
      return fail(pdu, v1 ? ERROR_STATUS.no_such_name : ERROR_STATUS.no_access, count > 0 ? 1 : 0)
    default:
      return null
  }
}

/** The answer did not fit: v1 echoes the variables, v2c and v3 leave them out (RFC 3416 section 4.2.1). */
export function tooBig(pdu: Pdu, v1: boolean): Pdu {
  return { ...fail(pdu, ERROR_STATUS.too_big, 0), varbinds: v1 ? pdu.varbinds : [] }
}

/** An error answer: the variables come back as they were asked (RFC 1157 section 4.1.2). `index` counts from 1. */
export function fail(pdu: Pdu, errorStatus: number, index: number): Pdu {
  return { type: 'response', requestId: pdu.requestId, errorStatus, errorIndex: index, varbinds: pdu.varbinds }
}

function succeed(pdu: Pdu, varbinds: Varbind[]): Pdu {
  return { type: 'response', requestId: pdu.requestId, errorStatus: 0, errorIndex: 0, varbinds }
}

function read(objects: Objects, oid: string): SnmpValue {
  return objects.get(oid) ?? { type: hasSibling(objects, oid) ? 'no_such_instance' : 'no_such_object' }
}

/** A recording does not say which objects exist without an instance; one that shares the column shows that it does. */
function hasSibling(objects: Objects, oid: string): boolean {
  const column = oid.slice(0, oid.lastIndexOf('.'))
  return objects.next(column)?.startsWith(`${column}.`) ?? false
}

function readNext(objects: Objects, oid: string): Varbind {
  const next = objects.next(oid)
  const value = next === undefined ? undefined : objects.get(next)
  return next === undefined || value === undefined ? { oid, value: END } : { oid: next, value }
}

/** RFC 3584 section 4.2.2.1: v1 has no Counter64, so such an object is not there. */
function getV1(pdu: Pdu, objects: Objects): Pdu {
  const varbinds: Varbind[] = []
  for (const { oid } of pdu.varbinds) {
    const value = objects.get(oid)
    if (value === undefined || value.type === 'counter64')
      return fail(pdu, ERROR_STATUS.no_such_name, varbinds.length + 1)
    varbinds.push({ oid, value })
  }
  return succeed(pdu, varbinds)
}

function getNextV1(pdu: Pdu, objects: Objects): Pdu {
  const varbinds: Varbind[] = []
  for (const { oid } of pdu.varbinds) {
    let found = readNext(objects, oid)
    while (found.value.type === 'counter64') found = readNext(objects, found.oid)
    if (found.value.type === 'end_of_mib_view') return fail(pdu, ERROR_STATUS.no_such_name, varbinds.length + 1)
    varbinds.push(found)
  }
  return succeed(pdu, varbinds)
}

/** RFC 3416 section 4.2.3. */
function getBulk(pdu: Pdu, objects: Objects, limit: number, maxVarbinds: number): Varbind[] {
  const nonRepeaters = Math.min(Math.max(pdu.errorStatus, 0), pdu.varbinds.length)
  const varbinds: Varbind[] = []
  let size = 0
  const add = (oid: string): Varbind => {
    const found = readNext(objects, oid)
    size += varbindSize(found)
    varbinds.push(found)
    return found
  }
  const isFull = () => size > limit || varbinds.length >= maxVarbinds
  for (let i = 0; i < nonRepeaters && !isFull(); i++) add((pdu.varbinds[i] as Varbind).oid)
  let row = pdu.varbinds.slice(nonRepeaters).map(({ oid }) => oid)
  for (let repetition = 0; repetition < pdu.errorIndex && row.length > 0 && !isFull(); repetition++) {
    const next: string[] = []
    let ended = true
    for (const oid of row) {
      if (isFull()) return varbinds
      const found = add(oid)
      if (found.value.type !== 'end_of_mib_view') ended = false
      next.push(found.oid)
    }
    if (ended) break
    row = next
  }
  return varbinds
}
