import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { AuthProtocol, PrivProtocol, UserCredential } from '../../model/credential.ts'
import { PrintMasterError } from '../../model/error.ts'
import { Secret } from '../../model/secret.ts'

const MAX_KEY = 1024
const LEAST_KEY = 8

/** Flags as `simulate` has them. */
export interface PlayedUserFlags {
  readonly 'v3-user'?: string | undefined
  readonly 'auth-protocol'?: AuthProtocol | undefined
  readonly 'priv-protocol'?: PrivProtocol | undefined
  /** "-" is stdin. */
  readonly 'auth-key-file'?: string | undefined
  readonly 'priv-key-file'?: string | undefined
}

/**
 * The one SNMPv3 user of played devices. Keys come from files, from stdin or from the environment
 * (PRINTMASTER_SNMP_AUTH_KEY, PRINTMASTER_SNMP_PRIV_KEY); which of them are there decides the security level.
 * @throws PrintMasterError `bad_flag`, `file_unreadable`
 */
export async function readPlayedUser(
  flags: PlayedUserFlags,
  environment: NodeJS.ProcessEnv,
  stdin: Readable,
): Promise<UserCredential> {
  const username = flags['v3-user'] ?? ''
  if (flags['auth-key-file'] === '-' && flags['priv-key-file'] === '-') {
    throw new PrintMasterError('bad_flag', '--auth-key-file and --priv-key-file: only one of them can be stdin')
  }
  const authKey = await readKey('--auth-key-file', flags['auth-key-file'], environment.PRINTMASTER_SNMP_AUTH_KEY, stdin)
  const privKey = await readKey('--priv-key-file', flags['priv-key-file'], environment.PRINTMASTER_SNMP_PRIV_KEY, stdin)
  const user = { name: `user ${username}`, version: '3', username } as const
  if (!authKey) {
    if (privKey)
      throw new PrintMasterError('bad_flag', `--v3-user ${username}: privacy needs an authentication key too`)
    return { ...user, security_level: 'noAuthNoPriv' }
  }
  const auth = { ...user, auth_protocol: flags['auth-protocol'] ?? 'sha1', auth_key: authKey } as const
  if (!privKey) return { ...auth, security_level: 'authNoPriv' }
  return { ...auth, security_level: 'authPriv', priv_protocol: flags['priv-protocol'] ?? 'aes128', priv_key: privKey }
}

async function readKey(
  flag: string,
  path: string | undefined,
  inEnvironment: string | undefined,
  stdin: Readable,
): Promise<Secret | undefined> {
  if (path === undefined && inEnvironment === undefined) return undefined
  const text = (path === undefined ? (inEnvironment as string) : await readText(flag, path, stdin)).replace(
    /\r?\n$/,
    '',
  )
  if (text.length < LEAST_KEY || text.length > MAX_KEY) {
    const source = path === undefined ? 'environment' : path === '-' ? 'stdin' : path
    throw new PrintMasterError('bad_flag', `${flag} (${source}): a key has ${LEAST_KEY} to ${MAX_KEY} characters`)
  }
  return new Secret(text)
}

async function readText(flag: string, path: string, stdin: Readable): Promise<string> {
  try {
    if (path !== '-') return await readFile(path, 'utf8')
    let text = ''
    for await (const chunk of stdin) {
      text += chunk
      if (text.length > MAX_KEY * 4) break
    }
    return text
  } catch (error) {
    throw new PrintMasterError('file_unreadable', `${flag} ${path}: ${(error as Error).message}`, { cause: error })
  }
}
