import { checkChain, type StoredEntry } from '../core/audit/chain.ts'
import type { StoredAuditEntry } from '../core/protocol/audit.ts'
import { checkSignatures, type EarlierHead, hashBefore } from './audit-signatures.ts'
import type { AuditSource } from './audit-source.ts'

const PAGE = 1000
/** Whoever changed an entry is known by the first one. */
const MOST_PROBLEMS = 20

export interface VerifyResult {
  readonly store_id: string
  readonly entries: number
  readonly first_seq: number | null
  readonly last_seq: number | null
  /** Earlier heads that were compared with the entry that they name. */
  readonly heads: number
  /** True where the current head is signed, and was held against the key. */
  readonly head_checked: boolean
  /** PEM: what signatures were held against; null where nothing is signed. */
  readonly public_key: string | null
  /** One sentence each, the first broken link first; empty when all fits. */
  readonly problems: readonly string[]
  /** One sentence for each thing that could not be checked, which says nothing against the log. */
  readonly unchecked: readonly string[]
}

/** What is verified: a log, or a file that holds one. */
export interface VerifiedSource extends Pick<AuditSource, 'chain' | 'ends'> {
  /** Nothing may stand behind its head; of a log that goes on, that is for the next time. */
  readonly isClosed?: true
}

/**
 * Walks the chain and holds it against its stub, its end and heads that were exported earlier.
 * @param trusted PEM of the key that all signatures have to be by; null takes that of the log
 * @throws PrintMasterError, StoreError
 */
export async function verifyAudit(
  source: VerifiedSource,
  earlier: readonly EarlierHead[],
  trusted: string | null,
): Promise<VerifyResult> {
  const now = await source.ends()
  const { public_key, head_checked, heads, ...signatures } = checkSignatures(now, earlier, trusted)
  const problems = [...signatures.problems]
  const unchecked = [...signatures.unchecked]
  const start = now.start && { seq: now.start.seq, hash: Buffer.from(now.start.hash, 'hex') }
  let compared = 0
  const unseen = new Set<(typeof heads)[number]>()
  for (const each of heads) {
    const { where, said } = each
    const hash = hashBefore(each, now.start)
    if (hash !== null) {
      compared += 1
      if (said.hash !== hash) problems.push(`${where}: entry ${said.seq} was another one when it was signed`)
    } else if (start !== null && said.seq < start.seq) {
      unchecked.push(`${where}: entry ${said.seq} was let go since; this head cannot be compared with it`)
    } else unseen.add(each)
  }
  const check = checkChain(start)
  let [entries, first, last]: [number, number | null, number | null] = [0, null, null]
  const end = now.end && { seq: now.end.seq, hash: Buffer.from(now.end.hash, 'hex') }
  walk: for (;;) {
    const page = await source.chain(last ?? start?.seq ?? 0, PAGE)
    for (const entry of page) {
      // what was recorded since the head was signed is for the next time
      if (!source.isClosed && end !== null && entry.seq > end.seq) break walk
      problems.push(...check.add(asStored(entry)))
      if (problems.length >= MOST_PROBLEMS) break walk
      first ??= entry.seq
      last = entry.seq
      entries += 1
      for (const each of unseen) {
        if (each.said.seq !== entry.seq) continue
        unseen.delete(each)
        compared += 1
        if (each.said.hash !== entry.hash) {
          problems.push(
            `${each.where}: entry ${entry.seq} was another one when it was signed: the log was written anew`,
          )
        }
      }
    }
    if (page.length < PAGE) break
  }
  if (problems.length < MOST_PROBLEMS) {
    problems.push(...check.finish(end))
    if (now.end === null) problems.push('where the audit log ends is not known: entries may have been cut off')
    for (const { where, said } of unseen) {
      problems.push(`${where}: entry ${said.seq} was there when it was signed, and is missing now`)
    }
  }
  return {
    store_id: now.store_id,
    entries,
    first_seq: first,
    last_seq: last,
    heads: compared,
    head_checked,
    public_key,
    problems,
    unchecked,
  }
}

/** What a person wants to know of it. @param isTrusted whether the key was given */
export function describeResult(result: VerifyResult, isTrusted: boolean): string[] {
  const { entries, first_seq, last_seq, heads, head_checked, problems, unchecked } = result
  if (problems.length > 0) return [...problems, ...unchecked]
  const parts = [
    `${entries} audit entries (${first_seq ?? 'none'} to ${last_seq ?? 'none'}) are as they were recorded`,
    heads === 0 ? 'no earlier head was held against it' : `${heads} signed head${heads === 1 ? ' fits' : 's fit'}`,
    ...(isTrusted && head_checked ? ['the log is signed by the trusted key'] : []),
  ]
  return [parts.join('; '), ...unchecked]
}

const asStored = (entry: StoredAuditEntry): StoredEntry => ({ ...entry, hash: Buffer.from(entry.hash, 'hex') })
