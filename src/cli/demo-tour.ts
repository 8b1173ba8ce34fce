import { systemClock } from '../core/lifecycle/clock.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { countThings } from '../core/output/count-things.ts'
import { paint } from '../core/output/paint.ts'
import { formatTextTable } from '../core/output/text-table.ts'
import type { Alert } from '../core/protocol/alerts.ts'
import type { LiveStore } from '../tui/feed/live-store.ts'
import { listAgentColumns, sortAgents, wordAgentReason } from '../tui/views/agent-view.ts'
import { listDeviceColumns } from '../tui/views/device-view.ts'
import { createPrinterList } from '../tui/views/printer-list.ts'
import type { Stage } from './demo-stage.ts'
import type { DemoWatch } from './demo-watch.ts'
import { isAllThere, wordThere } from './demo-words.ts'
import type { TerminalLook } from './terminal.ts'

const MOST_PRINTERS = 8
const COLUMNS = ['Printer', 'Address', 'Status', 'Lowest', 'Pages', 'Location']

interface Tour {
  readonly stage: Stage
  readonly watch: DemoWatch
  readonly look: TerminalLook
  readonly duration_seconds: number
  /** Takes lines, without their break. */
  print(line: string): void
}

/**
 * The short tour: everything in it is what the server told, at the moment when it told it. Ends early when the signal aborts.
 * @throws PrintMasterError when something does not come that should
 */
export async function runTour(
  { stage, watch, look, duration_seconds, print }: Tour,
  signal: AbortSignal,
): Promise<void> {
  const { rows } = watch
  if (!(await watch.until((now) => isAllThere(now, stage), 'all printers'))) return
  print(`${wordThere(rows)}, found and read within ${secondsSince(stage.started_at)}.\n`)
  print(
    formatTextTable(
      sortAgents(rows.agents.values(), 'name'),
      listAgentColumns({ now: Date.now(), isPlain: false }),
      look,
    ),
  )
  print(formatPrinters(rows, look))

  const began = performance.now()
  const pages = countPages(rows)
  const tell = (text: string) => print(`${secondsSince(began).padStart(7)}  ${text}`)
  print('What happens now, as the server tells it:')
  const ticker = followAlerts(watch, (alert) => tell(wordAlert(alert, look)))
  if (!(await dropAndReturn(stage, watch, tell))) return
  await systemClock.sleep(duration_seconds * 1000 - (performance.now() - began), signal)
  if (!(await watch.until(() => ticker.fromPrinters > 0, 'an alert of a printer'))) return
  const open = [...rows.alerts.values()].filter(({ closed_at }) => closed_at === null).length
  const { came, over } = ticker
  print(
    `\nIn ${secondsSince(began)}: ${countThings(countPages(rows) - pages, 'page')} printed, ` +
      `${countThings(came, 'alert')} came, ${over} ended, ${open} open now.`,
  )
}

/** The agent of the last site goes, and comes back once the server has told of it. False when the tour is to end. */
async function dropAndReturn(stage: Stage, watch: DemoWatch, tell: (text: string) => void): Promise<boolean> {
  const site = stage.sites.at(-1) as Stage['sites'][number]
  const agentOf = ({ agents }: LiveStore) => [...agents.values()].find(({ name }) => name === site.name)
  const isTold = ({ alerts }: LiveStore) => [...alerts.values()].some(({ kind }) => kind === 'agent_offline')

  tell(`${site.name}: its agent is stopped`)
  const dropped_at = performance.now()
  await stage.dropAgent(site)
  if (!(await watch.until((rows) => agentOf(rows)?.status === 'offline', 'the agent offline'))) return false
  const gone = agentOf(watch.rows)
  tell(`${site.name}: offline, seen after ${secondsSince(dropped_at)}${gone ? ` (${wordAgentReason(gone)})` : ''}`)
  if (!(await watch.until(isTold, 'the alert of the agent'))) return false
  const returned_at = performance.now()
  await stage.returnAgent(site)
  if (!(await watch.until((rows) => agentOf(rows)?.status === 'active', 'the agent back'))) return false
  tell(`${site.name}: its agent is started again, active after ${secondsSince(returned_at)}`)
  return true
}

const secondsSince = (moment: number) => `${((performance.now() - moment) / 1000).toFixed(1)} s`

/** The worst first, some of them. */
function formatPrinters(rows: LiveStore, look: TerminalLook): string {
  const all = createPrinterList(rows).read('supply', '')
  const columns = listDeviceColumns({ now: Date.now(), isPlain: false }).filter(({ heading }) =>
    COLUMNS.includes(heading),
  )
  const table = formatTextTable(all.slice(0, MOST_PRINTERS), columns, look)
  return all.length > MOST_PRINTERS ? `${table}and ${all.length - MOST_PRINTERS} more\n` : table
}

function countPages(rows: LiveStore): number {
  return [...rows.devices.values()].reduce((sum, { page_count }) => sum + (page_count ?? 0), 0)
}

/** Tells of each alert that is open, opens or ends. */
function followAlerts({ rows, onChange }: DemoWatch, tell: (alert: Alert) => void) {
  const key = ({ alert_id, closed_at }: Alert) => `${alert_id} ${closed_at === null}`
  const told = new Set<string>()
  const counts = { came: 0, over: 0, fromPrinters: 0 }
  const look = () => {
    for (const alert of rows.alerts.values()) {
      if (told.has(key(alert))) continue
      told.add(key(alert))
      if (alert.closed_at !== null) counts.over++
      else counts.came++
      if (alert.device_id !== null) counts.fromPrinters++
      tell(alert)
    }
  }
  look()
  onChange(look)
  return counts
}

function wordAlert({ closed_at, severity, message, details }: Alert, look: TerminalLook): string {
  if (closed_at !== null) {
    // what made way for a worse one is not over
    const [word, color] = 'replaced_by' in details ? (['worse', 'yellow'] as const) : (['over', 'green'] as const)
    return `${paint(word.padEnd(8), color, look)}  ${cleanText(message)}`
  }
  return `${paint(severity.padEnd(8), severity === 'critical' ? ['red', 'bold'] : 'yellow', look)}  ${cleanText(message)}`
}
