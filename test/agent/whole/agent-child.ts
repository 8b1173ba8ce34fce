import { startAgent } from '../../../src/core/agent/start-agent.ts'
import { FastClock } from '../../fast-clock.ts'
import { type AgentSetup, optionsFor } from './fleet.ts'

/**
 * An agent in a process of its own, to be killed: takes `AgentSetup & { factor }` as its argument, writes a line once it
 * watches, and ends with SIGTERM.
 */
const { factor, ...setup } = JSON.parse(process.argv[2] as string) as AgentSetup & { factor: number }
const clock = new FastClock(factor)
const tell = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)
const write = (level: string) => (fields: object, message: string) => tell({ level, message, ...fields })
const log = { error: write('error'), warn: write('warn'), info: () => undefined, debug: () => undefined }
const agent = await startAgent(optionsFor(setup), { clock, log, version: '0.0.0', machine: 'machine' })
tell({ ready: true })
const timer = setInterval(() => {
  const { journal, uplink, discovery } = agent.facts()
  tell({ queue: journal.queue_length, state: uplink.state, isDiscovering: discovery.is_running })
}, 50)
process.on('SIGTERM', async () => {
  clearInterval(timer)
  await agent.close()
})
