import type { AccessFlags } from './access-flags.ts'
import type { TokenOffice } from './token-office.ts'

/**
 * The office that the flags name. What one of the two needs is loaded for that one only.
 * @param makes true where a database that is not there yet is to be made
 * @param tell takes sentences for stderr
 * @throws PrintMasterError, StoreError
 */
export async function openTokenOffice(
  flags: AccessFlags,
  makes: boolean,
  tell: (sentence: string) => void,
): Promise<TokenOffice> {
  if (flags.server !== undefined) {
    const { openRemoteOffice } = await import('./token-office-remote.ts')
    return openRemoteOffice(flags.server, flags, tell)
  }
  const { openLocalOffice } = await import('./token-office-local.ts')
  return openLocalOffice(flags, makes, tell)
}
