import type { Credential } from '../model/credential.ts'
import { openSession } from '../snmp/open-session.ts'
import type { SessionOptions, SnmpSession } from '../snmp/session.ts'
import { SnmpError } from '../snmp/snmp-error.ts'
import type { SweptHost } from './swept-host.ts'

/**
 * The first credential, in order, that this device lets in. A refusal (a wrong key, an unknown user) is an answer: the
 * next credential is tried, and only when none is left is the first refusal raised.
 *
 * @throws SnmpError of the first refusal, or a timeout
 */
export async function chooseSession(
  host: SweptHost,
  credentials: readonly Credential[],
  options: SessionOptions,
): Promise<SnmpSession> {
  const known = { ...options, roundTrip: host.roundTrip }
  let refusal: unknown = null
  const tryAll = async (wanted: (credential: Credential) => boolean): Promise<SnmpSession | null> => {
    for (const credential of credentials.filter(wanted)) {
      const session = openSession(credential, known)
      if (credential.version !== '3' && host.answered.has(credential)) {
        return (await upgrade(credential, credentials, known)) ?? session
      }
      if (credential.version !== '3') continue
      // Its engine may still answer: a credential that stands before another is not passed over for being later.
      if (!host.hasEngine) await host.settled()
      if (!host.hasEngine) continue
      try {
        await session.request('get_next', ['1.3.6.1.2.1.1'])
        return session
      } catch (error) {
        if (!(error instanceof SnmpError) || error.code === 'aborted') throw error
        if (error.code === 'no_such_name' || error.code === 'gen_err') return session
        refusal ??= error
      }
    }
    return null
  }

  const chosen = await tryAll(() => true)
  if (chosen) return chosen
  await host.settled() // an answer to another credential may still come
  const late = await tryAll(({ version }) => version !== '3')
  if (late) return late
  throw refusal ?? new SnmpError('timeout', `${host.address} does not answer any more`)
}

/**
 * A device that answered v1 gets one chance to show that it speaks v2c too, and more where packets get lost: its answer to
 * that may be what was lost.
 */
async function upgrade(
  credential: Credential,
  credentials: readonly Credential[],
  options: SessionOptions,
): Promise<SnmpSession | null> {
  if (credential.version !== '1') return null
  const community = credential.community.reveal()
  const newer = credentials.find((each) => each.version === '2c' && each.community.reveal() === community)
  if (!newer) return null
  try {
    const retries = options.wire.loss.isNoticed ? options.retries : 0
    await openSession(newer, { ...options, retries }).request('get_next', ['1.3.6.1.2.1.1'])
    return openSession(newer, options)
  } catch (error) {
    if (error instanceof SnmpError && error.code !== 'aborted') return null
    throw error
  }
}
