/**
 * One answer of an SNMP agent, as it stood on the wire (RFC 3416 section 3, RFC 2578 section 7). Octet strings stay
 * bytes: what they mean is decided in normalise, with the printer's character set at hand.
 */
export type SnmpValue =
  | { readonly type: 'integer'; readonly value: number }
  | { readonly type: 'octets'; readonly value: Uint8Array }
  | { readonly type: 'oid'; readonly value: string }
  | { readonly type: 'ip'; readonly value: string }
  | { readonly type: 'counter32'; readonly value: number }
  | { readonly type: 'gauge32'; readonly value: number }
  | { readonly type: 'timeticks'; readonly value: number }
  | { readonly type: 'opaque'; readonly value: Uint8Array }
  | { readonly type: 'counter64'; readonly value: bigint }
  | { readonly type: 'null' }
  | { readonly type: 'no_such_object' }
  | { readonly type: 'no_such_instance' }
  | { readonly type: 'end_of_mib_view' }

/** OID in dotted form without a leading dot, and its value. */
export interface Varbind {
  readonly oid: string
  readonly value: SnmpValue
}

/** True for the three v2c exceptions and null: the object is not there. */
export function isAbsent(value: SnmpValue): boolean {
  return (
    value.type === 'null' ||
    value.type === 'no_such_object' ||
    value.type === 'no_such_instance' ||
    value.type === 'end_of_mib_view'
  )
}
