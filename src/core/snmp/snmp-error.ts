/**
 * What an SNMP request came to when it did not come to an answer. `timeout` is silence; `too_big`, `no_such_name` and
 * `gen_err` are error-status values (RFC 3416); the `wrong_...` and `unknown_user` codes are the USM's reports
 * (RFC 3414 section 3.2): the device is there and refuses.
 */
export type SnmpErrorCode =
  | 'timeout'
  | 'aborted'
  | 'too_big'
  | 'no_such_name'
  | 'gen_err'
  | 'refused'
  | 'bad_answer'
  | 'send_failed'
  | 'unknown_user'
  | 'unsupported_security_level'
  | 'wrong_auth_key'
  | 'wrong_priv_key'
  | 'not_in_time_window'

export class SnmpError extends Error {
  override readonly name = 'SnmpError'
  readonly code: SnmpErrorCode
  /** With an error-status: the 1-based variable binding it speaks of; 0 for none. */
  readonly index: number

  constructor(code: SnmpErrorCode, message: string, index = 0) {
    super(message)
    this.code = code
    this.index = index
  }

  /** True when the device answered and said that the credential is not good enough. */
  get isCredential(): boolean {
    return ['unknown_user', 'unsupported_security_level', 'wrong_auth_key', 'wrong_priv_key'].includes(this.code)
  }
}
