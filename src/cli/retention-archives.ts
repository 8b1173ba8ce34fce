import { PrintMasterError } from '../core/model/error.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import { readManifest, verifyArchive } from '../core/retention/archive/archive-file.ts'
import type { ArchivePlace } from '../core/retention/archive/place.ts'
import type { Store } from '../core/store/store.ts'
import type { TerminalLook } from './terminal.ts'

export interface ArchiveState {
  readonly archive_id: string
  readonly source: string
  readonly name: string
  readonly place: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
  readonly first_at: string | null
  readonly last_at: string | null
  readonly verified_at: string
  /** Null while rows of it are still in the database. */
  readonly deleted_at: string | null
  /** What is wrong with the file; null where nothing is, or nobody looked. */
  readonly problem: string | null
}

const PAGE = 500

/** What the database knows of its archives; with `verifies`, each is read to its end. @throws StoreError */
export async function checkArchives(
  { store, place }: { readonly store: Store; readonly place: ArchivePlace },
  verifies: boolean,
): Promise<ArchiveState[]> {
  const found: ArchiveState[] = []
  const utc = (time: number | null) => (time === null ? null : new Date(time).toISOString())
  for (let after = 0; ; ) {
    const page = await store.listArchives(null, after, PAGE)
    for (const { id, range: _, first_at, last_at, verified_at, deleted_at, ...archive } of page) {
      after = id
      found.push({
        ...archive,
        first_at: utc(first_at),
        last_at: utc(last_at),
        verified_at: utc(verified_at) as string,
        deleted_at: utc(deleted_at),
        problem: verifies ? await findProblem(place, archive) : null,
      })
    }
    if (page.length < PAGE) return found
  }
}

async function findProblem(
  place: ArchivePlace,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
): Promise<string | null> {
  try {
    const manifest = await readManifest(place, name)
    if (manifest.sha256 !== sha256) return `${name}: its manifest is not the one that was written`
    await verifyArchive(place, manifest)
    return null
  } catch (error) {
    if (error instanceof PrintMasterError) return error.message
    throw error
  }
}

const COLUMNS: ReadonlyArray<TextColumn<ArchiveState>> = [
  { heading: 'Archive', comfort: 40, dropRank: 0, read: ({ name }) => name },
  { heading: 'Rows', align: 'right', comfort: 9, dropRank: 0, read: ({ rows }) => rows.toLocaleString('en') },
  {
    heading: 'KB',
    align: 'right',
    comfort: 7,
    dropRank: 2,
    read: ({ bytes }) => Math.ceil(bytes / 1000).toLocaleString('en'),
  },
  { heading: 'From', comfort: 10, dropRank: 1, read: ({ first_at }) => first_at?.slice(0, 10) ?? '' },
  { heading: 'To', comfort: 10, dropRank: 1, read: ({ last_at }) => last_at?.slice(0, 10) ?? '' },
  {
    heading: 'State',
    comfort: 12,
    dropRank: 0,
    read: ({ problem, deleted_at }) => (problem !== null ? 'DAMAGED' : deleted_at === null ? 'being deleted' : 'kept'),
  },
]

export function formatArchives(archives: readonly ArchiveState[], look: TerminalLook): string {
  if (archives.length === 0) return ''
  const problems = archives.flatMap(({ problem }) => (problem === null ? [] : [`${cleanText(problem)}\n`]))
  return formatTextTable(archives, COLUMNS, look) + problems.join('')
}
