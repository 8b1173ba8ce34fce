import { cleanText } from '../../core/output/clean-text.ts'
import { countThings } from '../../core/output/count-things.ts'
import { paint } from '../../core/output/paint.ts'
import type { Agent } from '../../core/protocol/agents.ts'
import type { CommandRecord } from '../../core/protocol/commands.ts'
import { colorAgent, nameAgent, wordAgentState } from '../views/agent-view.ts'
import { listDeviceColumns } from '../views/device-view.ts'
import { drawFact, drawHeading } from '../views/draw-facts.ts'
import type { Frame } from '../views/frame.ts'
import { wordAge, wordAgo } from '../views/word-age.ts'
import { fitLines } from '../views/wrap-lines.ts'
import { scanNow } from './agents.ts'
import { composeList, composeText, type Screen, type ScreenRequest } from './screen.ts'

const COMMANDS_SHOWN = 3

/** One agent: how it is, what it was asked to do, its printers. */
export function composeAgent(agent_id: string, request: ScreenRequest): Screen {
  const { sources, frame } = request
  const agent = sources.store.agents.get(agent_id)
  if (agent === undefined) return composeText(['This agent is not known.'], { hints: [] }, request)
  const path = `/agents/${encodeURIComponent(agent_id)}/commands`
  const { data, error } = sources.lookups.read(path)
  const rows = sources.derived.printersOf(agent_id)
  const lines = [
    ...drawAgent(agent, frame),
    ...drawCommands(data, error, frame),
    drawHeading(`Printers: ${rows.length.toLocaleString('en')}`, frame),
  ]
  return composeList(
    {
      // at least some printers stay in sight
      above: fitLines(lines, frame).slice(-Math.max(1, frame.height - 5)),
      rows,
      columns: listDeviceColumns(frame),
      idOf: ({ device }) => device.device_id,
      empty: 'It has brought no printers.',
      open: ({ device }) => ({ screen: 'printer', id: device.device_id }),
      command: (key) => (key === 'c' ? scanNow(agent) : 'Only events can be acknowledged.'),
      hints: ['enter: open', 'c: scan now', 'esc: back'],
      // what a command came to is asked again while one looks on
      wants: [{ path, stamp: String(Math.floor(frame.now / 5000)) }],
    },
    request,
  )
}

function drawAgent(agent: Agent, frame: Frame): string[] {
  const { agent_id, hostname, agent_version, platform, last_seen, last_scan, last_upload, connection } = agent
  const name = nameAgent(agent)
  const id = cleanText(agent_id)
  const machine = [hostname, agent.ip, platform, agent_version === null ? null : `version ${agent_version}`]
  const facts = machine.map((text) => cleanText(text ?? '')).filter(Boolean)
  const state = wordAgentState(agent, frame)
  const color = colorAgent(agent)
  const queue = agent.queue_length ?? 0
  const oldest =
    agent.queue_age_seconds === null ? '' : `, the oldest for ${wordAge(agent.queue_age_seconds * 1000, frame)}`
  return [
    ...drawFact('Agent', id === name ? name : `${name} (${id})`, frame),
    ...drawFact('State', color === null ? state : paint(state, color, frame.look), frame),
    ...drawFact('Heard', `${wordAgo(last_seen, frame)}${connection === null ? '' : ` by ${connection}`}`, frame),
    ...drawFact('Scanned', `${wordAgo(last_scan, frame)}; readings came ${wordAgo(last_upload, frame)}`, frame),
    ...drawFact('Waiting', queue === 0 ? 'nothing' : `${countThings(queue, 'reading')}${oldest}`, frame),
    ...drawFact('Machine', [...facts, ...wordVitals(agent)].join(', '), frame),
    ...(agent.last_error === null ? [] : drawFact('Last error', cleanText(agent.last_error), frame)),
  ]
}

function wordVitals({ memory_mb, cpu_percent }: Agent): string[] {
  return [
    ...(memory_mb === null ? [] : [`${Math.round(memory_mb)} MB`]),
    ...(cpu_percent === null ? [] : [`${cpu_percent} % of a core`]),
  ]
}

function drawCommands(data: unknown, error: string | null, frame: Frame): string[] {
  const commands = (data as { commands?: readonly CommandRecord[] } | null)?.commands ?? []
  if (error !== null) return drawFact('Commands', cleanText(error), frame)
  return commands.slice(0, COMMANDS_SHOWN).flatMap((command, i) => {
    const { kind, state, created_at, expires_at, percent, message } = command
    const done = percent === null || state !== 'running' ? '' : ` ${percent}%`
    const left = wordAge(Date.parse(expires_at) - frame.now, frame)
    const waits = state === 'pending' ? `, until it connects; expires in ${left}` : ''
    const said = message === null ? '' : `: ${cleanText(message)}`
    const text = `${cleanText(kind).replaceAll('_', ' ')} ${wordAgo(created_at, frame)}, ${cleanText(state)}${done}${waits}${said}`
    return drawFact(i === 0 ? 'Commands' : '', text, frame)
  })
}
