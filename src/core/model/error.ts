/**
 * Why something did not work, in a form that a caller can decide on. The wording of `message` is for a person: what is
 * wrong, where, and what to do. Codes are part of the published interface (README, "Exit codes and errors").
 */
export type ErrorCode =
  | 'bad_target'
  | 'too_many_targets'
  | 'bad_flag'
  | 'bad_filter'
  | 'bad_config'
  | 'bad_recording'
  | 'bad_profile'
  | 'file_unreadable'
  | 'file_unwritable'
  | 'host_unknown'
  | 'insecure_listen'
  | 'port_in_use'
  | 'permission_denied'
  | 'network_unreachable'
  | 'server_unreachable'
  | 'server_refused'
  | 'archive_failed'
  | 'archive_damaged'

/** What the machine, the network or another program refused, whatever the user had written. */
const REFUSALS: readonly ErrorCode[] = [
  'port_in_use',
  'permission_denied',
  'network_unreachable',
  'file_unwritable',
  'server_unreachable',
  'server_refused',
  'archive_failed',
  'archive_damaged',
]

export class PrintMasterError extends Error {
  override readonly name = 'PrintMasterError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  /** True for the user's own input (exit code 2); false for what the machine or the network refused (exit code 1). */
  get isUsage(): boolean {
    return !REFUSALS.includes(this.code)
  }
}
