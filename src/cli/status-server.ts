import { createApiClient } from '../core/client/api-client.ts'
import { readFleet } from '../core/client/read-fleet.ts'
import { listenForStop } from '../core/lifecycle/stop-signal.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import { EXIT } from './exit-codes.ts'
import { readToken } from './read-token.ts'
import type { ServerStatusFlags } from './status-flags.ts'
import { formatFleet, judgeFleet, toFleetJson, toFleetLines } from './status-fleet.ts'
import { lookOf } from './terminal.ts'

const LARGEST_CA = 4 * 1024 * 1024

/**
 * The fleet of a server: the live view on a terminal, one answer otherwise.
 * @param tell takes sentences for stderr
 * @returns the exit code
 * @throws PrintMasterError
 */
export async function showServerStatus(
  url: string,
  flags: ServerStatusFlags,
  tell: (sentence: string) => void,
): Promise<number> {
  const { stdin, stdout } = process
  const token = await readToken(flags['token-file'], process.env, tell, 'a viewer')
  const ca = flags.ca === undefined ? null : (await readTextFile(flags.ca, quoteText(flags.ca), LARGEST_CA)).text
  const access = { url, token, ca, allow_plaintext: flags['allow-plaintext'] ?? false }
  const look = { ...lookOf(stdout), ...(flags['no-color'] && { color: false }) }
  const api = createApiClient(access)
  try {
    const isLive = stdout.isTTY && stdin.isTTY && process.env.TERM !== 'dumb' && !asksForOneAnswer(flags)
    if (isLive) return await showLive(api, access, look, flags)
    const rows = await readFleet(api)
    if (flags['exit-code']) {
      const { code, line } = judgeFleet(rows)
      stdout.write(`${line}\n`)
      return code
    }
    const format = flags.json ? 'json' : flags.format
    if (format === 'json') stdout.write(toFleetJson(rows))
    else if (format === 'ndjson') for (const line of toFleetLines(rows)) stdout.write(line)
    else stdout.write(formatFleet(rows, look, Date.now()))
    return EXIT.ok
  } finally {
    await api.close()
  }
}

function asksForOneAnswer(flags: ServerStatusFlags): boolean {
  return Boolean(flags.once || flags.json || flags['exit-code'] || flags.format !== 'table')
}

/** What draws is loaded by those who look only. */
async function showLive(
  api: ReturnType<typeof createApiClient>,
  access: Parameters<typeof createApiClient>[0],
  look: ReturnType<typeof lookOf>,
  flags: ServerStatusFlags,
): Promise<number> {
  const isPlain = Boolean(flags['screen-reader']) || process.env.INK_SCREEN_READER === 'true'
  const { runView } = await import('../tui/run-view.tsx')
  const stop = listenForStop()
  const hangUp = new AbortController()
  const onHangUp = () => hangUp.abort('SIGHUP')
  process.on('SIGHUP', onHangUp)
  const signal = AbortSignal.any([stop.signal, hangUp.signal])
  try {
    await runView({ api, socket: access, look, isPlain, stdin: process.stdin, stdout: process.stdout }, signal)
  } finally {
    stop.dispose()
    process.off('SIGHUP', onHangUp)
  }
  return signal.aborted ? EXIT.interrupted : EXIT.ok
}
