import { PrintMasterError } from '../model/error.ts'
import { isLoopback } from '../model/is-loopback.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * Beyond loopback tokens must not cross the network in the clear.
 * @throws PrintMasterError insecure_listen
 */
export function checkTransport({ listen, tls }: Pick<ServerOptions, 'listen' | 'tls'>): void {
  if (isLoopback(listen.address) || tls !== null || listen.allow_plaintext) return
  throw new PrintMasterError(
    'insecure_listen',
    `[listen] address: ${listen.address} is reachable by others, and tokens would cross the network in the clear; ` +
      'set certificate and key in [tls], or allow_plaintext = yes in [listen] where a proxy in front does TLS',
  )
}

/**
 * Beyond loopback agents must be able to prove that they belong here.
 * @param hasEnrolment an enrolment token is configured, or was made already
 * @throws PrintMasterError insecure_listen
 */
export function checkEnrolment({ listen }: Pick<ServerOptions, 'listen'>, hasEnrolment: boolean): void {
  if (isLoopback(listen.address) || hasEnrolment) return
  throw new PrintMasterError(
    'insecure_listen',
    `[listen] address: ${listen.address} is reachable by others, but no agent could register: there is no enrolment ` +
      'token; make one with "printmaster token create --scope enrolment", or set enrolment_token in [security]',
  )
}
