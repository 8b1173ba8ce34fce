import type { CreateTokenAnswer, CreateTokenRequest, Token } from '../core/protocol/tokens.ts'

/** Where tokens are made and revoked: the database of this machine, or a server elsewhere. */
export interface TokenOffice {
  create(request: CreateTokenRequest): Promise<CreateTokenAnswer>
  list(): Promise<readonly Token[]>
  /** @throws PrintMasterError server_refused for an unknown id */
  revoke(token_id: string): Promise<Token>
  close(): Promise<void>
}
