import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Check } from 'typebox/value'
import { CHAIN_START } from '../core/audit/chain.ts'
import { openHead, openStub, parseSigned } from '../core/audit/head.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { type StoredAuditEntry, StoredAuditEntrySchema } from '../core/protocol/audit.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { EarlierHead } from './audit-signatures.ts'
import type { VerifiedSource } from './audit-verify.ts'

const LARGEST_SIGNED = 65_536

/** Where the head of an exported file lies, and the stub of what was let go before it, where there is one. */
export const headFileOf = (file: string): string => `${file}.head.json`
export const stubFileOf = (file: string): string => `${file}.stub.json`

export interface AuditFile {
  readonly source: VerifiedSource
  /** The head that was written with it. */
  readonly head: EarlierHead
}

/**
 * What `audit export` wrote, to be verified without the log that it came from.
 * @throws PrintMasterError file_unreadable, archive_damaged
 */
export async function openAuditFile(file: string): Promise<AuditFile> {
  const head = await readSigned(headFileOf(file))
  const said = openHead(head)
  if (typeof said === 'string') throw damaged(`${quoteText(headFileOf(file))}: ${said}`)
  const stub = existsSync(stubFileOf(file)) ? await readSigned(stubFileOf(file)) : null
  const pruned = stub && openStub(stub)
  if (typeof pruned === 'string') throw damaged(`${quoteText(stubFileOf(file))}: ${pruned}`)
  const start = pruned
    ? { seq: pruned.to_seq, hash: pruned.hash }
    : { seq: 0, hash: Buffer.from(CHAIN_START).toString('hex') }
  const entries = readEntries(file)
  return {
    head: { where: headFileOf(file), signed: head },
    source: {
      isClosed: true,
      ends: async () => ({
        store_id: said.store_id,
        start,
        end: { seq: said.seq, hash: said.hash },
        head,
        stub,
        unsigned: null,
      }),
      async chain(_after, limit) {
        const page: StoredAuditEntry[] = []
        while (page.length < limit) {
          const next = await entries.next()
          if (next.done) break
          page.push(next.value)
        }
        return page
      },
    },
  }
}

async function* readEntries(file: string): AsyncGenerator<StoredAuditEntry> {
  const input = createReadStream(file)
  let line = 0
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1
      yield parseEntry(text, () => damaged(`${quoteText(file)}, line ${line}: this is no audit entry`))
    }
  } catch (error) {
    if (error instanceof PrintMasterError) throw error
    // said in the words that every file is spoken of
    await readTextFile(file, quoteText(file), 0)
    throw error
  } finally {
    input.destroy()
  }
}

function parseEntry(text: string, fail: () => PrintMasterError): StoredAuditEntry {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fail()
  }
  if (Check(StoredAuditEntrySchema, value)) return value as StoredAuditEntry
  throw fail()
}

const readSigned = async (file: string) =>
  parseSigned((await readTextFile(file, quoteText(file), LARGEST_SIGNED)).text, quoteText(file))

const damaged = (message: string) => new PrintMasterError('archive_damaged', message)
