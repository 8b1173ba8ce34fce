import type { LiveRows } from '../core/client/live-rows.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { countThings } from '../core/output/count-things.ts'
import { escapeUnseen } from '../core/output/json.ts'
import { formatTextTable } from '../core/output/text-table.ts'
import { listAgentColumns, sortAgents } from '../tui/views/agent-view.ts'
import { listNeedColumns, listNeeds } from '../tui/views/attention.ts'
import { countFleet } from '../tui/views/count-fleet.ts'
import type { TerminalLook } from './terminal.ts'

const WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
const MOST_NAMED = 5
/** The rest is in the live view, and in JSON. */
const MOST_SHOWN = 50

/** The fleet for people: counts, what wants attention, the agents. Ends with a line break. */
export function formatFleet(rows: LiveRows, look: TerminalLook, now: number): string {
  const { agents, printers, alerts } = countFleet(rows.agents, rows.devices, rows.alerts)
  const needs = listNeeds(rows.agents, rows.devices)
  const list = (counts: Readonly<Record<string, number>>) => {
    const parts = Object.entries(counts).filter(([, count]) => count > 0)
    const total = parts.reduce((sum, [, count]) => sum + count, 0).toLocaleString('en')
    return [total, parts.map(([word, count]) => `${count.toLocaleString('en')} ${word}`).join(', ')]
      .filter(Boolean)
      .join(': ')
  }
  const lines = [
    `Agents     ${list(agents)}`,
    `Printers   ${list(printers)}`,
    `Alerts     ${alerts.open === 0 ? 'none open' : `${alerts.open} open, ${alerts.critical} of them critical`}`,
  ]
  const more = needs.length > MOST_SHOWN ? `and ${(needs.length - MOST_SHOWN).toLocaleString('en')} more\n` : ''
  const wanted =
    needs.length === 0 ? '' : `\n${formatTextTable(needs.slice(0, MOST_SHOWN), listNeedColumns(needs), look)}${more}`
  const table =
    rows.agents.length === 0
      ? ''
      : `\n${formatTextTable(sortAgents(rows.agents, 'state'), listAgentColumns({ now, isPlain: false }), look)}`
  return `${lines.join('\n')}\n${wanted}${table}`
}

/** One object with all rows, as the API has them, and a line break. */
export function toFleetJson(rows: LiveRows): string {
  const { agents, devices, alerts } = rows
  const counts = countFleet(agents, devices, alerts)
  return toLine({ counts, agents, devices, alerts })
}

/** Each row as an object of its own; `row` says what it is. */
export function* toFleetLines({ agents, devices, alerts }: LiveRows): Generator<string> {
  for (const agent of agents) yield toLine({ row: 'agent', ...agent })
  for (const device of devices) yield toLine({ row: 'device', ...device })
  for (const alert of alerts) yield toLine({ row: 'alert', ...alert })
}

function toLine(value: unknown): string {
  return `${escapeUnseen(JSON.stringify(value))}\n`
}

/** The state in the form of Nagios plugins: one line, and the exit code. */
export function judgeFleet(rows: LiveRows): { readonly code: 0 | 1 | 2 | 3; readonly line: string } {
  const needs = listNeeds(rows.agents, rows.devices)
  const { agents, printer_severity, alerts } = countFleet(rows.agents, rows.devices, rows.alerts)
  const isEmpty = rows.agents.length === 0 && rows.devices.length === 0
  const code = needs[0]?.severity ?? (isEmpty ? 3 : 0)
  const named = needs.slice(0, MOST_NAMED).map(({ kind, name, text }) => `${kind} ${name} ${text}`)
  if (needs.length > MOST_NAMED) named.push(`and ${needs.length - MOST_NAMED} more`)
  const count = `${countThings(rows.agents.length, 'agent')}, ${countThings(rows.devices.length, 'printer')}`
  const state = isEmpty ? 'no agent has ever reported' : needs.length === 0 ? count : `${count}: ${named.join('; ')}`
  const figures = [
    `agents=${rows.agents.length}`,
    `offline=${agents.offline ?? 0}`,
    `printers=${rows.devices.length}`,
    `warning=${printer_severity.warning}`,
    `critical=${printer_severity.critical}`,
    `alerts=${alerts.open}`,
  ]
  return { code, line: `PRINTMASTER ${WORDS[code]} - ${cleanText(state).replaceAll('|', '/')} | ${figures.join(' ')}` }
}
