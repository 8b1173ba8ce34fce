import { execFile } from 'node:child_process'
import type { Environment } from '../config/read-environment.ts'

/** Long enough for a busy service manager, short enough not to hold up a stop. */
const NOTIFY_TIMEOUT = 5000

/** What a service tells the manager that started it (sd_notify(3)). Does nothing where there is none. */
export interface ServiceManager {
  /** True when somebody listens. */
  readonly isThere: boolean
  /** Started, or done with a reload. */
  ready(status: string): Promise<void>
  /** One line for `systemctl status`. */
  status(text: string): Promise<void>
  reloading(): Promise<void>
  stopping(status: string): Promise<void>
  /** A sign of life for the watchdog. */
  alive(): Promise<void>
  /** How often the watchdog wants one, in milliseconds: half of its limit. Null when there is no watchdog. */
  readonly watchdogInterval: number | null
}

/**
 * Speaks to systemd through its own program `systemd-notify`, because Node has no Unix datagram sockets. Messages go out
 * one after the other.
 *
 * @param env NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID as systemd sets them
 * @param warn is told once when the program cannot be run or fails
 */
export function findServiceManager(
  env: Environment,
  warn: (sentence: string) => void,
  program = 'systemd-notify',
): ServiceManager {
  const isThere = Boolean(env.NOTIFY_SOCKET)
  let queue = Promise.resolve()
  let hasWarned = false
  const send = (...assignments: string[]): Promise<void> => {
    if (!isThere) return queue
    queue = queue.then(async () => {
      const problem = await runNotify(program, assignments, env)
      if (problem === null || hasWarned) return
      hasWarned = true
      warn(`cannot tell systemd the state of the service: ${problem}`)
    })
    return queue
  }
  return {
    isThere,
    ready: (status) => send('READY=1', `STATUS=${oneLine(status)}`),
    status: (text) => send(`STATUS=${oneLine(text)}`),
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: (status) => send('STOPPING=1', `STATUS=${oneLine(status)}`),
    alive: () => send('WATCHDOG=1'),
    watchdogInterval: isThere ? readWatchdog(env) : null,
  }
}

/** Null when it went well. */
function runNotify(program: string, assignments: readonly string[], env: Environment): Promise<string | null> {
  // nothing else of the environment is its business
  const { NOTIFY_SOCKET, PATH } = env
  const options = { env: { NOTIFY_SOCKET, PATH }, timeout: NOTIFY_TIMEOUT }
  return new Promise((resolve) => {
    execFile(program, [...assignments], options, (error, _stdout, stderr) => {
      if (error === null) resolve(null)
      else if (error.code === 'ENOENT') resolve(`there is no program ${program}`)
      else resolve(oneLine(stderr) || (error.killed ? `${program} took too long` : `${program} failed`))
    })
  })
}

function readWatchdog({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | null {
  const limit = Number(WATCHDOG_USEC)
  if (!(Number.isSafeInteger(limit) && limit > 0)) return null
  if (WATCHDOG_PID && WATCHDOG_PID !== String(process.pid)) return null
  return Math.max(1, Math.floor(limit / 2000))
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
