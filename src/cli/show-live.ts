import type { ApiClient, ApiClientOptions } from '../core/client/api-client.ts'
import { guardTerminal } from './guard-terminal.ts'
import type { TerminalLook } from './terminal.ts'

export interface LiveOptions {
  readonly api: ApiClient
  readonly access: ApiClientOptions
  readonly look: TerminalLook
  /** As plain lines for a screen reader; the environment can say so too. */
  readonly isPlain?: boolean | undefined
}

/** True where there is a terminal that can be drawn on, and keys. */
export function canShowLive(): boolean {
  return process.stdout.isTTY && process.stdin.isTTY && process.env.TERM !== 'dumb'
}

/** The live view of a server until somebody leaves it or the signal aborts. What draws is loaded by those who look only. */
export async function showLive({ api, access, look, isPlain }: LiveOptions, signal: AbortSignal): Promise<void> {
  const { runView } = await import('../tui/run-view.tsx')
  const { stdin, stdout } = process
  const plain = isPlain === true || process.env.INK_SCREEN_READER === 'true'
  const release = guardTerminal(!plain)
  try {
    await runView({ api, socket: access, look, isPlain: plain, stdin, stdout }, signal)
  } finally {
    await release()
  }
}
