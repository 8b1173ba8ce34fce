import { PrintMasterError } from '../core/model/error.ts'
import type { AuditEntry } from '../core/protocol/audit.ts'
import type { AuditFilter } from '../core/store/store.ts'
import type { AccessFlags } from './access-flags.ts'
import { CSV_HEAD, followEntries, formatEntries, formatEntryCsv, formatEntryLine, listEntries } from './audit-list.ts'
import { openAuditSource } from './audit-source.ts'
import { listenForEnd } from './listen-for-end.ts'
import { readPeriod } from './read-period.ts'
import type { TerminalLook } from './terminal.ts'

export interface AuditFlags extends AccessFlags {
  readonly follow: boolean
  readonly limit: number
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly agent?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly resource?: string | undefined
  readonly format: 'table' | 'json' | 'ndjson' | 'csv'
  readonly json: boolean
}

/** Prints entries. @throws PrintMasterError, StoreError */
export async function showAudit(
  flags: AuditFlags,
  look: TerminalLook,
  tell: (sentence: string) => void,
): Promise<void> {
  const filter = readFilter(flags)
  const format = flags.json ? 'json' : flags.format
  if (flags.follow && format === 'json') {
    throw new PrintMasterError('bad_flag', '--follow has no end, and a JSON array wants one: use --format ndjson')
  }
  if (flags.follow && flags.to !== undefined)
    throw new PrintMasterError('bad_flag', '--follow and --to do not go together')
  const { from, to, agent, actor, action, resource } = flags
  const source = await openAuditSource(flags, { from, to, agent, actor, action, resource, follow: flags.follow }, tell)
  const { stdout } = process
  const end = listenForEnd()
  try {
    if (flags.follow) {
      if (format === 'csv') stdout.write(CSV_HEAD)
      for await (const entry of followEntries(source, filter, flags.limit, end.signal)) {
        stdout.write(formatOne(entry, format))
      }
      return
    }
    const entries = await listEntries(source, filter, flags.limit)
    if (format === 'csv') stdout.write(CSV_HEAD)
    if (format === 'json') stdout.write(`${JSON.stringify(entries)}\n`)
    else if (format === 'table' && entries.length > 0) stdout.write(formatEntries(entries, look))
    else for (const entry of entries) stdout.write(formatOne(entry, format))
    if (entries.length === 0) tell('no entry of the audit log fits')
    else if (entries.length === flags.limit) tell(`the newest ${flags.limit}; --limit takes more`)
  } finally {
    end.dispose()
    await source.close()
  }
}

function formatOne(entry: AuditEntry, format: AuditFlags['format']): string {
  if (format === 'csv') return formatEntryCsv(entry)
  return `${format === 'table' ? formatEntryLine(entry) : JSON.stringify(entry)}\n`
}

function readFilter({ agent, actor, action, resource, ...flags }: AuditFlags): Omit<AuditFilter, 'limit' | 'cursor'> {
  const period = readPeriod(flags, Date.now())
  const slash = resource?.indexOf('/') ?? -1
  return {
    ...period,
    ...(agent !== undefined && { agent_id: agent }),
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(resource !== undefined && {
      resource_type: slash < 0 ? resource : resource.slice(0, slash),
      ...(slash >= 0 && { resource_id: resource.slice(slash + 1) }),
    }),
  }
}
