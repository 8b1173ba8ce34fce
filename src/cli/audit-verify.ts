import { checkChain, type StoredEntry } from '../core/audit/chain.ts'
import { openHead, openStub, parseSigned, type Signed } from '../core/audit/head.ts'
import type { AuditHead, StoredAuditEntry } from '../core/protocol/audit.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { AuditSource } from './audit-source.ts'

const PAGE = 1000
/** Whoever changed an entry is known by the first one. */
const MOST_PROBLEMS = 20
const LARGEST_HEAD = 65_536

export interface VerifyResult {
  readonly store_id: string
  readonly entries: number
  readonly first_seq: number | null
  readonly last_seq: number | null
  /** Heads that were held against the chain. */
  readonly heads: number
  /** PEM: what this log is signed with. */
  readonly public_key: string
  /** One sentence each, the first broken link first; empty when all fits. */
  readonly problems: readonly string[]
}

/** What is verified: a log, or a file that holds one. */
export interface VerifiedSource extends Pick<AuditSource, 'chain' | 'head'> {
  /** Nothing may stand behind its head; of a log that goes on, that is for the next time. */
  readonly isClosed?: true
}

/** A head that was exported earlier. */
export interface EarlierHead {
  readonly where: string
  readonly signed: Signed
}

/** @throws PrintMasterError file_unreadable, archive_damaged */
export async function readHeads(paths: readonly string[]): Promise<EarlierHead[]> {
  const heads: EarlierHead[] = []
  for (const path of paths) {
    const { text } = await readTextFile(path, quoteText(path), LARGEST_HEAD)
    heads.push({ where: path, signed: parseSigned(text, quoteText(path)) })
  }
  return heads
}

/**
 * Walks the chain and holds it against its stub, its end and heads that were exported earlier.
 * @param trusted PEM of the key that all signatures have to be by; null takes that of the log
 * @throws PrintMasterError, StoreError
 */
export async function verifyAudit(
  source: VerifiedSource,
  heads: readonly EarlierHead[],
  trusted: string | null,
): Promise<VerifyResult> {
  const now = await source.head()
  const public_key = trusted ?? now.head.public_key
  const problems = [...checkBeginning(now, public_key)]
  const earlier = heads.flatMap(({ where, signed }) => {
    const said = openHead(signed)
    const problem =
      typeof said === 'string'
        ? said
        : signed.public_key.trim() !== public_key.trim()
          ? 'is signed by another key'
          : said.store_id !== now.store_id
            ? `is of another database (${said.store_id})`
            : null
    if (problem !== null) problems.push(`${where}: ${problem}`)
    return problem === null && typeof said !== 'string' ? [{ where, said }] : []
  })
  const start = now.start && { seq: now.start.seq, hash: Buffer.from(now.start.hash, 'hex') }
  for (const { where, said } of earlier) {
    if (start !== null && said.seq < start.seq) continue
    if (start !== null && said.seq === start.seq && said.hash !== now.start?.hash) {
      problems.push(`${where}: entry ${said.seq} was another one when it was signed`)
    }
  }
  const check = checkChain(start)
  let [entries, first, last]: [number, number | null, number | null] = [0, null, null]
  const unseen = new Map(earlier.filter(({ said }) => said.seq > (start?.seq ?? 0)).map((each) => [each, true]))
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
      for (const each of earlier) {
        if (each.said.seq !== entry.seq) continue
        unseen.delete(each)
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
    for (const [{ where, said }] of unseen) {
      problems.push(`${where}: entry ${said.seq} was there when it was signed, and is missing now`)
    }
  }
  return {
    store_id: now.store_id,
    entries,
    first_seq: first,
    last_seq: last,
    heads: heads.length,
    public_key,
    problems,
  }
}

function* checkBeginning(head: AuditHead, public_key: string): Generator<string> {
  const { start, stub, store_id } = head
  if (start === null) yield 'where the audit log begins is not known'
  if (stub === null) {
    if (start !== null && start.seq > 0) yield `audit entries 1 to ${start.seq} are missing, and no stub says why`
    return
  }
  const said = openStub(stub)
  if (typeof said === 'string') yield said
  else if (stub.public_key.trim() !== public_key.trim()) yield 'the stub of the log is signed by another key'
  else if (said.store_id !== store_id) yield 'the stub of the log is of another database'
  else if (start?.seq !== said.to_seq || start.hash !== said.hash) {
    yield `the audit log does not begin behind entry ${said.to_seq}, as its stub says`
  }
}

const asStored = (entry: StoredAuditEntry): StoredEntry => ({ ...entry, hash: Buffer.from(entry.hash, 'hex') })
