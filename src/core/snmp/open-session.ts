import type { Credential } from '../model/credential.ts'
import { CommunitySession } from './community-session.ts'
import type { SessionOptions, SnmpSession } from './session.ts'
import { UserSession } from './user-session.ts'

/** A session for this credential; nothing is sent yet. */
export function openSession(credential: Credential, options: SessionOptions): SnmpSession {
  return credential.version === '3' ? new UserSession(credential, options) : new CommunitySession(credential, options)
}
