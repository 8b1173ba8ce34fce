import type { Clock } from '../../lifecycle/clock.ts'
import { PrintMasterError } from '../../model/error.ts'
import type { Command, CommandKind, CommandParams, CommandUpdate } from '../../protocol/commands.ts'
import { MAX_RESULT_CHARACTERS } from '../../protocol/commands.ts'
import type { AgentLog } from '../agent-log.ts'
import type { CommandEnd, Journal, JournalledCommand } from '../journal/journal.ts'
import { JournalError } from '../journal/journal-error.ts'
import type { Uplink } from '../uplink/uplink.ts'
import { createServerClock } from './server-clock.ts'

/** At most one word of how far it is in this time. */
const PROGRESS_EVERY_MS = 2000
const LONGEST_MESSAGE = 2048
/** A journal that is full takes the end of a command later. */
const RETRY_MS = 10_000

export interface Progress {
  readonly percent: number
  readonly message?: string
}

/** Does what is asked for, and says how it ended. */
export type CommandRunner = (params: CommandParams, tell: (progress: Progress) => void) => Promise<CommandEnd>

export interface CommandDesk {
  /** The server is connected; what waited for it goes on. */
  onConnected(server_time: string): void
  /** The server asks for something, perhaps again. */
  take(command: Command): void
  refuseStrange(command_id: string): void
  /** Ends with the signal of the agent: what runs then has come to its end by itself, or is told of after the next start. */
  readonly idle: Promise<void>
}

export interface CommandDeskParts {
  readonly journal: Pick<
    Journal,
    'acceptCommand' | 'beginCommand' | 'endCommand' | 'deliverCommand' | 'findCommand' | 'listOpenCommands'
  >
  readonly clock: Clock
  readonly log: AgentLog
  readonly signal: AbortSignal
  readonly runners: Readonly<Record<CommandKind, CommandRunner>>
  /** What has to be over before one may begin; null where nothing has. It expires meanwhile as any other that waits. */
  findObstacle(kind: CommandKind, params: CommandParams): Promise<void> | null
  readonly tellCommand: Uplink['tellCommand']
}

/**
 * Takes commands of the server. Each is journalled before it begins and begun at most once, whatever happens to the agent;
 * how it ended is told until the server says that it knows.
 */
