import { paint } from '../../core/output/paint.ts'
import { colorStatus } from '../../core/output/status-color.ts'
import type { FleetCounts } from '../views/count-fleet.ts'
import { drawFact, drawHeading, NO_BREAK } from '../views/draw-facts.ts'
import type { Frame } from '../views/frame.ts'
import { composeList, type Screen, type ScreenRequest } from './screen.ts'

/** How many there are of each, and what wants attention first. */
export function composeOverview(request: ScreenRequest): Screen {
  const { sources, frame } = request
  const needs = sources.derived.needs()
  const counts = sources.derived.counts()
  const above = [
    ...drawFact('Agents', wordCounts(counts.agents, frame), frame, true),
    ...drawFact('Printers', wordCounts(counts.printers, frame), frame, true),
    ...drawFact('Alerts', wordAlerts(counts), frame),
    ...(frame.isPlain ? [] : ['']),
    drawHeading(`Wants attention: ${needs.length.toLocaleString('en')}`, frame),
  ]
  const hints = ['enter: open']
  return composeList(
    {
      above,
      rows: needs,
      columns: sources.derived.needColumns(),
      idOf: ({ kind, id }) => `${kind}:${id}`,
      empty: 'Nothing: all is well.',
      open: ({ kind, id }) => ({ screen: kind, id }),
      hints,
    },
    request,
  )
}

/** `12: 10 active, 2 offline` */
function wordCounts(counts: Readonly<Record<string, number>>, { look }: Frame): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => {
      const color = status === 'active' ? 'green' : status === 'inactive' ? 'yellow' : colorStatus(status)
      const text = `${count.toLocaleString('en')} ${status}`.replaceAll(' ', NO_BREAK)
      return color === null ? text : paint(text, color, look)
    })
  return `${total.toLocaleString('en')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`
}

function wordAlerts({ alerts: { open, critical, acknowledged } }: FleetCounts): string {
  return open === 0 ? 'none open' : `${open} open, ${critical} of them critical, ${acknowledged} acknowledged`
}
