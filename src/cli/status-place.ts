import { PrintMasterError } from '../core/model/error.ts'
import type { ServerStatusFlags } from './status-flags.ts'

const ONLY_REMOTE = ['token-file', 'ca', 'allow-plaintext', 'once', 'screen-reader'] as const

/**
 * The server that is to be shown: `--server`, else PRINTMASTER_SERVER; null for the agent of this machine.
 * @throws PrintMasterError bad_flag for flags that go with a server only
 */
export function chooseServer(flags: ServerStatusFlags, env: NodeJS.ProcessEnv): string | null {
  if (flags.server !== undefined) return flags.server
  if (env.PRINTMASTER_SERVER && !flags.local && flags.journal === undefined) return env.PRINTMASTER_SERVER
  const odd = ONLY_REMOTE.find((flag) => flags[flag] !== undefined && flags[flag] !== false)
  if (odd !== undefined) {
    throw new PrintMasterError(
      'bad_flag',
      `--${odd} goes with a server only; name one with --server or PRINTMASTER_SERVER`,
    )
  }
  if (flags.format === 'ndjson' || flags.format === 'csv') {
    throw new PrintMasterError(
      'bad_flag',
      `--format ${flags.format} goes with a server only; the agent of this machine is one object`,
    )
  }
  return null
}