export function createCommandDesk({
  journal,
  clock,
  log,
  signal,
  runners,
  findObstacle,
  tellCommand,
}: CommandDeskParts): CommandDesk {
  const server = createServerClock(clock)
  /** A discovery takes long, and whoever wants one says what it has to wait for: these do not stand in line. */
  const scans = new Set<Promise<void>>()
  let line = Promise.resolve()
  const queued = new Set<string>()
  /** Ends that the journal did not take yet. */
  const unwritten = new Map<string, CommandEnd>()
  let delivering: Promise<void> | null = null
  let isWanted = false

  /** @returns null where the journal refuses */
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof JournalError)) throw error
      log.error({ code: error.code }, `commands cannot be journalled: ${error.message}`)
      return null
    }
  }

  const end = (command_id: string, how: CommandEnd) => {
    unwritten.set(command_id, how)
    writeEnds()
    deliver()
  }
  const writeEnds = () => {
    for (const [command_id, how] of unwritten) {
      const isWritten = attempt(() => {
        journal.endCommand(command_id, how, clock.now())
        return true
      })
      if (isWritten) unwritten.delete(command_id)
    }
    if (unwritten.size > 0) void retryEnds()
  }
  let isRetrying = false
  const retryEnds = async () => {
    if (isRetrying || signal.aborted) return
    isRetrying = true
    await clock.sleep(RETRY_MS, signal)
    isRetrying = false
    if (signal.aborted) return
    writeEnds()
    deliver()
  }

  /** Says of each that has ended how, one after the other, for as long as somebody listens. */
  const deliverAll = async () => {
    for (const command of attempt(() => journal.listOpenCommands()) ?? []) {
      if (!isEnd(command.state) || signal.aborted) continue
      const { command_id, state, message, result } = command
      const answer = await tellCommand({ command_id, state, message, result: result && { ...result } })
      if (answer === 'unsaid') return
      if (answer === 'unknown') log.warn({ command_id }, 'the server does not know a command that it gave')
      if (signal.aborted) return
      attempt(() => journal.deliverCommand(command_id, true))
    }
  }
  const deliver = () => {
    isWanted = true
    if (delivering !== null || signal.aborted) return
    const work = async () => {
      while (isWanted && !signal.aborted) {
        isWanted = false
        await deliverAll()
      }
    }
    delivering = work().finally(() => {
      delivering = null
    })
  }

  const waitAtMost = async (promise: Promise<void>, milliseconds: number) => {
    const ended = new AbortController()
    await Promise.race([promise, clock.sleep(milliseconds, AbortSignal.any([signal, ended.signal]))])
    ended.abort()
  }
  const say = (update: CommandUpdate) => void tellCommand(update)

  const run = async ({ command_id, kind, params, expires_at }: JournalledCommand) => {
    if (signal.aborted) return
    let late = 'it came too late to be begun in time'
    for (;;) {
      const now = server.now()
      // nobody knows what time it is there: it waits for the next welcome
      if (now === null) return
      if (now >= expires_at) return end(command_id, { state: 'expired', message: late })
      const obstacle = findObstacle(kind, params)
      if (obstacle === null) break
      late = 'what had to be over first was not over in time'
      await waitAtMost(obstacle, expires_at - now)
      if (signal.aborted) return
    }
    if (!attempt(() => journal.beginCommand(command_id))) return
    log.info({ command_id, kind }, 'a command of the server begins')
    const tell = createProgress(clock, (progress) => say({ command_id, state: 'running', ...progress }))
    tell({ percent: 0 })
    const how = await perform(runners[kind], params, tell, log)
    // what was cut off by the end of the agent is told of after the next start
    if (signal.aborted && how.state !== 'succeeded') return
    log.info({ command_id, kind, state: how.state }, 'a command of the server has ended')
    end(command_id, fitEnd(how))
  }
  const queue = (command: JournalledCommand) => {
    if (queued.has(command.command_id)) return
    queued.add(command.command_id)
    const leave = () => void queued.delete(command.command_id)
    if (command.kind !== 'scan_now') {
      line = line.then(() => run(command)).finally(leave)
      return
    }
    const scan = run(command).finally(leave)
    scans.add(scan)
    void scan.finally(() => scans.delete(scan))
  }

  for (const { command_id, state } of attempt(() => journal.listOpenCommands()) ?? []) {
    if (state === 'running') unwritten.set(command_id, { state: 'failed', message: 'the agent ended while it ran' })
  }
  writeEnds()

  return {
    onConnected(server_time) {
      server.set(server_time)
      for (const command of attempt(() => journal.listOpenCommands()) ?? []) {
        if (command.state === 'waiting') queue(command)
      }
      writeEnds()
      deliver()
    },
    take({ command_id, kind, params, expires_at }) {
      const command = { command_id, kind, params, expires_at: Date.parse(expires_at) }
      if (Number.isNaN(command.expires_at)) return
      const isNew = attempt(() => journal.acceptCommand(command))
      if (isNew === null) {
        const message = 'the journal of the agent takes nothing now, so that it cannot be run once for sure'
        return say({ command_id, state: 'refused', message })
      }
      const known = attempt(() => journal.findCommand(command_id))
      if (known === null) return
      if (known.state === 'waiting') return queue(known)
      if (known.state === 'running') return say({ command_id, state: 'running' })
      // it asks again, so it does not know
      attempt(() => journal.deliverCommand(command_id, false))
      deliver()
    },
    refuseStrange(command_id) {
      say({ command_id, state: 'refused', message: 'this agent is too old for it, or does not understand it' })
    },
    get idle() {
      return Promise.all([...scans, line, delivering]).then(() => undefined)
    },
  }
}

const isEnd = (state: JournalledCommand['state']): state is CommandEnd['state'] =>
  state !== 'waiting' && state !== 'running'

async function perform(
  runner: CommandRunner,
  params: CommandParams,
  tell: (progress: Progress) => void,
  log: AgentLog,
): Promise<CommandEnd> {
  try {
    return await runner(params, tell)
  } catch (error) {
    if (error instanceof PrintMasterError || error instanceof JournalError) {
      return { state: 'failed', message: error.message }
    }
    log.error({ err: error }, 'a command failed')
    return { state: 'failed', message: 'a fault of the agent; its log has more' }
  }
}

/** What the server takes; a result that is too large is left out whole. */
function fitEnd({ state, message = null, result = null }: CommandEnd): CommandEnd {
  const isTooLarge = result !== null && JSON.stringify(result).length > MAX_RESULT_CHARACTERS
  return {
    state,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
    result: isTooLarge ? { left_out: `more than ${MAX_RESULT_CHARACTERS} characters` } : result,
  }
}

/** Lets a word of how far it is through now and then, where it is another one than before. */
function createProgress(clock: Clock, say: (progress: Progress) => void): (progress: Progress) => void {
  let last = { percent: -1, at: Number.NEGATIVE_INFINITY }
  return ({ percent, ...rest }) => {
    const whole = Math.min(100, Math.max(0, Math.floor(percent)))
    const at = clock.monotonic()
    if (whole === last.percent || at - last.at < PROGRESS_EVERY_MS) return
    last = { percent: whole, at }
    say({ percent: whole, ...rest })
  }
}
