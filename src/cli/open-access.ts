import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { type ApiClientOptions, createApiClient } from '../core/client/api-client.ts'
import type { Config } from '../core/config/config.ts'
import { PrintMasterError } from '../core/model/error.ts'
import type { Store } from '../core/store/store.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { AccessFlags, RemoteFlags } from './access-flags.ts'
import { openDatabase } from './open-database.ts'
import { readToken } from './read-token.ts'
import { loadServerConfig } from './server-config.ts'

const LARGEST_CA = 4 * 1024 * 1024

/** A server elsewhere; answers are what their schemas say, or `server_refused`. */
export interface RemoteAccess {
  send<T>(schema: TSchema, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T>
  close(): Promise<void>
}

/** What a client of that server wants, the token and the authority read from where the flags say. @throws PrintMasterError */
export const readAccess = async (
  url: string,
  flags: RemoteFlags,
  scope: 'a viewer' | 'an admin',
  tell: (sentence: string) => void,
): Promise<ApiClientOptions> => ({
  url,
  token: await readToken(flags['token-file'], process.env, tell, scope),
  ca: flags.ca === undefined ? null : (await readTextFile(flags.ca, quoteText(flags.ca), LARGEST_CA)).text,
  allow_plaintext: flags['allow-plaintext'] ?? false,
})

export const strangeAnswer = (url: string) =>
  new PrintMasterError('server_refused', `${url} answers, but not as a PrintMaster server does`)

/** @throws PrintMasterError */
export async function openRemote(
  url: string,
  flags: RemoteFlags,
  scope: 'a viewer' | 'an admin',
  tell: (sentence: string) => void,
): Promise<RemoteAccess> {
  const client = createApiClient(await readAccess(url, flags, scope, tell))
  return {
    async send<T>(schema: TSchema, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
      const answer = await client.send(method, path, body)
      if (Check(schema, answer)) return answer as T
      throw strangeAnswer(url)
    },
    close: () => client.close(),
  }
}

/** The database of this machine, with what config says of it. @throws PrintMasterError, StoreError */
export async function openLocal(
  flags: AccessFlags,
  options: { readonly readonly: boolean },
  tell: (sentence: string) => void,
): Promise<{ readonly store: Store; readonly config: Config; readonly database: string }> {
  const { config, database } = await loadServerConfig({ config: flags.config, database: flags.database })
  for (const warning of config.warnings) tell(warning)
  return { store: await openDatabase(database, options), config, database }
}
