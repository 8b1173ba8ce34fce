import type { TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { createApiClient } from '../core/client/api-client.ts'
import { PrintMasterError } from '../core/model/error.ts'
import {
  type CreateTokenAnswer,
  CreateTokenAnswerSchema,
  type Token,
  type TokenList,
  TokenListSchema,
  TokenSchema,
} from '../core/protocol/tokens.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import { readToken } from './read-token.ts'
import type { TokenFlags } from './token-flags.ts'
import type { TokenOffice } from './token-office.ts'

const LARGEST_CA = 4 * 1024 * 1024

/** Tokens of a server elsewhere, by its API. @throws PrintMasterError */
export async function openRemoteOffice(
  url: string,
  flags: TokenFlags,
  tell: (sentence: string) => void,
): Promise<TokenOffice> {
  const client = createApiClient({
    url,
    token: await readToken(flags['token-file'], process.env, tell),
    ca: flags.ca === undefined ? null : (await readTextFile(flags.ca, quoteText(flags.ca), LARGEST_CA)).text,
    allow_plaintext: flags['allow-plaintext'] ?? false,
  })
  const asAnswer = <T>(schema: TSchema, answer: unknown): T => {
    if (Check(schema, answer)) return answer as T
    throw new PrintMasterError('server_refused', `${url} answers, but not as a PrintMaster server does`)
  }
  return {
    create: async (request) =>
      asAnswer<CreateTokenAnswer>(CreateTokenAnswerSchema, await client.send('POST', '/tokens', request)),
    list: async () => asAnswer<TokenList>(TokenListSchema, await client.send('GET', '/tokens')).tokens,
    revoke: async (token_id) =>
      asAnswer<Token>(TokenSchema, await client.send('DELETE', `/tokens/${encodeURIComponent(token_id)}`)),
    close: () => client.close(),
  }
}
