import { cleanText } from '../../core/output/clean-text.ts'
import { measureText } from '../../core/output/fit-text.ts'
import type { Severity } from '../../core/output/severity.ts'
import type { Agent } from '../../core/protocol/agents.ts'
import type { Device } from '../../core/protocol/devices.ts'
import { judgeAgentRow, nameAgent, wordAgentReason } from './agent-view.ts'
import { viewDevice, wordNeed } from './device-view.ts'
import type { ListColumn } from './list-column.ts'

/** An agent or a printer that somebody should look at. */
export interface Need {
  readonly kind: 'agent' | 'printer'
  readonly id: string
  readonly severity: Exclude<Severity, 0>
  readonly name: string
  /** Where it is, for people. */
  readonly place: string
  readonly text: string
}

/**
 * What wants attention, the gravest first: agents before printers, because nothing is known of the printers of an agent that
 * is away; printers without much left first.
 */
export function listNeeds(agents: Iterable<Agent>, devices: Iterable<Device>): Need[] {
  const needs: Array<Need & { readonly rank: number }> = []
  for (const agent of agents) {
    const severity = judgeAgentRow(agent)
    if (severity === 0) continue
    const reason = wordAgentReason(agent)
    const place = cleanText(agent.ip ?? '')
    const text = `${agent.status}${reason === '' ? '' : `: ${reason}`}`
    needs.push({ kind: 'agent', id: agent.agent_id, severity, name: nameAgent(agent), place, text, rank: -1 })
  }
  for (const device of devices) {
    const view = viewDevice(device)
    if (view.severity === 0) continue
    const { name, address: place, severity } = view
    const rank = device.lowest_supply ?? 101
    needs.push({ kind: 'printer', id: device.device_id, severity, name, place, text: wordNeed(view), rank })
  }
  return needs.sort(
    (a, b) => b.severity - a.severity || a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )
}

const IPV4_WIDTH = 15

/** @param needs all of them: columns get no more room than the longest text has use for, whichever rows are in sight */
export function listNeedColumns(needs: readonly Need[]): ReadonlyArray<ListColumn<Need>> {
  return [
    {
      heading: 'Severity',
      comfort: 8,
      widest: 8,
      dropRank: 0,
      read: ({ severity }) => (severity === 2 ? 'critical' : 'warning'),
      color: ({ severity }) => (severity === 2 ? ['red', 'bold'] : 'yellow'),
    },
    { heading: 'Kind', comfort: 7, widest: 7, dropRank: 2, read: ({ kind }) => kind },
    { heading: 'Name', dropRank: 0, ...fitTo(needs, ({ name }) => name, 17, 40) },
    { heading: 'Address', dropRank: 1, ...fitTo(needs, ({ place }) => place, IPV4_WIDTH, 45) },
    { heading: 'What', dropRank: 0, ...fitTo(needs, ({ text }) => text, 32, 80) },
  ]
}

/** @param most columns of the terminal, however long the texts are */
function fitTo(needs: readonly Need[], read: (need: Need) => string, comfort: number, most: number) {
  let widest = Math.min(comfort, IPV4_WIDTH)
  for (const need of needs) {
    const text = read(need)
    // measuring takes time, and no letter is wider than two columns
    if (text.length * 2 > widest) widest = Math.max(widest, measureText(text))
    if (widest >= most) return { read, comfort, widest: most }
  }
  return { read, comfort: Math.min(comfort, widest), widest }
}
