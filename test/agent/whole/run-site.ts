import { expect, onTestFinished, vi } from 'vitest'
import type { AgentOptions } from '../../../src/core/agent/agent-options.ts'
import { type RunningAgent, startAgent } from '../../../src/core/agent/start-agent.ts'
import type { FastClock } from '../../fast-clock.ts'
import type { LogLine } from '../../server/start-test-server.ts'

export interface LoggedAgent extends RunningAgent {
  readonly lines: readonly LogLine[]
}

/** An agent in this process; it ends with the test. */
export async function startLogged(options: AgentOptions, clock: FastClock, machine = 'machine'): Promise<LoggedAgent> {
  const lines: LogLine[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Record<string, unknown>, message })
  const log = { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') }
  const agent = await startAgent(options, { clock, log, version: '0.0.0', machine })
  onTestFinished(() => agent.close())
  return { ...agent, lines }
}

/** Lets the uplink bring what waits, and ends the agent; what it reads in that moment waits for its next start. */
export async function drain(agent: RunningAgent, timeout = 60_000): Promise<void> {
  await vi.waitFor(() => expect(agent.facts().journal.queue_length).toBe(0), { timeout, interval: 5 })
  await agent.close()
}

/** Lets so much time of the clock go by. */
export const pass = (clock: FastClock, milliseconds: number) => clock.sleep(milliseconds, new AbortController().signal)
