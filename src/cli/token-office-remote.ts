import {
  type CreateTokenAnswer,
  CreateTokenAnswerSchema,
  type Token,
  type TokenList,
  TokenListSchema,
  TokenSchema,
} from '../core/protocol/tokens.ts'
import type { AccessFlags } from './access-flags.ts'
import { openRemote } from './open-access.ts'
import type { TokenOffice } from './token-office.ts'

/** Tokens of a server elsewhere, by its API. @throws PrintMasterError */
export async function openRemoteOffice(
  url: string,
  flags: AccessFlags,
  tell: (sentence: string) => void,
): Promise<TokenOffice> {
  const remote = await openRemote(url, flags, 'an admin', tell)
  return {
    create: (request) => remote.send<CreateTokenAnswer>(CreateTokenAnswerSchema, 'POST', '/tokens', request),
    list: async () => (await remote.send<TokenList>(TokenListSchema, 'GET', '/tokens')).tokens,
    revoke: (token_id) => remote.send<Token>(TokenSchema, 'DELETE', `/tokens/${encodeURIComponent(token_id)}`),
    close: () => remote.close(),
  }
}
