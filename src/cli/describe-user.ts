import { userInfo } from 'node:os'
import type { Actor } from '../core/store/store.ts'

/** Who runs this program, for the audit log. */
export function describeUser(): Actor {
  return { type: 'local', id: nameUser(), ip_address: null }
}

function nameUser(): string {
  try {
    return userInfo().username
  } catch {
    // a service account without an entry in the list of users
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
