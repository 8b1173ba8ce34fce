import { ERROR_STATUS, type Pdu } from './message.ts'
import { SnmpError } from './snmp-error.ts'
import type { Varbind } from './value.ts'

/** What v1/v2c and v3 sessions do alike. */

const NULL = { type: 'null' } as const

export function requestPdu(
  type: 'get' | 'get_next' | 'get_bulk',
  requestId: number,
  oids: readonly string[],
  repetitions: number,
): Pdu {
  return {
    type,
    requestId,
    errorStatus: 0,
    errorIndex: type === 'get_bulk' ? repetitions : 0,
    varbinds: oids.map((oid) => ({ oid, value: NULL })),
  }
}

/**
 * The variable bindings of a response; undefined for a PDU that is no response.
 * @throws SnmpError for an error-status (RFC 3416 section 4.2.1)
 */
export function takeVarbinds(pdu: Pdu, address: string): Varbind[] | undefined {
  if (pdu.type !== 'response') return undefined
  switch (pdu.errorStatus) {
    case ERROR_STATUS.no_error:
      return pdu.varbinds
    case ERROR_STATUS.too_big:
      throw new SnmpError('too_big', `${address}: the answer does not fit its messages`)
    case ERROR_STATUS.no_such_name:
      throw new SnmpError('no_such_name', `${address}: no such object`, pdu.errorIndex)
    case ERROR_STATUS.no_access:
    case ERROR_STATUS.authorization_error:
      throw new SnmpError('refused', `${address} does not let this credential read`)
    default:
      throw new SnmpError('gen_err', `${address}: error-status ${pdu.errorStatus}`, pdu.errorIndex)
  }
}
