import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = new URL('../..', import.meta.url).pathname
const LISTENING = /https?:\/\/[^\s"']+:\d+/

export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it wrote to stderr so far. */
  readonly log: () => string
  /** Ends it with a signal and gives the exit code, or the signal. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/** The built program as a server of its own process, with its database in `directory`; on a free port, if none is told. */
export async function startServerProcess(
  directory: string,
  env: NodeJS.ProcessEnv = {},
  port = 0,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), 'server', '--listen', `127.0.0.1:${port}`], {
    cwd: directory,
    env: { ...ownEnvironment(directory), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      log += bytes
      const found = LISTENING.exec(log)?.[0]
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${log}`)))
  })
  const exited = once(child, 'exit')
  return {
    url,
    child,
    log: () => log,
    end: async (signal) => {
      child.kill(signal)
      const [code, by] = await exited
      return code ?? by
    },
  }
}

/** A token made on the machine itself, as an admin would. */
export function createToken(directory: string, scope: 'enrolment' | 'viewer' | 'admin'): string {
  return execFileSync(process.execPath, [join(ROOT, 'bin/run.js'), 'token', 'create', '--scope', scope], {
    cwd: directory,
    env: ownEnvironment(directory),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

function ownEnvironment(directory: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PRINTMASTER_'))
  return { ...Object.fromEntries(inherited), PRINTMASTER_DATABASE_PATH: join(directory, 'printmaster.db') }
}
