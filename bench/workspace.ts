import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A temporary directory and the processes that a bench starts. Both are gone when the bench ends, on Ctrl-C too. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'printmaster-bench-'))
  private readonly children = new Set<ChildProcess>()

  constructor() {
    process.once('exit', () => this.clear())
    for (const signal of SIGNALS) process.once(signal, () => process.exit(128 + constants.signals[signal]))
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** Starts a program as the leader of a process group: its own children can be ended with it. */
  start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(command, args, { ...options, detached: true })
    this.children.add(child)
    child.once('exit', () => this.children.delete(child))
    child.once('error', () => this.children.delete(child))
    return child
  }

  async stop(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    await exited
  }

  /** Ends what still runs, and removes the directory. */
  clear(): void {
    for (const { pid } of this.children) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL')
      } catch {
        // it has ended by itself
      }
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}
