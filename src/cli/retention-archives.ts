import { cleanText } from '../core/output/clean-text.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import type { ArchiveJob, WireArchive } from '../core/protocol/retention.ts'
import type { ArchiveOffice } from './archive-office.ts'
import type { TerminalLook } from './terminal.ts'

export interface ArchiveState extends WireArchive {
  /** What is wrong with the file; null where nothing is, or nobody looked. */
  readonly problem: string | null
}

/**
 * All archives; with `verifies`, each is read to its end.
 * @param tell hears how far that is
 * @throws PrintMasterError, StoreError
 */
export async function checkArchives(
  office: ArchiveOffice,
  verifies: boolean,
  signal: AbortSignal,
  tell: (job: ArchiveJob) => void,
): Promise<ArchiveState[]> {
  const { problems } = verifies ? await office.run({ kind: 'verify' }, signal, tell) : { problems: [] }
  const known = new Map(problems.map(({ name, problem }) => [name, problem]))
  const found: ArchiveState[] = []
  for (;;) {
    const page = await office.list(found.at(-1)?.id ?? 0)
    if (page.length === 0) return found
    found.push(...page.map((archive) => ({ ...archive, problem: known.get(archive.name) ?? null })))
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

/** How far one is that goes on. */
export function describeJob({ kind, archives, rows, restored, problems }: ArchiveJob): string {
  const read = `${count(archives)} archives read`
  if (kind === 'restore') return `Running: ${read}, ${count(restored)} readings are back`
  return `Running: ${read}, ${count(rows)} rows in them, ${count(problems.length)} archives damaged`
}

const count = (value: number) => value.toLocaleString('en')
