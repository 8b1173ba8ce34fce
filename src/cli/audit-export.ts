import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { PrintMasterError } from '../core/model/error.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { headFileOf, stubFileOf } from './audit-file.ts'
import type { AuditSource } from './audit-source.ts'

const PAGE = 1000

export interface AuditExported {
  readonly file: string
  readonly head_file: string
  /** Signed, of what was let go before the first entry here; null while all entries are there. */
  readonly stub_file: string | null
  readonly entries: number
  readonly last_seq: number | null
}

/** Writes entries, head and stub; each is there whole, or not at all. @throws PrintMasterError, StoreError */
export async function exportAudit(source: AuditSource, file: string): Promise<AuditExported> {
  const [head_file, stub_file] = [headFileOf(file), stubFileOf(file)]
  for (const path of [file, head_file, stub_file]) {
    if (existsSync(path))
      throw new PrintMasterError('file_unwritable', `${quoteText(path)} is there already; name another file`)
  }
  const { start, end, head, stub } = await source.head()
  let last = start?.seq ?? 0
  let entries = 0
  await writeWhole(file, async (write) => {
    for (;;) {
      const page = await source.chain(last, PAGE)
      // what comes behind the head is for the next export
      const inside = page.filter(({ seq }) => end === null || seq <= end.seq)
      if (inside.length > 0) {
        await write(inside.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
        last = inside.at(-1)?.seq as number
        entries += inside.length
      }
      if (page.length < PAGE || inside.length < page.length) return
    }
  })
  if (stub !== null) await writeWhole(stub_file, (write) => write(`${JSON.stringify(stub, null, 2)}\n`))
  await writeWhole(head_file, (write) => write(`${JSON.stringify(head, null, 2)}\n`))
  return { file, head_file, stub_file: stub && stub_file, entries, last_seq: entries === 0 ? null : last }
}

async function writeWhole(
  path: string,
  fill: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const partial = `${path}.partial`
  try {
    const handle = await open(partial, 'w', 0o600)
    try {
      await fill((text) => handle.writeFile(text))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof PrintMasterError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error
    const words = { ENOSPC: 'the disk is full', EACCES: 'no permission', ENOENT: 'there is no such directory' }
    const reason = words[code as keyof typeof words] ?? code
    throw new PrintMasterError('file_unwritable', `cannot write ${quoteText(path)}: ${reason}`, { cause: error })
  }
}
