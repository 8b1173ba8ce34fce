import { createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createApiClient } from '../core/client/api-client.ts'
import { systemClock } from '../core/lifecycle/clock.ts'
import { createLogger } from '../core/log/logger.ts'
import { clearAbandonedDemos, makeDemoDirectory } from './demo-directory.ts'
import type { DemoFlags } from './demo-flags.ts'
import { openStage, type Stage } from './demo-stage.ts'
import { runTour } from './demo-tour.ts'
import { type DemoWatch, watchServer } from './demo-watch.ts'
import { describeDirectory, describeNext, describeStage, describeView, isAllThere } from './demo-words.ts'
import { EXIT } from './exit-codes.ts'
import { listenForEnd } from './listen-for-end.ts'
import { canShowLive, showLive } from './show-live.ts'
import { lookOf } from './terminal.ts'

/** What stands above the view is read before it covers the terminal. */
const READING_MS = 5000
const DROP_AFTER_MS = 20_000
const GONE_FOR_MS = 20_000

/**
 * Shows the whole program at work: the live view on a terminal, else the tour. Leaves no file, socket or process; where
 * it is killed without a word, the next one removes its files.
 * @returns the exit code
 * @throws PrintMasterError, StoreError, JournalError
 */
export async function runDemo(flags: DemoFlags, version: string): Promise<number> {
  const end = listenForEnd()
  await clearAbandonedDemos()
  const directory = await makeDemoDirectory(flags.keep)
  const remove = () => {
    if (!flags.keep) rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  // a second signal and a closed pipe end the program on the spot
  process.on('exit', remove)
  const file = createWriteStream(join(directory, 'demo.log'))
  // a log that cannot be written is no reason to end
  file.on('error', () => undefined)
  const log = createLogger({ level: 'info', format: 'text', color: false }, file)
  try {
    const stage = await openStage(directory, { log, version })
    try {
      await show(stage, flags, end.signal)
    } finally {
      await stage.close()
    }
  } finally {
    file.end()
    await finished(file).catch(() => undefined)
    if (flags.keep) print(describeDirectory(directory))
    remove()
    process.off('exit', remove)
    end.dispose()
  }
  return end.signal.aborted ? EXIT.interrupted : EXIT.ok
}

async function show(stage: Stage, flags: DemoFlags, signal: AbortSignal): Promise<void> {
  const look = lookOf(process.stdout)
  const { url, token } = stage
  const access = { url, token, ca: null, allow_plaintext: false }
  const isLive = !flags.tour && canShowLive()
  print(describeStage(stage))
  if (isLive) print(describeView(stage, { drop_ms: DROP_AFTER_MS, gone_ms: GONE_FOR_MS }))
  const watch = watchServer(access, signal)
  try {
    if (!isLive) await runTour({ stage, watch, look, duration_seconds: flags.duration, print }, signal)
    else if (await waitForReaders(watch, stage, signal)) await showView(stage, { access, look }, signal)
  } finally {
    await watch.close()
  }
  if (!signal.aborted) print(describeNext(isLive))
}

async function waitForReaders(watch: DemoWatch, stage: Stage, signal: AbortSignal): Promise<boolean> {
  const reading = systemClock.sleep(READING_MS, signal)
  const isThere = await watch.until((rows) => isAllThere(rows, stage), 'all printers')
  await reading
  return isThere && !signal.aborted
}

async function showView(
  stage: Stage,
  { access, look }: { access: Parameters<typeof createApiClient>[0]; look: ReturnType<typeof lookOf> },
  signal: AbortSignal,
): Promise<void> {
  const api = createApiClient(access)
  const leaving = new AbortController()
  const dropping = dropForAWhile(stage, AbortSignal.any([signal, leaving.signal]))
  try {
    await showLive({ api, access, look }, signal)
  } finally {
    leaving.abort()
    await dropping
    await api.close()
  }
}

/** The agent of the last site goes, and comes back. */
async function dropForAWhile(stage: Stage, signal: AbortSignal): Promise<void> {
  const site = stage.sites.at(-1)
  await systemClock.sleep(DROP_AFTER_MS, signal)
  if (signal.aborted || site === undefined) return
  await stage.dropAgent(site)
  await systemClock.sleep(GONE_FOR_MS, signal)
  if (!signal.aborted) await stage.returnAgent(site)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
