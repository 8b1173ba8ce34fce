import type { AgentStatusPage } from '../core/agent/agent-facts.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { countThings } from '../core/output/count-things.ts'
import { describeAge } from '../core/output/describe-age.ts'
import { truncateText, wrapText } from '../core/output/fit-text.ts'
import { paint } from '../core/output/paint.ts'
import { formatTextTable, type TextColumn } from '../core/output/text-table.ts'
import { describeUplink } from './agent-words.ts'
import { listComplaints } from './status-judge.ts'
import type { LocalStatus } from './status-local.ts'
import type { TerminalLook } from './terminal.ts'

type KnownPrinter = AgentStatusPage['known_printers'][number]

const LABEL_WIDTH = 10
const NARROWEST = 40

const OFFLINE_COLUMNS: ReadonlyArray<TextColumn<KnownPrinter>> = [
  { heading: 'Offline', comfort: 15, dropRank: 0, read: ({ address }) => address },
  { heading: 'Reason', comfort: 17, dropRank: 0, read: ({ offline_reason }) => wordReason(offline_reason) },
  {
    heading: 'Printer',
    comfort: 16,
    dropRank: 1,
    read: ({ manufacturer, model }) => [manufacturer, model].filter(Boolean).join(' '),
  },
  { heading: 'Serial', comfort: 10, dropRank: 2, read: ({ serial }) => serial ?? '' },
]

/**
 * The state of the agent for people; ends with a line break.
 * @param now milliseconds since 1970
 */
export function formatAgentStatus(status: LocalStatus, look: TerminalLook, now: number): string {
  const rows: Array<[label: string, text: string]> = [
    ['Agent', describeWho(status, now)],
    ['Server', describeServer(status)],
    ['Sent', describeSent(status, now)],
    ['Waiting', describeQueue(status)],
    ['Printers', describePrinters(status)],
    ['Search', describeSearch(status, now)],
    ['Journal', describeJournal(status)],
  ]
  if (status.running && status.last_error !== null) rows.push(['Last error', cleanText(status.last_error)])
  const width = Math.max(NARROWEST, look.width)
  const lines = rows.flatMap(([label, text]) => {
    const [first = '', ...rest] = wrap(text, width - LABEL_WIDTH - 2)
    const begin = paint(label.padEnd(LABEL_WIDTH), 'bold', look)
    return [`${begin}  ${first}`, ...rest.map((line) => ' '.repeat(LABEL_WIDTH + 2) + line)]
  })
  const complaints = listComplaints(status).map(({ severity, text }) => {
    const [first = '', ...rest] = wrap(text, width - 2)
    const line = [`! ${first}`, ...rest.map((part) => `  ${part}`)].join('\n')
    return paint(line, severity === 2 ? 'red' : 'yellow', look)
  })
  const offline = status.known_printers.filter(({ state }) => state === 'offline')
  const table = offline.length === 0 ? '' : `\n${formatTextTable(offline, OFFLINE_COLUMNS, look)}`
  return `${[...lines, ...(complaints.length > 0 ? ['', ...complaints] : [])].join('\n')}\n${table}`
}

function describeWho(status: LocalStatus, now: number): string {
  const id = cleanText(status.agent_id ?? 'not named yet')
  if (!status.running) return id
  const { name, agent_version, pid, started_at, memory_mb, cpu_percent } = status
  const called = name === status.agent_id ? '' : ` (${cleanText(name)})`
  const since = describeAge(now - Date.parse(started_at))
  return `${id}${called}, version ${cleanText(agent_version)}, pid ${pid}, up for ${since}, ${Math.round(memory_mb)} MB, ${cpu_percent} % of a core`
}

function describeServer({ running, uplink }: LocalStatus): string {
  if (running) return describeUplink(uplink)
  return uplink.url === null ? 'no server' : cleanText(uplink.url)
}

function describeSent({ uplink }: LocalStatus, now: number): string {
  const ago = (time: string | null) => (time === null ? 'never' : `${describeAge(now - Date.parse(time))} ago`)
  return `readings ${ago(uplink.last_upload)}, heartbeat ${ago(uplink.last_heartbeat)}`
}

function describeQueue({ journal }: LocalStatus): string {
  if (journal.queue_length === 0) return 'nothing'
  return `${countThings(journal.queue_length, 'reading')}, the oldest for ${describeAge(journal.queue_age_seconds * 1000)}`
}

function describePrinters({ printers }: LocalStatus): string {
  if (printers.total === 0) return 'none known yet'
  const reasons = Object.entries(printers.offline)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} ${wordReason(reason)}`)
  const offline = reasons.length === 0 ? '' : `; offline: ${reasons.join(', ')}`
  return `${countThings(printers.total, 'printer')}, ${printers.online} online${offline}`
}

function describeSearch({ running, discovery }: LocalStatus, now: number): string {
  const last = discovery.last === null ? 'never' : `${describeAge(now - Date.parse(discovery.last))} ago`
  if (!running) return last
  if (discovery.is_running) return `under way; the one before ${last}`
  const next = discovery.next === null ? '' : `, next in ${describeAge(Date.parse(discovery.next) - now)}`
  return `${last}${next}`
}

function describeJournal({ journal }: LocalStatus): string {
  const { bytes, limit_bytes, quarantined, thinned, dropped, events_dropped } = journal
  const size = `${(bytes / 1e6).toFixed(1)} of ${Math.round(limit_bytes / 1e6).toLocaleString('en')} MB`
  const counts = [
    [quarantined, 'quarantined'],
    [thinned, 'thinned out'],
    [dropped, 'lost'],
    [events_dropped, 'audit events lost'],
  ] as const
  const words = counts.flatMap(([count, word]) => (count > 0 ? [`${count.toLocaleString('en')} ${word}`] : []))
  return [cleanText(journal.path), size, ...words].join(', ')
}

function wordReason(reason: string | null): string {
  return cleanText(reason ?? '').replaceAll('_', ' ')
}

/** A path or a URL that is longer than a line is cut; --json has it whole. */
function wrap(text: string, width: number): string[] {
  return wrapText(text, width).map((line) => truncateText(line, width))
}
