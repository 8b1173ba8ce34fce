import { setImmediate as nextTurn } from 'node:timers/promises'
import { EXIT } from './exit-codes.ts'
import { listExportColumns } from './export-columns.ts'
import { acceptRow, composeExportFilter, resolveExportFilter } from './export-filter.ts'
import type { ExportFlags, ExportKind } from './export-flags.ts'
import { createExportProgress } from './export-progress.ts'
import type { ExportFilter, ExportRow, ExportSource } from './export-source.ts'
import { createRowWriter } from './export-writer.ts'
import { listenForEnd } from './listen-for-end.ts'
import { flush } from './terminal.ts'

const PAGE = 1000
const NOUNS: Readonly<Record<ExportKind, string>> = {
  devices: 'devices',
  metrics: 'metrics',
  agents: 'agents',
  alerts: 'alerts',
  audit: 'audit entries',
}

/**
 * Writes what is stored to stdout, page by page: memory stays flat, however much there is.
 * @param tell takes sentences for stderr
 * @returns the exit code
 * @throws PrintMasterError, StoreError; what was written by then ends with a whole row
 */
export async function runExport(
  kind: ExportKind,
  flags: ExportFlags,
  tell: (sentence: string) => void,
): Promise<number> {
  const wanted = composeExportFilter(kind, flags, Date.now())
  const end = listenForEnd()
  const stopped = new Promise<null>((resolve) => end.signal.addEventListener('abort', () => resolve(null)))
  const progress = createExportProgress(NOUNS[kind])
  const format = flags.json ? 'json' : flags.format
  const writer = createRowWriter(format, listExportColumns(kind, wanted.resolution), process.stdout)
  let source: ExportSource | null = null
  let rows = 0
  let isWhole = false
  const describePart = () => `${rows.toLocaleString('en')} ${NOUNS[kind]} were written, and they are not all`
  try {
    source = await Promise.race([openSource(kind, flags, tell, end.signal), stopped])
    const filter = source && (await Promise.race([resolveExportFilter(wanted, source), stopped]))
    const pages = source && filter && walkPages(source, kind, filter, flags.limit)
    while (pages !== null && !isWhole) {
      const page = await Promise.race([pages.next(), stopped])
      if (page === null) break
      if (page.done) {
        await writer.end()
        isWhole = true
      } else {
        await writer.write(page.value)
        rows += page.value.length
        progress.show(rows)
        // a database answers without leaving room for signals
        await nextTurn()
      }
    }
  } catch (error) {
    // a request that was given up because of the signal is no failure
    if (!end.signal.aborted) {
      progress.clear()
      await writer.abandon()
      if (rows > 0) tell(`printmaster: ${describePart()}`)
      throw error
    }
  } finally {
    progress.clear()
    end.dispose()
    await source?.close()
  }
  if (isWhole) return EXIT.ok
  await writer.abandon()
  tell(`printmaster: interrupted; ${describePart()}`)
  await flush(process.stdout)
  return EXIT.interrupted
}

/** What one of the two needs is loaded for that one only. */
async function openSource(
  kind: ExportKind,
  flags: ExportFlags,
  tell: (sentence: string) => void,
  signal: AbortSignal,
): Promise<ExportSource> {
  if (flags.server !== undefined) {
    const { openRemoteSource } = await import('./export-source-remote.ts')
    return openRemoteSource(flags.server, kind, flags, tell, signal)
  }
  const { openLocalSource } = await import('./export-source-local.ts')
  return openLocalSource(kind, flags, tell)
}

/** The rows that the filter lets through, `limit` of them at most. */
async function* walkPages(
  source: ExportSource,
  kind: ExportKind,
  filter: ExportFilter,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly ExportRow[], void> {
  let left = limit
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<ExportSource['list']>> = await source.list(kind, filter, {
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    })
    const rows = page.items.filter((row) => acceptRow(kind, filter, row)).slice(0, left)
    left -= rows.length
    yield rows
    cursor = page.next_cursor
  } while (cursor !== null && left > 0)
}
