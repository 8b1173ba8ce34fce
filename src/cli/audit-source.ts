import { describeEnds, describeHead, type LogEnds, type SignedEnds, signEnd } from '../core/audit/describe-head.ts'
import type { Signed } from '../core/audit/head.ts'
import { findSigningKey, openSigningKey, type SigningKey, signingKeyPath } from '../core/audit/signing-key.ts'
import { PrintMasterError } from '../core/model/error.ts'
import {
  type AuditChain,
  AuditChainSchema,
  type AuditEntry,
  type AuditHead,
  AuditHeadSchema,
  type AuditList,
  AuditListSchema,
  type StoredAuditEntry,
} from '../core/protocol/audit.ts'
import type { AuditFilter, Page, Store } from '../core/store/store.ts'
import type { AccessFlags } from './access-flags.ts'
import { openLocal, openRemote } from './open-access.ts'
import { recordAuditView } from './record-audit-view.ts'

/** Where a log begins and ends, and its end signed where it can be. */
export interface SeenEnds extends LogEnds {
  readonly head: Signed | null
  /** Why there is no head, as a sentence. */
  readonly unsigned: string | null
}

/** Where the audit log is read: the database of this machine, or a server elsewhere. Whoever reads is recorded first. */
export interface AuditSource {
  /** Newest first. */
  list(filter: AuditFilter): Promise<Page<AuditEntry>>
  /** As stored, oldest first. */
  chain(after: number, limit: number): Promise<readonly StoredAuditEntry[]>
  /** Where it begins and ends, the end signed: with a key that is made where there is none. */
  head(): Promise<SignedEnds>
  /** The same to look at: no key is made for it, and one that cannot be used is no failure. */
  ends(): Promise<SeenEnds>
  close(): Promise<void>
}

/**
 * @param details of what is read, for the entry that says so
 * @throws PrintMasterError, StoreError
 */
export async function openAuditSource(
  flags: AccessFlags,
  details: Readonly<Record<string, unknown>>,
  tell: (sentence: string) => void,
): Promise<AuditSource> {
  return flags.server === undefined ? openHere(flags, details, tell) : openThere(flags.server, flags, tell)
}

async function openHere(
  flags: AccessFlags,
  details: Readonly<Record<string, unknown>>,
  tell: (sentence: string) => void,
): Promise<AuditSource> {
  const { store, config, database } = await openLocal(flags, { readonly: false }, tell)
  const path = config.security.audit_key ?? signingKeyPath(database)
  try {
    await recordAuditView(store, details)
  } catch (error) {
    await store.close()
    throw error
  }
  return readAuditOf(
    store,
    () => openSigningKey(path),
    () => findSigningKey(path) ?? refuseKey(path),
  )
}

function refuseKey(path: string): never {
  throw new PrintMasterError('file_unreadable', `there is no key of the audit log at ${path}`)
}

/**
 * The log of a database that is open.
 * @param key makes one where there is none
 * @param keyThatIsThere raises a PrintMasterError where there is none
 */
export const readAuditOf = (
  store: Store,
  key: () => SigningKey,
  keyThatIsThere: () => SigningKey = key,
): AuditSource => ({
  list: (filter) => store.listAudit(filter),
  chain: async (after, limit) =>
    (await store.readAuditChain(after, limit)).map((entry) => ({
      ...entry,
      hash: Buffer.from(entry.hash).toString('hex'),
    })),
  head: () => describeHead(store, key(), Date.now()),
  async ends() {
    const ends = await describeEnds(store)
    try {
      return { ...ends, head: signEnd(keyThatIsThere(), ends, Date.now()), unsigned: null }
    } catch (error) {
      if (error instanceof PrintMasterError) return { ...ends, head: null, unsigned: error.message }
      throw error
    }
  },
  close: () => store.close(),
})

const NO_KEY_THERE = 'the server cannot use the key of the audit log; its own log says why'

async function openThere(url: string, flags: AccessFlags, tell: (sentence: string) => void): Promise<AuditSource> {
  const remote = await openRemote(url, flags, 'an admin', tell)
  const readHead = (): Promise<AuditHead> => remote.send(AuditHeadSchema, 'GET', '/audit/head')
  const utc = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString())
  return {
    async list({ from, to, resource_type, resource_id, limit, ...filter }) {
      const resource = resource_id === undefined ? resource_type : `${resource_type}/${resource_id}`
      const wanted = Object.entries({ ...filter, resource, from: utc(from), to: utc(to), limit: String(limit) })
      const query = new URLSearchParams(wanted.filter(([, value]) => value !== undefined) as [string, string][])
      const page: AuditList = await remote.send(AuditListSchema, 'GET', `/audit?${query}`)
      return { items: page.entries, next_cursor: page.next_cursor }
    },
    async chain(after, limit) {
      const page: AuditChain = await remote.send(AuditChainSchema, 'GET', `/audit/chain?after=${after}&limit=${limit}`)
      return page.entries
    },
    async head() {
      const { head, ...ends } = await readHead()
      if (head === null) throw new PrintMasterError('server_refused', `the head cannot be signed: ${NO_KEY_THERE}`)
      return { ...ends, head }
    },
    async ends() {
      const ends = await readHead()
      return { ...ends, unsigned: ends.head === null ? NO_KEY_THERE : null }
    },
    close: () => remote.close(),
  }
}
