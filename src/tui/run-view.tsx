import { render } from 'ink'
import type { ApiClient } from '../core/client/api-client.ts'
import { readLiveRows } from '../core/client/live-rows.ts'
import { followServer, type ViewSocketOptions } from '../core/client/view-client.ts'
import { PrintMasterError } from '../core/model/error.ts'
import type { Look } from '../core/output/paint.ts'
import { App } from './components/app.tsx'
import { performAction } from './feed/actions.ts'
import { createFeed } from './feed/feed.ts'
import { createLookups } from './feed/lookups.ts'
import { createJobControl } from './job-control.ts'
import { EVENTS_PATH } from './screens/events.ts'
import { createDerived } from './views/derive.ts'

const CLEAR_SCREEN = '\u001b[2J\u001b[H'

export interface ViewOptions {
  readonly api: ApiClient
  readonly socket: Omit<ViewSocketOptions, 'after_seq'>
  readonly look: Look
  readonly isPlain: boolean
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
}

/**
 * Shows the live view until the user leaves or the signal aborts, and leaves the terminal as it was.
 * @throws PrintMasterError server_refused where the token is refused before anything was shown; whatever broke inside; each after the terminal is as it was
 */
export async function runView(options: ViewOptions, signal: AbortSignal): Promise<void> {
  const { api, socket, look, isPlain, stdin, stdout } = options
  const ending = new AbortController()
  const end = AbortSignal.any([signal, ending.signal])
  const feed = createFeed({
    api,
    follow: (after_seq, onMessage, until) => followServer({ ...socket, after_seq }, onMessage, until),
  })
  const derived = createDerived(feed.store)
  const lookups = createLookups(api, (path, data) => {
    if (path === EVENTS_PATH)
      feed.store.addPast(readLiveRows({ alerts: (data as { alerts?: unknown } | null)?.alerts }))
  })
  const running = feed.run(end)
  const app = render(
    <App
      server={socket.url}
      feed={feed}
      derived={derived}
      lookups={lookups}
      perform={(action) => performAction(api, action)}
      look={look}
      isPlain={isPlain}
      now={Date.now}
      jobs={createJobControl()}
    />,
    {
      stdin,
      stdout,
      interactive: true,
      alternateScreen: !isPlain,
      isScreenReaderEnabled: isPlain,
      exitOnCtrlC: false,
      patchConsole: false,
      incrementalRendering: true,
    },
  )
  const leave = () => app.unmount()
  // terminals wrap and move what is on them, so that nothing of it is where it was drawn
  const begin = () => {
    app.clear()
    stdout.write(CLEAR_SCREEN)
  }
  if (!isPlain) stdout.prependListener('resize', begin)
  const crash = (error: unknown) => {
    failure ??= error
    leave()
  }
  let failure: unknown
  // nothing was shown yet, and no waiting makes another token of it
  const leaveWhereRefused = () => {
    const { mode, fresh_at, reason } = feed.state
    if (mode === 'refused' && fresh_at === null)
      crash(new PrintMasterError('server_refused', `${socket.url}: ${reason}`))
  }
  const unsubscribe = feed.subscribe(leaveWhereRefused)
  signal.addEventListener('abort', leave)
  // who hangs up takes the terminal along
  stdin.on('end', leave)
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  try {
    if (signal.aborted) leave()
    leaveWhereRefused()
    await app.waitUntilExit()
  } finally {
    process.off('uncaughtException', crash)
    process.off('unhandledRejection', crash)
    stdin.off('end', leave)
    stdout.off('resize', begin)
    signal.removeEventListener('abort', leave)
    unsubscribe()
    ending.abort()
    await running
    stdin.pause()
    // the last line stays where it is, and what follows begins a new one
    if (isPlain) stdout.write('\n')
  }
  if (failure !== undefined) throw failure
}
