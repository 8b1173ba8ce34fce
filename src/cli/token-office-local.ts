import { PrintMasterError } from '../core/model/error.ts'
import { hashToken } from '../core/server/auth/hash-token.ts'
import { makeToken } from '../core/server/auth/make-token.ts'
import type { Store } from '../core/store/store.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import type { AccessFlags } from './access-flags.ts'
import { describeUser } from './describe-user.ts'
import { openDatabase, openOrMakeDatabase } from './open-database.ts'
import { loadServerConfig } from './server-config.ts'
import type { TokenOffice } from './token-office.ts'

/**
 * Tokens straight in the database of this machine, which a running server notices within a second.
 * @throws PrintMasterError, StoreError
 */
export async function openLocalOffice(
  flags: AccessFlags,
  makes: boolean,
  tell: (sentence: string) => void,
): Promise<TokenOffice> {
  const { config, database } = await loadServerConfig({ config: flags.config, database: flags.database })
  for (const warning of config.warnings) tell(warning)
  let opened: Store | null = null
  if (makes) {
    const { store, made } = await openOrMakeDatabase(database)
    if (made) tell(`made a new database: ${database}`)
    opened = store
  }
  // looking must not bring the database of a server to a newer schema
  const open = async (readonly: boolean): Promise<Store> => {
    opened ??= await openDatabase(database, { readonly })
    return opened
  }
  const actor = describeUser()
  return {
    async create({ scope, name, expires_in_seconds, max_uses, agent_id }) {
      if (scope === 'agent') throw new Error('agent tokens come from a registration')
      const token = makeToken(scope)
      const now = Date.now()
      const store = await open(false)
      const made = await store.createToken(
        {
          scope,
          hash: hashToken(token),
          name: name ?? null,
          agent_id: agent_id ?? null,
          expires_at: expires_in_seconds === undefined ? null : now + expires_in_seconds * 1000,
          max_uses: max_uses ?? null,
        },
        actor,
        now,
      )
      return { ...made, token }
    },
    list: async () => (await open(true)).listTokens(Date.now()),
    async revoke(token_id) {
      const store = await open(false)
      const revoked = await store.revokeToken(token_id, actor, Date.now())
      if (revoked !== null) return revoked
      throw new PrintMasterError('server_refused', `there is no token ${quoteText(token_id)} in ${quoteText(database)}`)
    },
    close: async () => opened?.close(),
  }
}
