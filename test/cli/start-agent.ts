import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentStatusPage } from '../../src/core/agent/agent-facts.ts'
import { createFolder, linesOf, type RunningCli, type RunOptions, startCli } from './run-cli.ts'

export interface StartedAgent {
  readonly cli: RunningCli
  readonly agent_id: string
  readonly journal: string
  readonly health_url: string
  log(): Array<Record<string, unknown>>
  /** Resolves once the log has a line, from the given one on, whose message holds the text. */
  logged(text: string, from?: number): Promise<Record<string, unknown>>
  status(): Promise<AgentStatusPage>
}

/** A config.ini for an agent on loopback, in a folder of its own. */
export function writeAgentConfig(text: string, folder = createFolder()): string {
  const path = join(folder, 'config.ini')
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

/** Starts the built agent and waits until it watches. */
export async function startAgentCli(
  config: string,
  options: RunOptions & { journal?: string } = {},
): Promise<StartedAgent> {
  const { journal = join(createFolder(), 'data', 'journal.db'), ...rest } = options
  const cli = startCli(['agent', '--json', '--config', config, '--journal', journal], rest)
  await cli.printed('\n')
  const started = JSON.parse(cli.stdout)
  const log = () => linesOf(cli.stderr).map((line) => JSON.parse(line))
  return {
    cli,
    ...started,
    log,
    logged: (text, from = 0) => waitForLine(cli, () => log().slice(from), text),
    status: async () => (await (await fetch(`${started.health_url}/status`)).json()) as AgentStatusPage,
  }
}

/** Resolves with the first line of a log whose message holds the text; raises when the program ends without it. */
export async function waitForLine(
  cli: RunningCli,
  log: () => Array<Record<string, unknown>>,
  text: string,
): Promise<Record<string, unknown>> {
  for (;;) {
    const found = log().find(({ msg }) => String(msg).includes(text))
    if (found) return found
    await Promise.race([once(cli.process.stderr, 'data'), once(cli.process, 'close')])
    if (!cli.isRunning && !cli.stderr.includes(text)) throw new Error(`ended without ${text}: ${cli.stderr}`)
  }
}
