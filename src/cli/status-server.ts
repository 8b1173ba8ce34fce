import { createApiClient } from '../core/client/api-client.ts'
import { readFleet } from '../core/client/read-fleet.ts'
import { EXIT } from './exit-codes.ts'
import { listenForEnd } from './listen-for-end.ts'
import { readAccess } from './open-access.ts'
import { canShowLive, type LiveOptions, showLive } from './show-live.ts'
import type { ServerStatusFlags } from './status-flags.ts'
import { formatFleet, judgeFleet, toFleetJson, toFleetLines } from './status-fleet.ts'
import { lookOf } from './terminal.ts'

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
  const { stdout } = process
  const access = await readAccess(url, flags, 'a viewer', tell)
  const look = { ...lookOf(stdout), ...(flags['no-color'] && { color: false }) }
  const api = createApiClient(access)
  try {
    const isLive = canShowLive() && !asksForOneAnswer(flags)
    if (isLive) return await followLive({ api, access, look, isPlain: flags['screen-reader'] })
    const rows = await readFleet(api)
    if (flags['exit-code']) {
      const { code, line } = judgeFleet(rows)
      stdout.write(`${line}\n`)
      return code
    }
    const format = flags.json ? 'json' : flags.format
    if (format === 'json') stdout.write(toFleetJson(rows))
    else if (format === 'ndjson') for (const line of toFleetLines(rows)) stdout.write(line)
    else if (format === 'csv') stdout.write(await (await import('./status-csv.ts')).formatFleetCsv(rows))
    else stdout.write(formatFleet(rows, look, Date.now()))
    return EXIT.ok
  } finally {
    await api.close()
  }
}

function asksForOneAnswer(flags: ServerStatusFlags): boolean {
  return Boolean(flags.once || flags.json || flags['exit-code'] || flags.format !== 'table')
}

async function followLive(options: LiveOptions): Promise<number> {
  const end = listenForEnd()
  try {
    await showLive(options, end.signal)
  } finally {
    end.dispose()
  }
  return end.signal.aborted ? EXIT.interrupted : EXIT.ok
}
