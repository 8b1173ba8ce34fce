import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** The launcher of the built program. */
export const LAUNCHER = join(import.meta.dirname, '../../bin/run.js')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string
  /** On top of an environment without anything that the program reads. */
  readonly env?: NodeJS.ProcessEnv
  /** The working directory; an empty one unless named, so that no config.ini lies there. */
  readonly cwd?: string
  /** Number of the user who runs it, where root may choose. */
  readonly uid?: number
}

/** The program while it runs. */
export class RunningCli {
  readonly process: ChildProcessWithoutNullStreams
  stdout = ''
  stderr = ''
  private readonly closed: Promise<unknown>

  constructor(args: readonly string[], options: RunOptions = {}) {
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', ...options.env }
    const cwd = options.cwd ?? createFolder()
    this.process = spawn(process.execPath, [LAUNCHER, ...args], {
      env,
      cwd,
      stdio: 'pipe',
      ...(options.uid !== undefined && { uid: options.uid }),
    })
    this.process.stdout.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.process.stderr.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.process.stdin.on('error', () => undefined) // it may end before it has read everything
    if (options.stdin !== undefined) this.process.stdin.end(options.stdin)
    this.closed = once(this.process, 'close')
  }

  /** Resolves once stdout holds the text; raises when the program ends without it. */
  async printed(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const ended = await Promise.race([once(this.process.stdout, 'data').then(() => false), this.closed])
      if (ended && !this.stdout.includes(text)) {
        throw new Error(`ended without ${JSON.stringify(text)}: ${this.stdout}${this.stderr}`)
      }
    }
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null
  }

  async end(): Promise<Outcome> {
    await this.closed
    return { code: this.process.exitCode, stdout: this.stdout, stderr: this.stderr }
  }
}

/** Starts the built program; it is ended with the test at the latest. */
export function startCli(args: readonly string[], options: RunOptions = {}): RunningCli {
  const running = new RunningCli(args, options)
  onTestFinished(() => void (running.isRunning && running.process.kill('SIGKILL')))
  return running
}

/** Runs the built program to its end. */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return startCli(args, { stdin: '', ...options }).end()
}

/** An empty folder that goes away with the test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'printmaster-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The non-empty lines of a text. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
