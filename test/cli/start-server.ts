import { once } from 'node:events'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { onTestFinished } from 'vitest'
import { createFolder, linesOf, type RunningCli, type RunOptions, runCli, startCli } from './run-cli.ts'

export interface StartedServer {
  readonly cli: RunningCli
  readonly url: string
  readonly database: string
  /** The lines of its log so far. */
  log(): Array<Record<string, unknown>>
  /** Resolves once the log has a line whose message holds the text. */
  logged(text: string): Promise<Record<string, unknown>>
}

/** Starts the built server on a free port and waits until it says where it listens. */
export async function startServerCli(args: readonly string[] = [], options: RunOptions = {}): Promise<StartedServer> {
  const database = args.includes('--database') ? '' : join(createFolder(), 'data', 'printmaster.db')
  const place = database === '' ? [] : ['--database', database]
  const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const cli = startCli(['server', '--json', ...listen, ...place, ...args], options)
  await cli.printed('\n')
  const started = JSON.parse(cli.stdout)
  const log = () => linesOf(cli.stderr).map((line) => JSON.parse(line))
  const logged = async (text: string) => {
    for (;;) {
      const found = log().find(({ msg }) => String(msg).includes(text))
      if (found) return found
      await Promise.race([once(cli.process.stderr, 'data'), once(cli.process, 'close')])
      if (!cli.isRunning && !cli.stderr.includes(text)) throw new Error(`ended without ${text}: ${cli.stderr}`)
    }
  }
  return { cli, url: started.url, database: started.database, log, logged }
}

/** A token made by the built program in that database. */
export async function makeTokenCli(database: string, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['token', 'create', '--database', database, ...flags])
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}

/** One request; the certificate is believed unless `ca` says which one must be there. */
export async function ask(
  url: string,
  path: string,
  options: { method?: string; token?: string; body?: unknown; ca?: string } = {},
): Promise<{ status: number; body: Record<string, never> & Record<string, unknown> }> {
  const { method = 'GET', token, body, ca } = options
  const dispatcher = new Agent({ connect: ca === undefined ? { rejectUnauthorized: false } : { ca } })
  onTestFinished(() => dispatcher.destroy())
  const answer = await request(`${url}${path}`, {
    dispatcher,
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.statusCode, body: (await answer.body.json()) as never }
}
