import { countThings } from '../core/output/count-things.ts'
import { describeUplink } from './agent-words.ts'
import type { LocalStatus } from './status-local.ts'

const WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
type Code = 0 | 1 | 2 | 3

/** One thing that is not as it should be. */
export interface Complaint {
  readonly severity: 1 | 2
  readonly text: string
}

/** All that is not as it should be, the gravest first. */
export function listComplaints(status: LocalStatus): Complaint[] {
  const { journal, printers } = status
  const complaints: Complaint[] = []
  const add = (severity: 1 | 2, text: string) => void complaints.push({ severity, text })
  if (status.running === false) add(2, status.notice.split(';', 1)[0] as string)
  if (status.running) {
    if (status.uplink.state === 'halted') add(2, describeUplink(status.uplink))
    else if (status.uplink.state === 'waiting' && status.uplink.reason !== null) add(1, describeUplink(status.uplink))
    if (status.journal.state === 'full') add(2, 'the journal is full and takes no readings')
    if (status.journal.state === 'unavailable') add(2, 'the journal cannot be written, and no printer is asked')
  } else if (status.uplink.halted !== null) add(2, `uplink halted: ${status.uplink.halted}`)
  const offline = printers.total - printers.online
  if (offline > 0) add(1, `${offline} of ${countThings(printers.total, 'printer')} offline`)
  if (journal.quarantined > 0) add(1, `${countThings(journal.quarantined, 'reading')} that the server will not have`)
  if (journal.dropped > 0) add(1, `${countThings(journal.dropped, 'reading')} lost for want of room`)
  return complaints.toSorted((a, b) => b.severity - a.severity)
}

/** The state in the form of Nagios plugins: one line, and the exit code. */
export function judgeAgent(status: LocalStatus): { readonly code: Code; readonly line: string } {
  const complaints = listComplaints(status)
  const worst = complaints[0]?.severity ?? 0
  const code: Code = status.running === null && worst < 2 ? 3 : worst
  const { printers, journal } = status
  const unknown = status.running === null ? [status.notice.split(';', 1)[0] as string] : []
  const well = status.running ? [countThings(printers.total, 'printer'), describeUplink(status.uplink)] : []
  const texts = [...unknown, ...complaints.map(({ text }) => text)]
  const state = (texts.length > 0 ? texts : well).join('; ').replaceAll('|', '/')
  const figures = [
    `printers=${printers.total}`,
    `offline=${printers.total - printers.online}`,
    `queue=${journal.queue_length}`,
    `queue_age=${journal.queue_age_seconds}s`,
  ]
  return { code, line: `PRINTMASTER ${WORDS[code]} - ${state} | ${figures.join(' ')}` }
}
